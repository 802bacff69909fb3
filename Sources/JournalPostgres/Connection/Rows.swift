/// What a statement has returned, in PostgreSQL's binary form.
struct Rows: Sendable {
    /// How many rows the statement inserted, updated or deleted, or returned.
    let affected: Int
    /// What the server warned of while it worked.
    let warnings: [String]
    fileprivate let columns: Int
    fileprivate let cells: [Range<Int>?]
    fileprivate let bytes: [UInt8]

    /// - Parameters:
    ///   - columns: how many values each row has.
    ///   - cells: where each value is in `bytes`, row by row; nil for `NULL`.
    init(affected: Int, warnings: [String], columns: Int, cells: [Range<Int>?], bytes: [UInt8]) {
        self.affected = affected
        self.warnings = warnings
        self.columns = columns
        self.cells = cells
        self.bytes = bytes
    }
}

extension Rows: RandomAccessCollection {
    var startIndex: Int { 0 }
    var endIndex: Int { columns == 0 ? 0 : cells.count / columns }

    subscript(index: Int) -> Row { Row(rows: self, start: index * columns) }
}

/// One row. A getter traps when the value has another type: the statement and its reader do not fit then.
struct Row: Sendable {
    fileprivate let rows: Rows
    fileprivate let start: Int

    /// Where the value is; nil for `NULL`.
    private func cell(_ column: Int) -> Range<Int>? {
        precondition(column < rows.columns, "the row has \(rows.columns) columns")
        return rows.cells[start + column]
    }

    func isNull(_ column: Int) -> Bool { cell(column) == nil }

    /// An `int2`, `int4` or `int8`.
    func integer(_ column: Int) -> Int64 {
        guard let value = optionalInteger(column) else { preconditionFailure("column \(column) is NULL") }
        return value
    }

    /// An `int2`, `int4` or `int8`, or nil for `NULL`.
    func optionalInteger(_ column: Int) -> Int64? {
        cell(column).map { rows.bytes[$0].bigEndianInteger }
    }

    func bool(_ column: Int) -> Bool {
        guard let value = cell(column) else { preconditionFailure("column \(column) is NULL") }
        precondition(value.count == 1, "column \(column) is no bool")
        return rows.bytes[value.lowerBound] != 0
    }

    func float(_ column: Int) -> Double {
        guard let value = cell(column) else { preconditionFailure("column \(column) is NULL") }
        precondition(value.count == 8, "column \(column) is no float8")
        return Double(bitPattern: UInt64(bitPattern: rows.bytes[value].bigEndianInteger))
    }

    func text(_ column: Int) -> String {
        guard let value = optionalText(column) else { preconditionFailure("column \(column) is NULL") }
        return value
    }

    func optionalText(_ column: Int) -> String? {
        cell(column).map { String(decoding: rows.bytes[$0], as: UTF8.self) }
    }

    func bytes(_ column: Int) -> [UInt8] {
        guard let value = optionalBytes(column) else { preconditionFailure("column \(column) is NULL") }
        return value
    }

    func optionalBytes(_ column: Int) -> [UInt8]? {
        cell(column).map { Array(rows.bytes[$0]) }
    }

    /// An array of `int2`, `int4` or `int8` without `NULL`.
    func integers(_ column: Int) -> [Int64] {
        elements(column).map { rows.bytes[$0].bigEndianInteger }
    }

    /// An array of `text` without `NULL`.
    func texts(_ column: Int) -> [String] {
        elements(column).map { String(decoding: rows.bytes[$0], as: UTF8.self) }
    }

    /// Where the elements of an array with at most one dimension are.
    private func elements(_ column: Int) -> [Range<Int>] {
        guard let value = cell(column) else { preconditionFailure("column \(column) is NULL") }
        var place = value.lowerBound
        func number() -> Int {
            defer { place += 4 }
            return Int(rows.bytes[place..<(place + 4)].bigEndianInteger)
        }
        let dimensions = number()
        guard dimensions > 0 else { return [] }
        precondition(dimensions == 1, "column \(column) is an array of arrays")
        place += 8
        let count = number()
        place += 4
        return (0..<count).map { _ in
            let length = number()
            precondition(length >= 0, "an element of column \(column) is NULL")
            defer { place += length }
            return place..<(place + length)
        }
    }
}

extension ArraySlice<UInt8> {
    /// Two, four or eight bytes as a number with a sign.
    fileprivate var bigEndianInteger: Int64 {
        let word = reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        switch count {
        case 2: return Int64(Int16(truncatingIfNeeded: word))
        case 4: return Int64(Int32(truncatingIfNeeded: word))
        case 8: return Int64(bitPattern: word)
        default: preconditionFailure("a value of \(count) bytes is no integer")
        }
    }
}
