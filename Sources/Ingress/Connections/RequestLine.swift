/// A request line while it is read. Finds lines in which more than one space separates two parts: NIO's decoder accepts them, RFC 9112
/// (section 3) does not, and a proxy in front may read another target. Everything else is left to the decoder.
struct RequestLine: Sendable, Equatable {
    /// The part of the line that is read.
    private enum Part: Equatable {
        /// Empty lines before a request are allowed.
        case start
        case method
        case target
        case version
        /// Directly after the space before a part.
        case space
    }

    private var part = Part.start
    private var spaces = 0

    /// Whether the line has been read to its end.
    private(set) var isComplete = false

    /// Reads bytes up to the end of the line.
    /// - Returns: how many bytes were read; nil if the line is malformed.
    mutating func read(_ bytes: some Collection<UInt8>) -> Int? {
        var count = 0
        for byte in bytes {
            count += 1
            switch (part, byte) {
            case (.start, 0x0D), (.start, 0x0A): break
            case (_, 0x0A):
                isComplete = true
                return count
            case (.start, 0x20), (.space, 0x20), (.version, 0x20): return nil
            case (.method, 0x20), (.target, 0x20):
                spaces += 1
                part = .space
            case (.start, _): part = .method
            case (.space, _): part = spaces == 1 ? .target : .version
            case (.method, _), (.target, _), (.version, _): break
            }
        }
        return count
    }
}

/// Where requests begin in the bytes of one connection, as long as that is simple to see: heads that arrive in one piece, bodies of known
/// length. Otherwise only the decoder knows.
struct RequestStarts: Sendable {
    typealias Bytes = PlainFields.Bytes

    /// The result for one piece.
    enum Found: Equatable {
        /// No malformed request line begins in it.
        case nothing
        /// A malformed line begins after this many bytes.
        case malformed(behind: Int)
        /// It cannot be seen where the next request begins.
        case lost
    }

    /// Where in the bytes of a connection the reader is.
    private enum State {
        case line(RequestLine)
        /// This much of a body is missing.
        case body(Int)
        case lost
    }

    private var state = State.line(RequestLine())

    mutating func read(_ piece: Bytes) -> Found {
        var rest = piece
        while true {
            switch state {
            case .lost: return .lost
            case .body(let left) where left > rest.count:
                state = .body(left - rest.count)
                return .nothing
            case .body(let left):
                rest = rest.dropFirst(left)
                state = .line(RequestLine())
            case .line(var line):
                if rest.isEmpty { return .nothing }
                let start = rest.startIndex
                guard let count = line.read(rest) else {
                    return .malformed(behind: start - piece.startIndex)
                }
                rest = rest.dropFirst(count)
                state = line.isComplete ? Self.behindLine(&rest) : .line(line)
            }
        }
    }

    /// Reads the fields after a request line.
    private static func behindLine(_ rest: inout Bytes) -> State {
        var fields = PlainFields(rest)
        var length = 0
        while let (name, value) = fields.next() {
            if name.isField("transfer-encoding") || name.isField("upgrade") { return .lost }
            guard name.isField("content-length") else { continue }
            guard value.allSatisfy({ (0x30...0x39).contains($0) }),
                let bytes = Int(String(decoding: value, as: UTF8.self))
            else { return .lost }
            length = bytes
        }
        guard let body = fields.body else { return .lost }
        rest = body
        return .body(length)
    }
}
