import Access
import Events
import Testing

@Suite struct KeyLifecycleTests {
    private let now = Timestamp(milliseconds: 1_700_000_000_000)

    private func make(_ keys: inout StoredKeys, _ text: String, for client: ClientName = "shop", id: String? = nil)
        throws -> StoredKey
    {
        try keys.add(Secret(text), to: client, id: id, origin: .imported, besides: [], at: now)
    }

    @Test func `calls a key by the first digits of its digest, or as it is told`() throws {
        var keys = StoredKeys()
        #expect(try make(&keys, "abc").key.id == "ba7816bf")
        #expect(try make(&keys, "def", id: "june").key.id == "june")
        #expect(throws: KeyLifecycleFault.idTaken("june")) { try make(&keys, "ghi", id: "june") }
        #expect(keys.list.map(\.created) == [now, now])
    }

    @Test func `finds another id where the first digits are taken`() throws {
        var keys = StoredKeys()
        _ = try make(&keys, "other", id: "ba7816bf")
        #expect(try make(&keys, "abc").key.id == "ba7816bf8")
    }

    @Test func `refuses a key that already exists, in either file, revoked or not`() throws {
        var keys = StoredKeys()
        let first = try make(&keys, "abc")
        let known = KeyLifecycleFault.known(id: first.key.id, client: "shop", isRevoked: false)
        #expect(throws: known) { try make(&keys, "abc", for: "till") }
        _ = try keys.revoke(first.key.id, at: now)
        let revoked = KeyLifecycleFault.known(id: first.key.id, client: "shop", isRevoked: true)
        #expect(throws: revoked) { try make(&keys, "abc") }
        let client = Client(name: "old", tenant: "t", keys: [ClientKey(digest: KeyDigest(of: "xyz"))], scopes: [])
        #expect(throws: KeyLifecycleFault.inRoutes(client: "old")) {
            try keys.add(Secret("xyz"), to: "shop", id: nil, origin: .imported, besides: [client], at: now)
        }
        #expect(keys.list.count == 1)
    }

    @Test func `refuses a key that would end before it could be used`() throws {
        var keys = StoredKeys()
        for term in [
            StoredKeys.Term(notBefore: now + .seconds(2), expires: now + .seconds(1)), StoredKeys.Term(expires: now),
        ] {
            #expect(throws: KeyLifecycleFault.endsBeforeStart) {
                try keys.add(Secret("k"), to: "shop", id: nil, term: term, origin: .generated, besides: [], at: now)
            }
        }
    }

    @Test func `ends one key by its id, or all of a client's, never later than they would have ended`() throws {
        var keys = StoredKeys()
        for (text, client) in [("1", "shop"), ("2", "shop"), ("3", "till")] as [(String, ClientName)] {
            _ = try make(&keys, text, for: client, id: "k\(text)")
        }
        let (soon, late) = (now + .seconds(60), now + .seconds(3600))
        #expect(try keys.end("k1", at: soon, now: now).client == "shop")
        #expect(keys.list.map(\.key.expires) == [soon, nil, nil])
        #expect(try keys.end("shop", at: late, now: now).ended.map(\.key.id) == ["k1", "k2"])
        #expect(keys.list.map(\.key.expires) == [soon, late, nil])
    }

    @Test func `has nothing to end where no key lives`() throws {
        var keys = StoredKeys()
        let fault = KeyLifecycleFault.noLiveKey(target: "shop")
        #expect(throws: fault) { try keys.end("shop", at: now, now: now) }
        let key = try make(&keys, "1")
        _ = try keys.revoke(key.key.id, at: now)
        #expect(throws: fault) { try keys.end("shop", at: now, now: now) }
    }

    @Test func `revokes once`() throws {
        var keys = StoredKeys()
        let key = try make(&keys, "1")
        #expect(try keys.revoke(key.key.id, at: now).revoked == now)
        #expect(try keys.revoke(key.key.id, at: now + .seconds(1)).revoked == now)
        #expect(keys.usable(by: "shop").isEmpty)
        #expect(throws: KeyLifecycleFault.unknown(id: "nobody")) { try keys.revoke("nobody", at: now) }
    }
}
