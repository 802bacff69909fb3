import Events
import Foundation
import TestSupport
import Testing

@testable import Access

@Suite struct KeyUsesTests {
    private let first = KeyDigest(of: "first")
    private let second = KeyDigest(of: "second")

    private func client(_ keys: [String]) -> Client {
        Client(
            name: "shop",
            tenant: "shop",
            keys: keys.map { ClientKey(digest: KeyDigest(of: $0)) },
            scopes: [.writeEvents]
        )
    }

    @Test func `a key that was presented is told once, also if the table was replaced meanwhile`() throws {
        let authenticator = Authenticator(clock: SystemWallClock())
        let table = KeyTable([client(["first", "second"])])
        #expect(table.takeUsed().isEmpty)
        _ = try authenticator.holder(presenting: "first", in: table)
        #expect(throws: KeyError.unknown) { try authenticator.holder(presenting: "third", in: table) }
        let next = KeyTable([client(["first", "second"])], replacing: table)
        // A request that began before.
        _ = try authenticator.holder(of: second, in: table)
        #expect(next.takeUsed() == [first, second])
        #expect(next.takeUsed().isEmpty)
    }

    @Test func `the latest day counts, and what is old is forgotten`() {
        var uses = KeyUses([first], on: "2026-11-28")
        uses.note(first, on: "2026-11-29")
        uses.note(first, on: "2026-11-27")
        uses.merge(KeyUses([second], on: "2025-01-01"))
        #expect(uses.days == [first: "2026-11-29", second: "2025-01-01"])
        uses.forget(before: "2025-06-01")
        #expect(uses.days == [first: "2026-11-29"])
        #expect(KeyUses.day(of: Timestamp(milliseconds: 0)) == "1970-01-01")
    }

    @Test func `the data folder keeps the days, for its owner only, and skips lines that are none of ours`()
        async throws
    {
        try await withTemporaryFolder { (folder) async throws in
            let file = KeyFile(in: folder)
            #expect(try file.uses() == KeyUses())
            let now = try #require(Timestamp(rfc3339: "2026-11-29T12:00:00Z"))
            try file.note(KeyUses([first], on: "2026-11-28"), at: now)
            try file.note(KeyUses([second], on: "2026-11-29"), at: now)
            #expect(try file.uses().days == [first: "2026-11-28", second: "2026-11-29"])
            let uses = folder.appending(path: "key-uses")
            let attributes = try FileManager.default.attributesOfItem(atPath: uses.path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            let text = try String(contentsOf: uses, encoding: .utf8)
            try Data("nothing\n\(text)\(first.hexadecimal) yesterday\n".utf8).write(to: uses)
            #expect(try file.uses().days == [first: "2026-11-28", second: "2026-11-29"])
            try file.note(KeyUses([second], on: "2028-01-01"), at: now + KeyUses.longestAge + .seconds(2 * 86_400))
            #expect(try file.uses().days == [second: "2028-01-01"])
        }
    }
}
