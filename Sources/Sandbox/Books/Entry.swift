import Foundation

extension Books {
    /// One event that reached the vendor, or that the vendor made of one.
    struct Entry: Sendable {
        let id: String
        let at: Date
        /// The event's JSON text: a tree of values would take several times the memory.
        private let text: [UInt8]

        init(id: String, at: Date, event: SandboxJSON) {
            self.id = id
            self.at = at
            text = event.bytes
        }

        var event: SandboxJSON { SandboxJSON(text) ?? nil }

        /// The entry for inspection: the event in the vendor's terms, with arrival time and account.
        var json: SandboxJSON {
            // A label for the credential, never the credential; each simulator has one.
            .object(
                (event.members ?? []) + [
                    .init(name: "_arrived_at", value: .string(SandboxTime.text(at))),
                    .init(name: "_account", value: "1"),
                ]
            )
        }
    }

    /// An event on its way into the books.
    struct Arrival {
        /// Which of several events with one identity is billed.
        enum Winner {
            case first, last
        }

        let id: String
        let event: SandboxJSON
        let at: Date
        /// What the vendor tells events apart by; nil if it does not.
        var identity: String?
        var winner = Winner.first
        /// When it occurred, in the unit by which the vendor's lists are ordered.
        let time: Int
        /// The event's name, and the customer or the subscription: what lists are filtered by.
        let name: String
        let customer: String
        /// The values of an event that are searched for, beside the id.
        var keys: (SandboxJSON) -> [SearchKey] = { _ in [] }
        /// Whether rows of one id, time, name and customer become one, the last, after a while.
        var merge = Merge.never
        /// Whether its first property that is a number is kept beside it, for sums.
        var isSummed = false
        /// The id of the event below which this one belongs: the one it came with, or the vendor's own.
        var parent: String?
    }

    /// What makes two rows one in a merge.
    enum Merge: Sendable {
        case never
        case byTimeAndID
        case byNameCustomerTimeAndID
    }
}

/// A field and a value of it that is searched for, as a number of 64 bits; two that differ are equal once in millions of millions.
struct SearchKey: Hashable, Sendable {
    let number: Int

    init(_ field: String, _ value: String) {
        var hasher = Hasher()
        hasher.combine(utf8: field)
        hasher.combine(utf8: value)
        number = hasher.finalize()
    }
}

/// 128 bits of an identity, which take less memory than its text. Bytes are compared, as databases do; not characters.
struct Fingerprint: Hashable, Sendable {
    private let words: (Int, Int)

    init(_ text: String) {
        var first = Hasher()
        var second = Hasher()
        first.combine(1)
        second.combine(2)
        first.combine(utf8: text)
        second.combine(utf8: text)
        words = (first.finalize(), second.finalize())
    }

    static func == (left: Fingerprint, right: Fingerprint) -> Bool { left.words == right.words }

    func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension Hasher {
    /// Adds a text and a byte that no text has, so that two texts never look like one.
    fileprivate mutating func combine(utf8 text: String) {
        var text = text
        text.withUTF8 { combine(bytes: UnsafeRawBufferPointer($0)) }
        combine(UInt8(0xFF))
    }
}
