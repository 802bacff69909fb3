/// Bodies of the kind `application/x-www-form-urlencoded`.
enum FormText {
    /// The values, in their order.
    static func values(_ body: [UInt8]) -> [String] {
        body.split(separator: UInt8(ascii: "&")).map { pair in
            var value: [UInt8] = []
            var rest = pair.drop { $0 != UInt8(ascii: "=") }.dropFirst()
            while let byte = rest.popFirst() {
                if byte == UInt8(ascii: "%"),
                    let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                {
                    value.append(code)
                    rest = rest.dropFirst(2)
                } else {
                    value.append(byte == UInt8(ascii: "+") ? UInt8(ascii: " ") : byte)
                }
            }
            return String(decoding: value, as: UTF8.self)
        }
    }
}
