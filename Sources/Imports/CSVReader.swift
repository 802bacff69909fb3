import Client

/// Reads a table row by row (RFC 4180): fields separated by commas, semicolons or tabs, in double quotes where they hold a separator, a
/// quote or a line break. Lines end with LF, CRLF, or CR alone, as Excel for Mac writes them ("CSV (Macintosh)").
struct CSVReader {
    /// One row.
    struct Record: Equatable {
        let fields: [String]
        /// In which it begins, from 1.
        let line: Int
    }

    /// What a row is.
    enum Item: Equatable {
        case record(Record)
        case fault(FileFault)
    }

    private let bytes: FileBytes
    private var buffer: [UInt8] = []
    private var cursor = 0
    private var line = 1
    private var isComplete = false
    private var separator: UInt8?
    /// The byte at which a line ends: LF, or CR in a file whose first line ends with CR alone.
    private var lineEnd = Self.lineFeed

    /// Larger rows are none: a quote is not closed.
    private static let largestRowBytes = 16 << 20
    private static let quote = UInt8(ascii: "\"")
    private static let (lineFeed, carriageReturn): (UInt8, UInt8) = (0x0A, 0x0D)

    init(_ bytes: FileBytes) {
        self.bytes = bytes
    }

    var bytesRead: Int { bytes.bytesRead }

    /// The next row that is not empty; nil at the end of the file.
    mutating func next() throws(FileFailure) -> Item? {
        if separator == nil { separator = try readFirstLine() }
        try skipLineEnds()
        return try peek() == nil ? nil : readRow()
    }

    private mutating func skipLineEnds() throws(FileFailure) {
        while let byte = try peek(), byte == Self.lineFeed || byte == Self.carriageReturn {
            if byte == lineEnd { line += 1 }
            cursor += 1
        }
    }

    /// Finds out at which byte lines end, and the separator that the first line has most of, outside of quotes. A byte order mark before it
    /// is skipped.
    private mutating func readFirstLine() throws(FileFailure) -> UInt8 {
        _ = try peek(2)
        if buffer.starts(with: [0xEF, 0xBB, 0xBF]) { cursor = 3 }
        var start = cursor
        while let byte = try peek(start), byte == Self.lineFeed || byte == Self.carriageReturn { start += 1 }
        var counts: [UInt8: Int] = [:]
        var (offset, isQuoted) = (start, false)
        while let byte = try peek(offset), isQuoted || byte != Self.lineFeed, offset < Self.largestRowBytes {
            if byte == Self.quote { isQuoted.toggle() }
            if !isQuoted, byte == Self.carriageReturn, try peek(offset + 1) != Self.lineFeed {
                lineEnd = Self.carriageReturn
                break
            }
            if !isQuoted { counts[byte, default: 0] += 1 }
            offset += 1
        }
        try skipLineEnds()
        let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
        return candidates.max { counts[$0, default: 0] < counts[$1, default: 0] } ?? candidates[0]
    }

    private mutating func readRow() throws(FileFailure) -> Item {
        compact()
        let (start, first) = (cursor, line)
        var fields: [[UInt8]] = []
        repeat {
            fields.append(try readField(from: start, first))
            try checkSize(from: start, first)
        } while try takeSeparator()
        var texts: [String] = []
        for field in fields {
            guard let text = String(validating: field, as: UTF8.self) else {
                let advice = "convert the file to UTF-8 first, for example with: iconv -f WINDOWS-1252 -t UTF-8"
                return .fault(FileFault(FilePosition(line: first), "the row is not UTF-8; \(advice)"))
            }
            texts.append(text)
        }
        return .record(Record(fields: texts, line: first))
    }

    /// Takes the separator after a field, or the end of the row; false at the end.
    private mutating func takeSeparator() throws(FileFailure) -> Bool {
        guard let byte = try peek() else { return false }
        cursor += 1
        if byte == lineEnd { line += 1 }
        return byte == separator
    }

    /// - Parameters:
    ///   - start: of the row.
    ///   - first: the line in which the row begins.
    private func checkSize(from start: Int, _ first: Int) throws(FileFailure) {
        guard cursor - start > Self.largestRowBytes else { return }
        throw .unsupported("the row at line \(first) has more than \(Self.largestRowBytes) bytes")
    }

    /// Reads a field up to the separator or the end of the line.
    private mutating func readField(from start: Int, _ first: Int) throws(FileFailure) -> [UInt8] {
        var field: [UInt8] = []
        if try peek() == Self.quote {
            cursor += 1
            while let byte = try peek() {
                cursor += 1
                if byte == Self.quote {
                    guard try peek() == Self.quote else { return try readRest(of: field, from: start, first) }
                    cursor += 1
                }
                if byte == lineEnd { line += 1 }
                field.append(byte)
                guard cursor - start <= Self.largestRowBytes else { break }
            }
            throw .unsupported("the quote of a field in the row at line \(first) is never closed")
        }
        return try readRest(of: field, from: start, first)
    }

    /// What stands before the separator, or after a field's closing quote.
    private mutating func readRest(of field: [UInt8], from row: Int, _ first: Int) throws(FileFailure) -> [UInt8] {
        var field = field
        let start = cursor
        while let byte = try peek(), byte != separator, byte != lineEnd {
            guard byte != Self.lineFeed else {
                throw .unsupported(
                    "lines end with CR alone at the start of the file and with LF at line \(line); use one kind of line ends"
                )
            }
            field.append(byte)
            cursor += 1
            try checkSize(from: row, first)
        }
        if cursor > start, try peek() != separator, field.last == Self.carriageReturn { field.removeLast() }
        return field
    }

    // MARK: - Bytes

    private mutating func peek() throws(FileFailure) -> UInt8? { try peek(cursor) }

    /// The byte at an offset of ``buffer``; nil at the end of the file.
    private mutating func peek(_ offset: Int) throws(FileFailure) -> UInt8? {
        while offset >= buffer.count {
            guard !isComplete, let piece = try bytes.next() else {
                isComplete = true
                return nil
            }
            buffer += piece
        }
        return buffer[offset]
    }

    /// Forgets what was read, once it is much.
    private mutating func compact() {
        guard cursor > 1 << 20 else { return }
        buffer.removeSubrange(..<cursor)
        cursor = 0
    }
}
