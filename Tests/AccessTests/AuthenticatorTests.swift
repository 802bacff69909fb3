import Access
import Events
import TestSupport
import Testing

@Suite struct AuthenticatorTests {
    /// A clock that stands still.
    private struct Clock: WallClock {
        let now: Timestamp

        init(_ text: String) throws {
            now = try #require(Timestamp(rfc3339: text))
        }
    }

    private func client(_ name: String, _ keys: [ClientKey]) -> Client {
        Client(name: ClientName(name), tenant: "t", keys: keys, scopes: [.writeEvents])
    }

    private func find(_ key: String, _ clients: [Client], at time: String = "2026-06-01T12:00:00Z") throws -> Client {
        try Authenticator(clock: Clock(time)).holder(presenting: key, in: KeyTable(clients)).client
    }

    @Test func `knows a client by each of its keys`() throws {
        let clients = [
            client("shop", ["key-1", "key-2"].map { ClientKey(digest: KeyDigest(of: $0)) }),
            client("other", [ClientKey(digest: KeyDigest(of: "key-3"))]),
        ]
        #expect(try find("key-1", clients).name == "shop")
        #expect(try find("key-2", clients).name == "shop")
        #expect(try find("key-3", clients).name == "other")
    }

    @Test(arguments: ["", "key-2", "key-1 ", "KEY-1"])
    func `knows nobody by another key`(key: String) {
        let clients = [client("shop", [ClientKey(digest: KeyDigest(of: "key-1"))])]
        #expect(throws: KeyError.unknown) { try find(key, clients) }
    }

    @Test func `takes a key from its first moment to its last`() throws {
        let start = try #require(Timestamp(rfc3339: "2026-06-01T00:00:00Z"))
        let end = try #require(Timestamp(rfc3339: "2026-07-01T00:00:00Z"))
        let key = ClientKey(id: "june", digest: KeyDigest(of: "key-1"), notBefore: start, expires: end)
        let clients = [client("shop", [key])]
        #expect(throws: KeyError.early(id: "june", from: start)) {
            try find("key-1", clients, at: "2026-05-31T23:59:59.999Z")
        }
        #expect(try find("key-1", clients, at: "2026-06-01T00:00:00Z").name == "shop")
        #expect(try find("key-1", clients, at: "2026-06-30T23:59:59.999Z").name == "shop")
        #expect(throws: KeyError.expired(id: "june", at: end)) {
            try find("key-1", clients, at: "2026-07-01T00:00:00Z")
        }
    }

    @Test func `lets two keys overlap, so that a rotation has no gap`() throws {
        let change = try #require(Timestamp(rfc3339: "2026-06-01T00:00:00Z"))
        let clients = [
            client(
                "shop",
                [
                    ClientKey(digest: KeyDigest(of: "old"), expires: change + .seconds(3600)),
                    ClientKey(digest: KeyDigest(of: "new"), notBefore: change),
                ]
            )
        ]
        let accepted = ["2026-05-31T12:00:00Z", "2026-06-01T00:30:00Z", "2026-06-01T12:00:00Z"].map { time in
            ["old", "new"].filter { key in
                do {
                    return try find(key, clients, at: time).name == "shop"
                } catch {
                    return false
                }
            }
        }
        #expect(accepted == [["old"], ["old", "new"], ["new"]])
    }

    @Test func `tells a mistyped key of its own making from an unknown one`() throws {
        let key = GeneratedKey.make().reveal()
        let other = GeneratedKey.make().reveal()
        let clients = [client("shop", [ClientKey(digest: KeyDigest(of: key))])]
        #expect(try find(key, clients).name == "shop")
        #expect(throws: KeyError.unknown) { try find(other, clients) }
        #expect(throws: KeyError.mistyped) { try find(String(key.dropLast()), clients) }
    }

    @Test func `knows a client by a key of another form that begins as its own do`() throws {
        let clients = [client("demo", [ClientKey(digest: KeyDigest(of: "tg_demo_1"))])]
        #expect(try find("tg_demo_1", clients).name == "demo")
    }

    @Test func `gives the digest that sha256sum gives`() {
        let digest = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(KeyDigest(of: "abc").hexadecimal == digest)
        #expect(KeyDigest(hexadecimal: digest.uppercased()) == KeyDigest(of: "abc"))
    }

    @Test(arguments: [62, 63, 65, 66])
    func `takes 64 digits for a digest and nothing else`(count: Int) {
        #expect(KeyDigest(hexadecimal: String(repeating: "a", count: count)) == nil)
    }

    @Test func `takes no other characters for a digest`() {
        #expect(KeyDigest(hexadecimal: String(repeating: "+a", count: 32)) == nil)
    }
}
