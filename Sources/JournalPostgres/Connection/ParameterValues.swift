import CLibpq

/// Parameters as libpq takes them: pointers into one piece of memory.
struct ParameterValues {
    private let types: [UInt32]
    private let ranges: [Range<Int>?]
    private let bytes: [UInt8]

    init(_ parameters: [Parameter]) {
        types = parameters.map(\.type)
        var bytes: [UInt8] = []
        ranges = parameters.map { parameter in
            guard let encoded = parameter.encoded else { return nil }
            let start = bytes.count
            bytes.append(contentsOf: encoded)
            return start..<bytes.count
        }
        // An empty value has an address, too: without one it would be NULL.
        bytes.append(0)
        self.bytes = bytes
    }

    /// - Parameter body: gets the types, where the values are, how long they are, and that all are binary.
    func withPointers<Result>(
        _ body: ([UInt32], [UnsafePointer<CChar>?], [Int32], [Int32]) -> Result
    ) -> Result {
        bytes.withUnsafeBytes { memory in
            let base = memory.baseAddress?.assumingMemoryBound(to: CChar.self)
            return body(
                types,
                ranges.map { range in range.flatMap { base?.advanced(by: $0.lowerBound) } },
                ranges.map { Int32($0?.count ?? 0) },
                ranges.map { _ in 1 }
            )
        }
    }
}

extension Rows {
    /// Copies what a result has; the result stays the caller's to free.
    init(copying result: OpaquePointer, warnings: [String]) {
        let (columns, rows) = (Int(PQnfields(result)), Int(PQntuples(result)))
        var cells: [Range<Int>?] = []
        cells.reserveCapacity(columns * rows)
        var bytes: [UInt8] = []
        for row in 0..<Int32(rows) {
            for column in 0..<Int32(columns) {
                guard PQgetisnull(result, row, column) == 0, let value = PQgetvalue(result, row, column) else {
                    cells.append(nil)
                    continue
                }
                let start = bytes.count
                let length = Int(PQgetlength(result, row, column))
                bytes.append(contentsOf: UnsafeRawBufferPointer(start: value, count: length))
                cells.append(start..<bytes.count)
            }
        }
        let affected = PQcmdTuples(result).flatMap { Int(String(cString: $0)) } ?? rows
        self.init(affected: affected, warnings: warnings, columns: columns, cells: cells, bytes: bytes)
    }
}
