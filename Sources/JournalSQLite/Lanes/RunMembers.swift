import Events
import Foundation
import Journal

/// The events of a delivered run, where others lie between them that do not belong to it: a bit for each number of the run's span.
///
/// ```
/// 2 bytes  where the bits begin, in bytes from the beginning of the span; least byte first
/// rest     bits, the lowest number in the lowest bit
/// ```
struct RunMembers: Sendable, Equatable {
    let encoded: Data
    /// The number that the lowest bit stands for.
    private let base: Int64

    /// - Parameter sequences: ascending, within one span.
    /// - Returns: nil if they are neighbours, so that first and last say all.
    init?(_ sequences: ArraySlice<SequenceNumber>) {
        guard let first = sequences.first?.rawValue, let last = sequences.last?.rawValue,
            last - first >= Int64(sequences.count)
        else { return nil }
        let start = first - first % Schema.runSpan
        let offset = Int(first - start) / 8
        var bytes = [UInt8](repeating: 0, count: Int(last - start) / 8 - offset + 1)
        for sequence in sequences {
            let place = Int(sequence.rawValue - start)
            bytes[place / 8 - offset] |= 1 << UInt8(place % 8)
        }
        encoded = Data([UInt8(offset & 0xFF), UInt8(offset >> 8)] + bytes)
        base = start + Int64(offset * 8)
    }

    /// - Parameters:
    ///   - encoded: what a row has; nil for a run of neighbours.
    ///   - first: the number of the run's first event, or of one behind it in the same span.
    init?(decoding encoded: Data?, first: Int64) {
        guard let encoded, encoded.count >= 2 else { return nil }
        let bytes = [UInt8](encoded)
        self.encoded = encoded
        base = first - first % Schema.runSpan + (Int64(bytes[0]) + Int64(bytes[1]) << 8) * 8
    }

    func contains(_ sequence: Int64) -> Bool {
        let (place, overflows) = Int(sequence).subtractingReportingOverflow(Int(base))
        guard !overflows, place >= 0, place / 8 + 2 < encoded.count else { return false }
        return encoded[encoded.startIndex + 2 + place / 8] & (1 << UInt8(place % 8)) != 0
    }

    /// The events, ascending.
    var ranges: [ClosedRange<Int64>] {
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
    func first(from sequence: Int64) -> Int64? {
        let end = base + Int64((encoded.count - 2) * 8)
        var next = max(sequence, base)
        while next < end {
            if contains(next) { return next }
            next += 1
        }
        return nil
    }
}
