import Access
import Events
import Foundation
import TestSupport
import Testing

/// What `tollgate keys` does with the files.
@Suite struct KeyAdministrationTests {
    /// The clients of a `routes.json`: one with a key there, one without.
    private static let clients = [
        Client(
            name: "shop",
            tenant: "t",
            keys: [ClientKey(digest: KeyDigest(of: "in routes"))],
            scopes: [.writeEvents]
        ),
        Client(name: "till", tenant: "t", scopes: [.writeEvents]),
    ]
    private static var keyOfRoutes: String { clients[0].keys[0].id }

    private func withKeys<Result>(_ body: (KeyAdministration, KeyFile) async throws -> Result) async throws -> Result {
        try await withTemporaryFolder { folder in
            let file = KeyFile(in: folder)
            return try await body(KeyAdministration(of: file, for: Self.clients, by: "root"), file)
        }
    }

    @Test func `creates a key that works, and keeps no key on disk`() async throws {
        try await withKeys { (keys, file) async throws in
            let made = try await keys.create(for: "shop", id: "june", term: StoredKeys.Term())
            let stored = try file.read()
            #expect(stored.list.map(\.key.id) == ["june"])
            #expect(stored.list.map(\.key.digest) == [KeyDigest(of: made.key.reveal())])
            #expect(stored.list.map(\.origin) == [.generated])
            let content = try String(contentsOf: file.file, encoding: .utf8)
            #expect(!content.contains(made.key.reveal()))
        }
    }

    @Test func `refuses a client that routes json does not have, and suggests the one that was meant`() async throws {
        try await withKeys { (keys, file) async throws in
            let fault = KeyAdministrationFault.unknownClient("shpo", suggestion: "shop")
            await #expect(throws: fault) { try await keys.create(for: "shpo", id: nil, term: StoredKeys.Term()) }
            await #expect(throws: fault) {
                try await keys.importKey(Secret("k"), for: "shpo", id: nil, term: StoredKeys.Term())
            }
            #expect("\(fault)".contains("did you mean \"shop\"?"))
            #expect(try file.read().list.isEmpty)
        }
    }

    @Test func `imports a key of the application`() async throws {
        try await withKeys { (keys, file) async throws in
            let stored = try await keys.importKey(Secret("vendor key"), for: "till", id: nil, term: StoredKeys.Term())
            #expect(stored.origin == .imported)
            #expect(try file.read().usable(by: "till").map(\.digest) == [KeyDigest(of: "vendor key")])
        }
    }

    @Test func `rotates one key, or all of a client's, and leaves the others`() async throws {
        try await withKeys { (keys, file) async throws in
            for id in ["a", "b"] { _ = try await keys.create(for: "till", id: id, term: StoredKeys.Term()) }
            let one = try await keys.rotate("a", id: "c", overlap: .seconds(3600), term: StoredKeys.Term())
            #expect(one.ended.map(\.key.id) == ["a"])
            #expect(one.stored.client == "till")
            let all = try await keys.rotate("till", id: "d", overlap: .zero, term: StoredKeys.Term())
            #expect(Set(all.ended.map(\.key.id)) == ["a", "b", "c"])
            let list = try file.read().list
            #expect(list.filter { $0.key.expires == nil }.map(\.key.id) == ["d"])
        }
    }

    @Test func `gives a client whose keys are in routes json its first stored key, and names those to remove there`()
        async throws
    {
        try await withKeys { (keys, _) async throws in
            let made = try await keys.rotate("shop", id: "new", overlap: .seconds(60), term: StoredKeys.Term())
            #expect(made.ended.isEmpty)
            #expect(made.lasting.map(\.id) == [Self.keyOfRoutes])
        }
    }

    @Test func `changes nothing if a key to rotate or revoke does not exist`() async throws {
        try await withKeys { (keys, file) async throws in
            _ = try await keys.create(for: "till", id: "a", term: StoredKeys.Term())
            let before = try file.read()
            await #expect(throws: (any Error).self) {
                try await keys.rotate("nothing", id: nil, overlap: .zero, term: StoredKeys.Term())
            }
            await #expect(throws: (any Error).self) { try await keys.revoke("nothing") }
            #expect(try file.read().list == before.list)
        }
    }

    @Test func `revokes a stored key, and says that one of routes json must be removed there`() async throws {
        try await withKeys { (keys, file) async throws in
            _ = try await keys.create(for: "till", id: "a", term: StoredKeys.Term())
            #expect(try await keys.revoke("a").revoked != nil)
            #expect(try file.read().usable(by: "till").isEmpty)
            await #expect(throws: KeyAdministrationFault.standsInRoutes(id: Self.keyOfRoutes, client: "shop")) {
                try await keys.revoke(Self.keyOfRoutes)
            }
        }
    }

    @Test func `lists the keys of both files by client, each with its state`() async throws {
        try await withKeys { (keys, file) async throws in
            let now = SystemWallClock().now
            _ = try await keys.create(for: "till", id: "usable", term: StoredKeys.Term())
            _ = try await keys.create(for: "till", id: "early", term: StoredKeys.Term(notBefore: now + .seconds(3600)))
            _ = try await keys.create(for: "till", id: "revoked", term: StoredKeys.Term())
            _ = try await keys.revoke("revoked")
            _ = try await keys.create(for: "till", id: "expired", term: StoredKeys.Term())
            _ = try await keys.rotate("expired", id: "next", overlap: .zero, term: StoredKeys.Term())
            let states = try await keys.list(of: nil).map { "\($0.client) \($0.key.id) \($0.state.rawValue)" }
            #expect(
                states == [
                    "shop \(Self.keyOfRoutes) usable", "till usable usable", "till early early", "till revoked revoked",
                    "till expired expired", "till next usable",
                ]
            )
            #expect(try await keys.list(of: "shop").map(\.client) == ["shop"])
            let gone = KeyAdministration(of: file, for: [], by: "root")
            #expect(Set(try await gone.list(of: nil).map(\.state)) == [.clientless, .revoked])
        }
    }
}
