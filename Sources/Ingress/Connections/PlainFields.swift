import NIOCore

/// The fields of a request's head, one after the other, as long as each is written in a way that cannot be read differently: a name of
/// letters, digits and hyphens, a colon, a value of visible characters and spaces, CR and LF. Everything else that HTTP allows or forbids
/// is left to the decoder.
struct PlainFields: IteratorProtocol {
    typealias Bytes = Slice<UnsafeRawBufferPointer>

    private var rest: Bytes
    /// The same maximum as the decoder's.
    private var fieldsLeft = ConnectionChannel.mostFields

    /// - Parameter bytes: everything after the request's first line.
    init(_ bytes: Bytes) {
        rest = bytes
    }

    /// The bytes after the head; nil if its end was not reached.
    var body: Bytes? { rest.starts(with: "\r\n".utf8) ? rest.dropFirst(2) : nil }

    /// The next field; nil at the end of the head, or at a field that is not plain: see ``body``.
    mutating func next() -> (name: Bytes, value: Bytes)? {
        guard fieldsLeft > 0, let colon = rest.firstIndex(where: { !$0.isOfPlainName }),
            colon > rest.startIndex, rest[colon] == UInt8(ascii: ":")
        else { return nil }
        let line = rest[(colon + 1)...]
        guard let end = line.firstIndex(where: { !(0x20...0x7E).contains($0) }),
            line[end...].starts(with: "\r\n".utf8)
        else { return nil }
        let name = rest[..<colon]
        rest = rest[(end + 2)...]
        fieldsLeft -= 1
        let space = UInt8(ascii: " ")
        var value = line[..<end].drop { $0 == space }
        while value.last == space { value.removeLast() }
        return (name, value)
    }
}

extension UInt8 {
    fileprivate var isOfPlainName: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
