import Access
import ConfigurationFile
import Events
import Testing

@Suite struct StoredKeysTests {
    private static let digest = String(repeating: "ab", count: 32)
    private static let other = String(repeating: "cd", count: 32)

    private func key(_ id: String, _ client: String = "shop", digest: String = digest, revoked: Timestamp? = nil) throws
        -> StoredKey
    {
        StoredKey(
            client: ClientName(client),
            key: ClientKey(id: id, digest: try #require(KeyDigest(hexadecimal: digest))),
            created: Timestamp(milliseconds: 1_700_000_000_000),
            revoked: revoked
        )
    }

    private func faults(_ text: String) -> [String] {
        do {
            _ = try StoredKeys(reading: Array(text.utf8))
            return []
        } catch {
            return error.faults.map { $0.line(in: "keys.json") }
        }
    }

    @Test func `reads what it writes`() throws {
        let moment = Timestamp(milliseconds: 1_800_000_000_123)
        let term = ClientKey(
            id: "b",
            digest: try #require(KeyDigest(hexadecimal: Self.other)),
            notBefore: moment,
            expires: moment + .seconds(1)
        )
        let keys = StoredKeys([
            try key("a"), StoredKey(client: "till", key: term, created: moment, origin: .imported, revoked: moment),
        ])
        #expect(try StoredKeys(reading: keys.text) == keys)
        #expect(try StoredKeys(reading: StoredKeys().text) == StoredKeys())
    }

    @Test(arguments: [
        (#"{"version": 1}"#, #"keys.json:1:1: "keys" is missing in the file"#),
        (#"{"version": 2, "keys": []}"#, #"keys.json:1:13: "version" must be"#),
        ("{", "this is not JSON"), ("[]", "the file must be an object"),
        (#"{"version": 1, "keys": [{"id": "a"}]}"#, #""client" is missing in a key"#),
        (
            #"{"version": 1, "keys": [{"id": "a", "client": "c", "origin": "generated", "created": "2026-01-01T00:00:00Z", "sha256": "planted"}]}"#,
            #""sha256" must be 64 hexadecimal digits"#
        ),
    ])
    func `says where a file is faulty`(text: String, message: String) {
        let found = faults(text)
        #expect(found.contains { $0.contains(message) }, "\(found)")
        #expect(!found.joined().contains("planted"))
    }

    @Test func `refuses a file in which a key stands twice`() throws {
        #expect(faults(String(decoding: StoredKeys([try key("a"), try key("b")]).text, as: UTF8.self)).count == 1)
        let sameID = StoredKeys([try key("a"), try key("a", digest: Self.other)])
        #expect(faults(String(decoding: sameID.text, as: UTF8.self)).count == 1)
    }

    @Test func `names what was added, changed, revoked and removed`() throws {
        let old = StoredKeys([try key("a"), try key("b", digest: Self.other)])
        let new = StoredKeys([try key("a", revoked: Timestamp(milliseconds: 0)), try key("c", "till")])
        #expect(new.changes(from: old) == ["shop a: revoked", "till c: added", "shop b: removed"])
        #expect(old.changes(from: old) == [])
    }
}
