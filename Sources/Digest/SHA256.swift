import CLibcrypto

/// SHA-256 of bytes that come in pieces, by the system's libcrypto.
///
/// One thread uses it at a time.
package final class SHA256 {
    private let context: OpaquePointer

    /// The number of bytes of a digest.
    package static let byteCount = 32

    /// The algorithm, looked up once: libcrypto's own `EVP_sha256()` stands for a look-up each time it is used, under locks.
    // Safe: libcrypto never changes an algorithm that it has handed out, and any thread may use it.
    nonisolated(unsafe) private static let algorithm: OpaquePointer = {
        guard let algorithm = EVP_MD_fetch(nil, "SHA256", nil) else {
            preconditionFailure("libcrypto has no SHA-256")
        }
        return algorithm
    }()

    /// Starts an empty digest.
    /// - Precondition: libcrypto can allocate memory.
    package init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, Self.algorithm, nil) == 1 else {
            preconditionFailure("libcrypto has no memory")
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    /// Adds bytes.
    package func update(_ bytes: some Sequence<UInt8>) {
        let added: Void? = bytes.withContiguousStorageIfAvailable { add(UnsafeRawBufferPointer($0)) }
        if added == nil { Array(bytes).withUnsafeBytes { add($0) } }
    }

    private func add(_ bytes: UnsafeRawBufferPointer) {
        precondition(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count) == 1, "SHA-256 takes any bytes")
    }

    /// The digest of what was added until now; more may be added afterwards.
    package var digest: [UInt8] {
        guard let copy = EVP_MD_CTX_new() else { preconditionFailure("libcrypto has no memory") }
        defer { EVP_MD_CTX_free(copy) }
        return [UInt8](unsafeUninitializedCapacity: Self.byteCount) { digest, count in
            var length: UInt32 = 0
            let isDone =
                EVP_MD_CTX_copy_ex(copy, context) == 1 && EVP_DigestFinal_ex(copy, digest.baseAddress, &length) == 1
            precondition(isDone, "SHA-256 ends with 32 bytes")
            count = Int(length)
        }
    }

    /// The digest of some bytes.
    package static func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
        bytes.withContiguousStorageIfAvailable { digest(of: UnsafeRawBufferPointer($0)) }
            ?? Array(bytes).withUnsafeBytes { digest(of: $0) }
    }

    private static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { digest, count in
            var length: UInt32 = 0
            let isDone = EVP_Digest(bytes.baseAddress, bytes.count, digest.baseAddress, &length, algorithm, nil) == 1
            precondition(isDone, "SHA-256 takes any bytes and ends with 32")
            count = Int(length)
        }
    }
}
