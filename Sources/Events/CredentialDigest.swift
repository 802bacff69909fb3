/// The digest of a vendor's key, which tells whether two keys are the same. Stays in memory.
package struct CredentialDigest: Hashable, Sendable {
    private let bytes: [UInt8]

    /// - Parameter bytes: a digest from which the key cannot be found.
    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }
}
