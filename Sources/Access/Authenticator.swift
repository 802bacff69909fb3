import Crypto
package import Routing

/// Tells which client presents a key.
///
/// Keys are known by their SHA-256 only. The presented key's digest is compared with every client's, each time in constant time, so
/// that the answer's time tells nothing about how close a guess was.
package struct Authenticator: Sendable {
    package init() {}

    /// The client whose key this is; nil if it is nobody's.
    package func client(presenting key: String, in routes: Routes) -> Client? {
        let digest = SHA256.hash(data: Array(key.utf8))
        var found: Client?
        for client in routes.clients where Self.areEqual(client.keyDigest, Array(digest)) { found = client }
        return found
    }

    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}

/// The digest of a key, as `key_sha256` in `routes.json` wants it.
package enum KeyDigest {
    /// 64 lower-case digits.
    package static func hexadecimal(of key: String) -> String {
        SHA256.hash(data: Array(key.utf8)).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
