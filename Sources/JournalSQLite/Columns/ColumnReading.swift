import Journal
import JournalFormat

/// A segment that is being read. What it throws is ``DamagedSegment``.
struct ColumnReading {
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
        guard bytes.count == place.width * segment.count else {
            throw DamagedSegment(segment: segment, fault: .damaged)
        }
        return PackedColumn(base: place.base, width: place.width, bytes: bytes)
    }

    /// The number that a text has in a column; nil if the segment does not have the text.
    func number(of text: [UInt8], tenant: UInt32, in column: TextColumn, key: SipHash) throws -> Int64? {
        let part = column.texts
        try check(part)
        let hash = text.withUnsafeBytes { TextTable.hash($0, tenant: tenant, key: key) }
        let sizes = try words(2, of: part, at: 0)
        let (entries, slots) = (Int(sizes[0]), Int(sizes[1]))
        guard entries > 0 else { return nil }
        let entriesStart = TextTable.headerBytes + slots * TextTable.slotBytes
        var index = Int(hash) & (slots - 1)
        while true {
            let number = Int(try words(1, of: part, at: TextTable.headerBytes + index * TextTable.slotBytes)[0])
            if number == 0 { return nil }
            // The end of the text before is the last word of the entry before.
            let isFirst = number == 1
            let place = entriesStart + (number - 1) * TextTable.entryBytes - (isFirst ? 0 : 4)
            let entry = try words(isFirst ? 3 : 4, of: part, at: place)
            let start = isFirst ? 0 : Int(entry[0])
            let (itsTenant, itsHash, end) = (
                entry[entry.count - 3], entry[entry.count - 2], Int(entry[entry.count - 1])
            )
            if itsHash == hash, itsTenant == tenant, end - start == text.count {
                let texts = entriesStart + entries * TextTable.entryBytes
                if try bytes(of: part, from: texts + start, count: text.count) == text { return Int64(number) }
            }
            index = (index + 1) & (slots - 1)
        }
    }

    /// All texts of a column with their tenants; the first has the number 1.
    func texts(of column: TextColumn) throws -> [(tenant: UInt32, text: ArraySlice<UInt8>)] {
        let bytes = try bytes(of: column.texts)
        return bytes.withUnsafeBytes { raw in
            func word(_ place: Int) -> UInt32 {
                UInt32(littleEndian: raw.loadUnaligned(fromByteOffset: place, as: UInt32.self))
            }
            let (entries, slots) = (Int(word(0)), Int(word(4)))
            let entriesStart = TextTable.headerBytes + slots * TextTable.slotBytes
            var place = entriesStart + entries * TextTable.entryBytes
            let texts = place
            return (0..<entries).map { index in
                let entry = entriesStart + index * TextTable.entryBytes
                let end = texts + Int(word(entry + 8))
                defer { place = end }
                return (word(entry), bytes[place..<end])
            }
        }
    }

    /// How often each name occurs, and when; the first has the number 1.
    func summaries() throws -> [ColumnBuilder.Summary] {
        let numbers = try longs(of: .summaries)
        return stride(from: 0, to: numbers.count - 2, by: 3).map {
            ColumnBuilder.Summary(count: numbers[$0], first: numbers[$0 + 1], last: numbers[$0 + 2])
        }
    }

    /// Tells the sequence numbers of rows.
    func sequences() throws -> RowSequences {
        let numbers = try longs(of: .runs)
        return RowSequences(
            runs: stride(from: 0, to: numbers.count - 1, by: 2).map {
                ColumnBuilder.Run(row: numbers[$0], sequence: numbers[$0 + 1])
            }
        )
    }

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
            guard Checksum.of(bytes) == place.checksum else { throw DamagedSegment(segment: segment, fault: .damaged) }
            segment.noteChecked(part)
        }
        return bytes
    }

    private func bytes(of part: ColumnPart, from offset: Int, count: Int) throws -> [UInt8] {
        let place = segment.header.parts[part.rawValue]
        guard offset + count <= place.length else { throw DamagedSegment(segment: segment, fault: .damaged) }
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
