import JSON

/// A body with more than one JSON value, although its content type declares one.
enum SeveralValues {
    /// Whether each value of a body is on its own line, so that it is read as lines whatever its content type.
    /// - Parameter error: why the body is not one value.
    static func areLines(_ body: [UInt8], _ error: JSONError) -> Bool {
        guard error.reason == .trailingBytes else { return false }
        let rest = body[..<error.offset]
        // The first value ends before the line that the second one starts on, and is itself no longer than a line.
        guard let end = rest.lastIndex(where: { !isSpace($0) }), rest[end...].contains(newline),
            let start = rest.firstIndex(where: { !isSpace($0) })
        else { return false }
        return !rest[start...end].contains(newline)
    }

    /// How to fix a value that is followed by another one; empty if that is not the problem.
    /// - Parameter isLine: whether the content type says that each line has one value.
    static func advice(_ error: JSONError, isLine: Bool) -> String {
        guard error.reason == .trailingBytes else { return "" }
        let type = isLine ? "" : " with Content-Type: application/x-ndjson"
        return
            "; send several events as NDJSON, one event per line,\(type.isEmpty ? "" : "\(type),") and with curl use --data-binary, "
            + "because -d removes line ends"
    }

    private static let newline = UInt8(ascii: "\n")

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}

/// A body whose first bytes show that it is not UTF-8 text.
enum NotText {
    /// What the body is instead, and what to do; nil if its first bytes do not show it.
    static func reason(of body: [UInt8]) -> String? {
        if body.starts(with: [0x1F, 0x8B]) { return "it is compressed with gzip; send Content-Encoding: gzip" }
        if body.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            return "it is compressed with zstd; send it uncompressed, or with gzip and Content-Encoding: gzip"
        }
        if body.starts(with: [0xFF, 0xFE]) || body.starts(with: [0xFE, 0xFF]) { return "it is UTF-16; send UTF-8" }
        return nil
    }
}
