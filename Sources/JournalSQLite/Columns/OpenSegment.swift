import Journal
import JournalFormat

/// A segment that is being read. What it throws is ``DamagedSegment``.
struct OpenSegment {
    enum Source {
        case memory([UInt8])
        case file(ColumnFile)
    }

    let segment: ColumnSegment
    private let source: Source

    init(_ segment: ColumnSegment, _ source: Source) {
        self.segment = segment
        self.source = source
    }

    /// The numbers of a column.
    func column(_ part: ColumnPart) throws -> PackedColumn {
        let place = segment.header.parts[part.rawValue]
        let bytes = try bytes(of: part)
        guard bytes.count == place.width * segment.count else { throw damaged }
        return PackedColumn(base: place.base, width: place.width, bytes: bytes)
    }

    /// The number that a text has in a column; nil if the segment does not have the text.
    func number(of text: [UInt8], tenant: UInt32, in column: TextColumn, key: SipHash) throws -> Int64? {
        let part = column.texts
        try check(part)
        let hash = text.withUnsafeBytes { TextTable.hash($0, tenant: tenant, key: key) }
        let table = try layout(of: part)
        guard table.entries > 0 else { return nil }
        var index = Int(hash) & (table.slots - 1)
        // A table has free slots; one that has none is damaged.
        for _ in 0..<table.slots {
            let number = Int(try words(1, of: part, at: table.slot(index))[0])
            if number == 0 { return nil }
            guard number <= table.entries else { throw damaged }
            // The end of the text before is the last word of the entry before.
            let isFirst = number == 1
            let entry = try words(isFirst ? 3 : 4, of: part, at: table.entry(number - 1) - (isFirst ? 0 : 4))
            let start = isFirst ? 0 : Int(entry[0])
            let (itsTenant, itsHash, end) = (
                entry[entry.count - 3], entry[entry.count - 2], Int(entry[entry.count - 1])
            )
            if itsHash == hash, itsTenant == tenant, end - start == text.count {
                if try bytes(of: part, from: table.texts + start, count: text.count) == text { return Int64(number) }
            }
            index = (index + 1) & (table.slots - 1)
        }
        throw damaged
    }

    /// All texts of a column with their tenants; the first has the number 1.
    func texts(of column: TextColumn) throws -> [(tenant: UInt32, text: ArraySlice<UInt8>)] {
        let bytes = try bytes(of: column.texts)
        let table = try layout(of: column.texts)
        var texts: [(tenant: UInt32, text: ArraySlice<UInt8>)] = []
        texts.reserveCapacity(table.entries)
        var place = table.texts
        for index in 0..<table.entries {
            let entry = table.entry(index)
            let end = table.texts + Int(Self.word(in: bytes, at: entry + 8))
            guard end >= place, end <= bytes.count else { throw damaged }
            texts.append((Self.word(in: bytes, at: entry), bytes[place..<end]))
            place = end
        }
        return texts
    }

    private static func word(in bytes: [UInt8], at place: Int) -> UInt32 {
        bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: place, as: UInt32.self)) }
    }

    private func layout(of part: ColumnPart) throws -> TextTable.Layout {
        let sizes = try words(2, of: part, at: 0)
        let length = segment.header.parts[part.rawValue].length
        guard let layout = TextTable.Layout(entries: Int(sizes[0]), slots: Int(sizes[1]), length: length) else {
            throw damaged
        }
        return layout
    }

    /// How often each name occurs, and when; the first has the number 1.
    func summaries() throws -> [ColumnBuilder.Summary] {
        let numbers = try longs(of: .summaries)
        let names = try layout(of: .nameTexts).entries
        guard numbers.count == names * 3 else { throw damaged }
        // An event has one name, so that no sum of these counts is larger than the segment.
        var rest = Int64(segment.count)
        return try stride(from: 0, to: numbers.count, by: 3).map {
            let summary = ColumnBuilder.Summary(count: numbers[$0], first: numbers[$0 + 1], last: numbers[$0 + 2])
            guard (0...rest).contains(summary.count) else { throw damaged }
            rest -= summary.count
            return summary
        }
    }

    /// Tells the sequence numbers of rows.
    func sequences() throws -> RowSequences {
        let numbers = try longs(of: .runs)
        let runs = stride(from: 0, to: numbers.count - 1, by: 2).map {
            ColumnBuilder.Run(row: numbers[$0], sequence: numbers[$0 + 1])
        }
        guard RowSequences.areSound(runs, of: segment.header) else { throw damaged }
        return RowSequences(runs: runs)
    }

    private var damaged: DamagedSegment { DamagedSegment(segment: segment, fault: .damaged) }

    private func longs(of part: ColumnPart) throws -> [Int64] {
        try bytes(of: part).withUnsafeBytes { raw in
            (0..<(raw.count / 8)).map {
                Int64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: Int64.self))
            }
        }
    }

    private func words(_ count: Int, of part: ColumnPart, at place: Int) throws -> [UInt32] {
        try bytes(of: part, from: place, count: count * 4).withUnsafeBytes { raw in
            (0..<count).map { UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)) }
        }
    }

    private func check(_ part: ColumnPart) throws {
        if !segment.isChecked(part) { _ = try bytes(of: part) }
    }

    /// The whole part; checked, if it is the first time.
    private func bytes(of part: ColumnPart) throws -> [UInt8] {
        let place = segment.header.parts[part.rawValue]
        let bytes = try bytes(of: part, from: 0, count: place.length)
        if !segment.isChecked(part) {
            guard Checksum.of(bytes) == place.checksum else { throw damaged }
            segment.noteChecked(part)
        }
        return bytes
    }

    private func bytes(of part: ColumnPart, from offset: Int, count: Int) throws -> [UInt8] {
        let place = segment.header.parts[part.rawValue]
        guard offset >= 0, offset <= place.length, count <= place.length - offset else { throw damaged }
        let start = place.place + offset
        return try segment.wrapped { () throws(ColumnFault) in
            switch source {
            case .memory(let image): Array(image[start..<(start + count)])
            case .file(let file): try file.read(count, at: start)
            }
        }
    }
}

/// The sequence numbers of a segment's rows.
struct RowSequences {
    let runs: [ColumnBuilder.Run]

    /// Whether the runs give each row of a segment a number in its range, each larger than the one before.
    static func areSound(_ runs: [ColumnBuilder.Run], of header: ColumnHeader) -> Bool {
        guard header.count > 0 else { return runs.isEmpty }
        guard runs.first?.row == 0 else { return false }
        var next = header.range.lowerBound
        for (index, run) in runs.enumerated() {
            let end = index + 1 < runs.count ? runs[index + 1].row : Int64(header.count)
            // One without rows stands where the numbers jump twice.
            guard run.row <= end, end <= Int64(header.count), run.sequence >= next,
                run.sequence <= header.range.upperBound + 1,
                header.range.upperBound - run.sequence >= end - run.row - 1
            else { return false }
            next = run.sequence + (end - run.row)
        }
        return true
    }

    subscript(row: Int) -> Int64 {
        var (low, high) = (0, runs.count)
        while low < high {
            let middle = (low + high) / 2
            if runs[middle].row <= Int64(row) { low = middle + 1 } else { high = middle }
        }
        let run = runs[max(0, low - 1)]
        return run.sequence + Int64(row) - run.row
    }
}
