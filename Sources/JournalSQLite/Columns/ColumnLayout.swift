import Events
import Journal
import JournalFormat

/// The parts of a column segment's file, in their order.
///
/// The first six have a number for each event. `FileFormat.md` describes the whole.
enum ColumnPart: Int, CaseIterable, Sendable {
    case timestamps, names, customers, subscriptions, sources, plans
    /// Tables of the texts that the numbers stand for.
    case nameTexts, customerTexts, subscriptionTexts, sourceTexts
    /// How often each name occurs, and its earliest and latest timestamp.
    case summaries
    /// Where the sequence numbers jump.
    case runs
}

/// A column whose numbers are texts.
enum TextColumn: Int, CaseIterable, Sendable {
    case names, customers, subscriptions, sources

    var numbers: ColumnPart {
        switch self {
        case .names: .names
        case .customers: .customers
        case .subscriptions: .subscriptions
        case .sources: .sources
        }
    }

    var texts: ColumnPart {
        switch self {
        case .names: .nameTexts
        case .customers: .customerTexts
        case .subscriptions: .subscriptionTexts
        case .sources: .sourceTexts
        }
    }
}

/// What the beginning of a column segment says.
///
/// ```
/// 8 bytes each: "TGCOLS01", first and last sequence number, events, earliest and latest timestamp, the only tenant or 0,
///               a hash under the journal's key; then for each part: place, length, least number, width, XXH64;
///               XXH64 of all before
/// ```
/// Numbers are little-endian.
struct ColumnHeader: Sendable {
    struct Part: Sendable {
        var place: Int
        var length: Int
        /// What must be added to each number of a column.
        var base: Int64 = 0
        /// Bytes of each number of a column: 0, 1, 2, 4 or 8.
        var width = 0
        var checksum: UInt64
    }

    static let magic: UInt64 = 0x3130_534C_4F43_4754
    static let bytes = (8 + ColumnPart.allCases.count * 5 + 1) * 8

    var range: ClosedRange<Int64>
    /// How many events of the range were there when the segment was made.
    var count: Int
    /// Of no meaning if there are no events.
    var times: ClosedRange<Int64>
    /// The number of the tenant whose events all of them are; 0 if there are several.
    var onlyTenant: UInt32
    var keyCheck: UInt64
    /// By ``ColumnPart/rawValue``.
    var parts: [Part]

    var encoded: [UInt8] {
        var words: [UInt64] = [
            Self.magic, UInt64(bitPattern: range.lowerBound), UInt64(bitPattern: range.upperBound), UInt64(count),
            UInt64(bitPattern: times.lowerBound), UInt64(bitPattern: times.upperBound), UInt64(onlyTenant), keyCheck,
        ]
        for part in parts {
            words += [
                UInt64(part.place), UInt64(part.length), UInt64(bitPattern: part.base), UInt64(part.width),
                part.checksum,
            ]
        }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.bytes)
        for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
        let checksum = Checksum.of(bytes)
        withUnsafeBytes(of: checksum.littleEndian) { bytes.append(contentsOf: $0) }
        return bytes
    }

    /// - Parameters:
    ///   - bytes: the first ``bytes`` of the file.
    ///   - size: of the whole file.
    init(decoding bytes: [UInt8], size: Int, keyCheck: UInt64) throws(ColumnFault) {
        guard bytes.count == Self.bytes else { throw .damaged }
        let words = bytes.withUnsafeBytes { raw in
            (0..<(raw.count / 8)).map {
                UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
            }
        }
        guard words[0] == Self.magic, words.last == Checksum.of(Array(bytes.dropLast(8))) else { throw .damaged }
        guard words[7] == keyCheck else { throw .foreign }
        range = try Self.range(from: Int64(bitPattern: words[1]), through: Int64(bitPattern: words[2]))
        guard range.lowerBound > 0, range.upperBound <= SequenceNumber.largest.rawValue else { throw .damaged }
        count = try Self.size(words[3], limit: Int(range.upperBound - range.lowerBound + 1))
        times = try Self.range(from: Int64(bitPattern: words[4]), through: Int64(bitPattern: words[5]))
        onlyTenant = UInt32(truncatingIfNeeded: words[6])
        self.keyCheck = keyCheck
        parts = []
        for part in ColumnPart.allCases {
            let at = 8 + part.rawValue * 5
            let place = try Self.size(words[at], limit: size)
            let base = Int64(bitPattern: words[at + 2])
            let width = try Self.size(words[at + 3], limit: part == .timestamps ? 8 : 4)
            guard part == .timestamps || (0...Int64(UInt32.max)).contains(base), [0, 1, 2, 4, 8].contains(width) else {
                throw .damaged
            }
            let length = try Self.size(words[at + 1], limit: size - place)
            parts.append(Part(place: place, length: length, base: base, width: width, checksum: words[at + 4]))
        }
    }

    private static func range(from first: Int64, through last: Int64) throws(ColumnFault) -> ClosedRange<Int64> {
        guard first <= last else { throw .damaged }
        return first...last
    }

    private static func size(_ word: UInt64, limit: Int) throws(ColumnFault) -> Int {
        guard let size = Int(exactly: word), size <= limit else { throw .damaged }
        return size
    }

    init(
        range: ClosedRange<Int64>,
        count: Int,
        times: ClosedRange<Int64>,
        onlyTenant: UInt32,
        keyCheck: UInt64,
        parts: [Part]
    ) {
        self.range = range
        self.count = count
        self.times = times
        self.onlyTenant = onlyTenant
        self.keyCheck = keyCheck
        self.parts = parts
    }
}

/// Why a column segment cannot be used.
enum ColumnFault: Error, Equatable {
    /// The operating system's error number.
    case unreadable(Int32)
    case damaged
    /// The segment belongs to another journal.
    case foreign
}
