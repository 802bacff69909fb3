package import Events

/// A reader's position in the journal: for each stream, after the last event that was read.
///
/// A journal that one process writes has one stream, number 0. Streams have no order among each other, so each of two positions may be
/// ahead of the other.
package struct JournalPosition: Sendable, Hashable {
    /// The number of the last event that was read, by stream; streams that were not begun are absent.
    private var numbers: [UInt16: Int64]

    /// Before the first event.
    package static let start = JournalPosition(numbers: [:])

    private init(numbers: [UInt16: Int64]) {
        self.numbers = numbers.filter { $0.value > 0 }
    }

    /// After an event of one stream, and before all events of the others.
    package init(_ number: SequenceNumber, inStream stream: UInt16 = 0) {
        self.init(numbers: [stream: number.rawValue])
    }

    /// The number of the last event of a stream that was read; 0 if it was not begun.
    package func number(inStream stream: UInt16 = 0) -> SequenceNumber {
        SequenceNumber(numbers[stream, default: 0])
    }

    /// The same position, advanced in one stream to this event unless it is already after it.
    package func advanced(to number: SequenceNumber, inStream stream: UInt16 = 0) -> JournalPosition {
        var advanced = numbers
        advanced[stream] = max(numbers[stream, default: 0], number.rawValue)
        return JournalPosition(numbers: advanced)
    }

    /// The streams that were begun, ascending.
    package var streams: [UInt16] { numbers.keys.sorted() }

    /// The earliest position that is at or after both in every stream.
    package func joined(with other: JournalPosition) -> JournalPosition {
        JournalPosition(numbers: numbers.merging(other.numbers) { max($0, $1) })
    }

    /// Whether the other position is at or after this one in every stream.
    package func isCovered(by other: JournalPosition) -> Bool {
        numbers.allSatisfy { $0.value <= other.numbers[$0.key, default: 0] }
    }

    /// The same position, limited in each stream to another one: a number that was never assigned, such as one of another journal, has no
    /// effect.
    package func limited(to end: JournalPosition) -> JournalPosition {
        JournalPosition(
            numbers: numbers.reduce(into: [:]) { limited, entry in
                limited[entry.key] = min(entry.value, end.numbers[entry.key, default: 0])
            }
        )
    }
}

/// The text that clients keep, as in `Last-Event-ID`. It is opaque to them.
extension JournalPosition {
    /// Maximum number of streams in a text, so that it stays short.
    package static let streamLimit = 1024

    /// `17` for a journal with one stream, `0:17,3:2211` for one with several.
    package var text: String {
        if numbers.keys.allSatisfy({ $0 == 0 }) { return "\(numbers[0, default: 0])" }
        return numbers.sorted { $0.key < $1.key }.map { "\($0.key):\($0.value)" }.joined(separator: ",")
    }

    /// Reads a ``text``; nil if it is not one.
    package init?(_ text: String) {
        if let number = Self.number(text[...]) {
            self.init(numbers: [0: number])
            return
        }
        let parts = text.split(separator: ",", maxSplits: Self.streamLimit, omittingEmptySubsequences: false)
        guard parts.count <= Self.streamLimit else { return nil }
        var numbers: [UInt16: Int64] = [:]
        for part in parts {
            let halves = part.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2, let stream = Self.number(halves[0]).flatMap(UInt16.init(exactly:)),
                let number = Self.number(halves[1]), numbers.updateValue(number, forKey: stream) == nil
            else { return nil }
        }
        self.init(numbers: numbers)
    }

    /// Digits only, and never a larger number than an event can have.
    private static func number(_ text: Substring) -> Int64? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
        return SequenceNumber(text: text)?.rawValue
    }
}

extension JournalPosition: CustomStringConvertible {
    package var description: String { text }
}
