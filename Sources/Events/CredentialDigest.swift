/// The digest of a vendor's key, to compare two keys without keeping them. It stays in memory.
package struct CredentialDigest: Hashable, Sendable {
    private let bytes: [UInt8]

    /// - Parameter bytes: a digest from which the key cannot be recovered.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}
