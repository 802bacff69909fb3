package import Events

/// The events of a delivered run, where others lie between them that do not belong to it: a bit for each number of the run's span.
///
/// ```
/// 2 bytes  where the bits begin, in bytes from the beginning of the span; little-endian
/// rest     bits, the lowest number in the lowest bit
/// ```
package struct RunMembers: Sendable, Equatable {
    /// A delivered run never crosses a multiple of this many sequence numbers, so that the run that holds an event is found close before it.
    package static let span: Int64 = 4096

    /// As a row has it.
    package let encoded: [UInt8]
    /// The number that the lowest bit stands for.
    private let base: Int64

    /// - Parameter sequences: ascending, within one span.
    /// - Returns: nil if they are neighbours, so that first and last say all.
    package init?(_ sequences: ArraySlice<SequenceNumber>) {
        guard let first = sequences.first?.rawValue, let last = sequences.last?.rawValue,
            last - first >= Int64(sequences.count)
        else { return nil }
        let start = first - first % Self.span
        let offset = Int(first - start) / 8
        var bytes = [UInt8](repeating: 0, count: Int(last - start) / 8 - offset + 1)
        for sequence in sequences {
            let place = Int(sequence.rawValue - start)
            bytes[place / 8 - offset] |= 1 << UInt8(place % 8)
        }
        encoded = [UInt8(offset & 0xFF), UInt8(offset >> 8)] + bytes
        base = start + Int64(offset * 8)
    }

    /// - Parameters:
    ///   - encoded: what a row has; nil for a run of neighbours.
    ///   - first: the number of the run's first event, or of one after it in the same span.
    /// - Returns: nil for a run of neighbours.
    /// - Throws: ``DamagedMembers`` if the bytes are no members of the span. They must not be taken for a run of neighbours: events that
    ///   were never sent would count as delivered.
    package init?(decoding encoded: [UInt8]?, first: Int64) throws(DamagedMembers) {
        guard let encoded else { return nil }
        guard encoded.count >= 2, (0...SequenceNumber.largest.rawValue).contains(first) else { throw DamagedMembers() }
        let offset = Int(encoded[0]) + Int(encoded[1]) << 8
        guard offset + encoded.count - 2 <= Int(Self.span) / 8 else { throw DamagedMembers() }
        self.encoded = encoded
        base = first - first % Self.span + Int64(offset) * 8
    }

    /// Whether an event is in the run.
    package func contains(_ sequence: Int64) -> Bool {
        let (place, overflows) = Int(sequence).subtractingReportingOverflow(Int(base))
        guard !overflows, place >= 0, place / 8 + 2 < encoded.count else { return false }
        return encoded[2 + place / 8] & (1 << UInt8(place % 8)) != 0
    }

    /// The events, ascending.
    package var ranges: [ClosedRange<Int64>] {
        var ranges: [ClosedRange<Int64>] = []
        var next = first(from: base)
        while let start = next {
            var end = start
            while contains(end + 1) { end += 1 }
            ranges.append(start...end)
            next = first(from: end + 1)
        }
        return ranges
    }

    /// The first that is not below this number.
    package func first(from sequence: Int64) -> Int64? {
        let end = base + Int64((encoded.count - 2) * 8)
        var next = max(sequence, base)
        while next < end {
            if contains(next) { return next }
            next += 1
        }
        return nil
    }
}

/// The events of a run cannot be read.
package struct DamagedMembers: Error, CustomStringConvertible {
    package init() {}

    package var description: String { "the database is damaged: the events of a run of deliveries cannot be read" }
}
