import Digest
import Testing

@Suite struct SHA256Tests {
    private func hex(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    /// The examples of FIPS 180-4, and nothing.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
    ])
    func `gives the digests of the standard`(text: String, digest: String) {
        #expect(hex(SHA256.digest(of: text.utf8)) == digest)
        #expect(hex(SHA256.digest(of: text.utf8.lazy.map { $0 })) == digest)
    }

    @Test func `goes on after its digest was read`() {
        let hash = SHA256()
        hash.update("a".utf8)
        #expect(hash.digest == SHA256.digest(of: "a".utf8))
        hash.update("bc".utf8)
        #expect(hash.digest == SHA256.digest(of: "abc".utf8))
    }
}
