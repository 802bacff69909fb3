import Crypto
package import Routing

extension KeyDigest {
    /// The digest of a key.
    package init(of key: String) {
        var key = key
        let digest = key.withUTF8 { bytes in
            var hash = SHA256()
            hash.update(bufferPointer: UnsafeRawBufferPointer(bytes))
            return hash.finalize()
        }
        guard let own = digest.withUnsafeBytes({ KeyDigest(bytes: $0) }) else {
            preconditionFailure("a SHA-256 has 32 bytes")
        }
        self = own
    }
}
