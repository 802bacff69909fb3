/// HMAC-SHA256 (RFC 2104), by which a receiver recognizes who sent a message.
package enum HMAC {
    private static let blockBytes = 64

    /// The code of a message under a key of any length.
    package static func code(of message: some Sequence<UInt8>, key: [UInt8]) -> [UInt8] {
        var block = key.count > blockBytes ? SHA256.digest(of: key) : key
        block += [UInt8](repeating: 0, count: blockBytes - block.count)
        let inner = SHA256()
        inner.update(block.map { $0 ^ 0x36 })
        inner.update(message)
        return SHA256.digest(of: block.map { $0 ^ 0x5C } + inner.digest)
    }
}
