import NIOCore

/// Takes HTTP messages that say how long their body is from a connection's bytes.
struct MessageReader {
    /// One response, head and body.
    struct Message {
        /// From the first byte to the end of the last field.
        let head: ByteBuffer
        let body: ByteBuffer

        /// The status of an answer.
        var status: Int? { head.withUnsafeReadableBytes { MessageReader.number($0, at: 9) } }

        /// The first part of a request's path: `lago` of `/lago/api/v1/events`.
        var service: String { parts.first.map { String(decoding: $0, as: UTF8.self) } ?? "" }

        /// The last part of a request's path.
        var action: String { parts.last.map { String(decoding: $0, as: UTF8.self) } ?? "" }

        private var parts: [ByteBufferView.SubSequence] {
            let line = head.readableBytesView.prefix(200).split(separator: UInt8(ascii: " "), maxSplits: 2)
            guard line.count > 1 else { return [] }
            return line[1].prefix { $0 != UInt8(ascii: "?") }.split(separator: UInt8(ascii: "/"))
        }
    }

    /// The bytes are no message that this reader can follow.
    struct Unreadable: Error {}

    private var received = ByteBuffer()
    private static let longestHead = 16 << 10

    /// Adds received bytes; a complete response is available from ``next()``.
    mutating func add(_ bytes: ByteBuffer) {
        if received.readableBytes == 0 {
            received = bytes
        } else {
            received.writeImmutableBuffer(bytes)
        }
    }

    /// The next whole message; nil as long as its end is missing.
    mutating func next() throws -> Message? {
        guard let lengths = try received.withUnsafeReadableBytes(Self.lengths),
            lengths.head + lengths.body <= received.readableBytes,
            let head = received.readSlice(length: lengths.head), let body = received.readSlice(length: lengths.body)
        else { return nil }
        return Message(head: head, body: body)
    }

    /// The lengths of head and body; nil while the head is incomplete.
    private static func lengths(_ bytes: UnsafeRawBufferPointer) throws -> (head: Int, body: Int)? {
        guard let end = bytes.offset(of: "\r\n\r\n") else {
            guard bytes.count < longestHead else { throw Unreadable() }
            return nil
        }
        let head = UnsafeRawBufferPointer(rebasing: bytes[..<(end + 4)])
        if let length = contentLength(head) { return (end + 4, length) }
        guard head.starts(with: "GET ".utf8) else { throw Unreadable() }
        return (end + 4, 0)
    }

    /// The value of `Content-Length`, in the two spellings that the measured servers use.
    private static func contentLength(_ head: UnsafeRawBufferPointer) -> Int? {
        for name in ["\ncontent-length:", "\nContent-Length:"] as [StaticString] {
            guard let place = head.offset(of: name) else { continue }
            return number(head, at: place + name.utf8CodeUnitCount)
        }
        return nil
    }

    /// The digits at a place, after blanks.
    private static func number(_ bytes: UnsafeRawBufferPointer, at start: Int) -> Int? {
        guard bytes.count > start else { return nil }
        let digits = bytes[start...].drop { $0 == UInt8(ascii: " ") }.prefix(9).prefix { $0 >= 48 && $0 <= 57 }
        return digits.isEmpty ? nil : digits.reduce(0) { $0 * 10 + Int($1) - 48 }
    }
}
