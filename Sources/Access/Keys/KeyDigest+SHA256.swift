import Digest

extension KeyDigest {
    /// The digest of a key.
    package init(of key: String) {
        guard let own = SHA256.digest(of: key.utf8).withUnsafeBytes({ KeyDigest(bytes: $0) }) else {
            preconditionFailure("a SHA-256 has 32 bytes")
        }
        self = own
    }
}
