import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct StatusTests {
    @Test func `shows versions, gateways, leases, backlog and tables`() async throws {
        let journal = try await TestJournal {
            ($0.nodeName, $0.version, $0.routesDigest) = ("gateway-1", "1.2.3", [0xAB, 0xCD])
        }
        let store = try await journal.open()
        let events = (1...5).map { TestJournal.event("\($0)") }
        _ = try await store.append(AppendRequest(events: events, policy: .each))
        let lease = try await store.lease("lago")
        let status = try await PostgresOperations(journal.settings).status()
        #expect(status.schema == journal.schema && status.server.hasPrefix("PostgreSQL "))
        #expect(
            status.format
                == JournalStatus.Format(
                    current: JournalMeta.format,
                    oldestWriter: JournalMeta.format,
                    known: JournalMeta.format
                )
        )
        #expect(!status.isMoving && !status.routesDiffer)
        let node = try #require(status.nodes.first)
        #expect(status.nodes.count == 1 && node.name == "gateway-1" && node.version == "1.2.3")
        #expect(node.routes == [0xAB, 0xCD] && node.accounts == 1 && node.slots == 1 && !node.isDraining)
        #expect(node.expiresIn > .zero && node.expiresIn <= .seconds(60))
        let account = try #require(status.accounts.first)
        #expect(account.name == "lago" && account.node == "gateway-1" && account.epoch == lease.epoch)
        #expect(account.backlog == 5 && account.since != nil)
        #expect(status.slots.map(\.node) == ["gateway-1"] && status.slots.first?.newest != nil)
        #expect(status.identityParts.map(\.state) == ["open"])
        #expect(status.partitions.contains { $0.name == "chunks_imported" })
        #expect(status.partitions.contains { $0.name.hasPrefix("delivered_20") })
        #expect(status.bytes > 100_000)
        await store.close()
        #expect(try await PostgresOperations(journal.settings).nodes().isEmpty)
    }

    @Test func `says so where there is no journal`() async throws {
        let journal = try await TestJournal()
        await #expect(throws: StoreError.unusable(path: journal.schema, reason: "it has no journal")) {
            _ = try await PostgresOperations(journal.settings).status()
        }
    }

    @Test func `a gateway that is drained returns its accounts and streams, and takes them again when that ends`()
        async throws
    {
        let journal = try await TestJournal { $0.nodeName = "gateway-1" }
        let store = try await journal.open()
        _ = try await store.append(AppendRequest(events: [TestJournal.event("1")], policy: .each))
        let lease = try await store.lease("lago")
        let operations = PostgresOperations(journal.settings)
        #expect(try await operations.setDraining(true, nodesNamed: "gateway-1") == 1)
        #expect(try await operations.setDraining(true, nodesNamed: "gateway-2") == 0)
        #expect(await store.waitForEnd(of: lease) == .wanted)
        try await store.giveBack(lease, unsent: [])
        try await waitUntil("nothing is held") {
            let node = try? await operations.nodes().first
            return node?.accounts == 0 && node?.slots == 0 && node?.isDraining == true
        }
        #expect(store.isDraining)
        // What is still sent to it is stored.
        _ = try await store.append(AppendRequest(events: [TestJournal.event("2")], policy: .each))
        async let next = store.lease("lago")
        #expect(try await operations.setDraining(false, nodesNamed: "gateway-1") == 1)
        #expect(try await next.epoch > lease.epoch)
        #expect(!store.isDraining)
        await store.close()
    }
}
