import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct UnusedSlotsTests {
    @Test func `a slot whose taking was not answered is left to others, and one that is used is not`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let node = try #require(store.ledger.keeper.node)
        func append(_ id: String) async throws {
            _ = try await store.append(AppendRequest(events: [TestJournal.event(id)], policy: .each))
        }
        func held() async throws -> [String] {
            try await journal.server.run("SELECT slot FROM slots WHERE node IS NOT NULL", schema: journal.schema)
        }
        try await append("a")
        let used = try await held()
        #expect(used.count == 1)
        try await store.ledger.connection.run(.addSlot)
        #expect(try await store.ledger.connection.run(.takeSlot, [.int8(node)]).count == 1)
        #expect(try await held().count == 2)
        let upkeep = LedgerUpkeep(
            keeper: store.ledger.keeper,
            desk: store.ledger.desk,
            slots: store.ledger.slots,
            testimonies: store.ledger.testimonies,
            logger: TestJournal.logger
        )
        for _ in 0..<2 {
            try await store.read(on: store.parts.claims) { (session) throws(PostgresFailure) in
                try upkeep.releaseUnusedSlots(session)
            }
        }
        #expect(try await held() == used)
        try await append("b")
        let written = "SELECT DISTINCT slot FROM chunks"
        #expect(try await journal.server.run(written, schema: journal.schema) == used)
        await store.close()
    }

    @Test func `a slot is used until everybody who has taken it has left it`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let node = try #require(store.ledger.keeper.node)
        let desk = store.ledger.slots
        let first = try await desk.takeSlot()
        try await store.ledger.connection.run(.releaseSlots, [.int8(node)])
        let second = try await desk.takeSlot()
        #expect(second.slot == first.slot && second.epoch > first.epoch)
        let held = [second.slot: second.epoch]
        #expect(desk.unused(among: held).isEmpty)
        desk.leave(first.slot)
        #expect(desk.unused(among: held).isEmpty, "the other one has it still")
        desk.leave(second.slot)
        #expect(desk.unused(among: held) == held)
        await store.close()
    }
}
