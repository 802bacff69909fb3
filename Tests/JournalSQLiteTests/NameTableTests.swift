import Events
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

/// The numbers under which chunks and rows name origins, plans and providers.
@Suite struct NameTableTests {
    private func table() -> NameTable { NameTable(hash: MemoryJournal.hash) }

    private func origin(_ tenant: TenantID, _ client: ClientName) -> EventOrigin {
        EventOrigin(tenant: tenant, client: client)
    }

    @Test func `gives each name one number, behind those that are on disk`() {
        var table = table()
        table.load(provider: "lago", number: 7)
        table.load(origin: origin("shop", "web"), number: 3)
        let (known, new, again) = (table.register("lago"), table.register("polar"), table.register("polar"))
        #expect(known == 7 && new == 8 && again == 8)
        let (first, second) = (table.number(of: origin("shop", "web")), table.number(of: origin("shop", "app")))
        #expect(first == 3 && second == 4)
        #expect(table.unsaved.providers == [8] && table.unsaved.origins == [4] && table.unsaved.plans.isEmpty)
    }

    /// Plans are compared by their bytes: the routes are read again, and the plan is an object of its own each time.
    @Test func `equal plans have one number, and different ones have others`() {
        var table = table()
        let numbers = [
            MemoryJournal.plan("lago"), MemoryJournal.plan("lago"), MemoryJournal.plan("lago", mode: .mirror),
            MemoryJournal.plan("lago", "polar"), MemoryJournal.plan("polar", "lago"),
        ].map { table.number(of: $0) }
        #expect(numbers == [1, 1, 2, 3, 4])
        #expect(table.unsaved.plans == [1, 2, 3, 4] && table.unsaved.providers == [1, 2])
        #expect(table.plans[3]?.providers == [1, 2] && table.plans[4]?.providers == [2, 1])
    }

    @Test func `more plans than it keeps by object have their numbers still`() {
        var table = table()
        let plans = (0..<1030).map { MemoryJournal.plan(ProviderName("p\($0)")) }
        let first = plans.map { table.number(of: $0) }
        let second = plans.map { table.number(of: $0) }
        #expect(first == second && Set(first).count == plans.count)
    }

    @Test func `a tenant has the number of its first origin`() {
        var table = table()
        for (number, origin) in [
            (2, origin("shop", "web")), (5, origin("bank", "web")), (9, origin("shop", "app")),
        ] as [(UInt32, EventOrigin)] {
            table.load(origin: origin, number: number)
        }
        #expect(table.number(of: TenantID("shop")) == 2 && table.number(of: TenantID("bank")) == 5)
        #expect(table.number(of: TenantID("mill")) == nil)
        #expect(table.tenantNumbers == [2: 2, 5: 5, 9: 2])
    }

    @Test func `a provider's accounts are its own, and those of its lanes, the oldest first`() {
        var table = table()
        #expect(table.accounts(of: "polar").isEmpty && !table.hasLanes(of: "polar"))
        _ = table.register("polar")
        for (lane, number, provider) in [(4, 10, "polar"), (2, 11, "polar"), (3, 12, "lago")]
            as [(Int64, Int64, ProviderName)]
        {
            let account = LaneAccount(
                lane: LaneNumber(lane),
                number: number,
                provider: provider,
                adapter: "polar"
            )
            table.load(lane: account)
            // A lane is noted once.
            table.load(lane: account)
        }
        #expect(table.accounts(of: "polar") == [1, 11, 10] && table.accounts(of: "lago") == [12])
        #expect(table.laneList.map(\.lane) == [2, 3, 4] && table.hasLanes(of: "lago"))
        #expect(table.lanes[11]?.name == "polar~2")
    }

    @Test func `a number that no table has is a fault of the chunk`() throws {
        var table = table()
        table.load(origin: origin("shop", "web"), number: 1)
        _ = table.number(of: MemoryJournal.lago)
        #expect(try table.origin(1) == origin("shop", "web"))
        #expect(try table.plan(1) === MemoryJournal.lago)
        for number in [UInt64(0), 2, 1 << 32, 1 << 32 + 1, .max] {
            #expect(throws: ChunkFault.unknownOrigin(number)) { try table.origin(number) }
            #expect(throws: ChunkFault.unknownPlan(number)) { try table.plan(number) }
        }
    }

    // MARK: Of a request's events

    @Test func `events have the numbers of their submission, and an identity by tenant, scope and id`() {
        let names = JournalNames(NameTable(hash: MemoryJournal.hash))
        let events = [
            MemoryJournal.event(1), MemoryJournal.event(1, scope: "s"), MemoryJournal.event(2),
            MemoryJournal.event(1, tenant: "bank", plan: MemoryJournal.both), MemoryJournal.event(1),
        ]
        let numbers = names.numbers(for: events)
        #expect(numbers.origins == [1, 1, 1, 2, 1] && numbers.plans == [1, 1, 1, 2, 1])
        let hashes = numbers.identities.map(\.hash)
        #expect(hashes[0] == hashes[4] && Set(hashes).count == 4)
        #expect(numbers.identities.map(\.isScoped) == [false, true, false, false, false])
        #expect(hashes[0] & IdentityHash.sharedByScopes == hashes[1] & IdentityHash.sharedByScopes)
        #expect(hashes[0] == MemoryJournal.hash.forTenant("shop").hash("event-1", scope: ""))
    }

    @Test func `what was saved is not saved again, and what came meanwhile is`() {
        let names = JournalNames(NameTable(hash: MemoryJournal.hash))
        _ = names.numbers(for: [MemoryJournal.event(1)])
        let saved = names.unsaved
        #expect(!saved.isEmpty)
        _ = names.numbers(for: [MemoryJournal.event(2, tenant: "bank", plan: MemoryJournal.both)])
        names.saved(saved)
        let left = names.unsaved
        #expect(left.origins == [2] && left.plans == [2] && left.providers == [2])
        names.saved(UnsavedNames())
        #expect(names.unsaved.plans == [2])
        names.saved(left)
        #expect(names.unsaved.isEmpty)
    }

    @Test func `numbers of accounts and lanes can be told while others come`() {
        let names = JournalNames(NameTable(hash: MemoryJournal.hash))
        #expect(names.number(of: "polar") == nil)
        let number = names.register("polar~1")
        #expect(names.number(of: "polar~1") == number && names.lane(number) == nil)
        let account = LaneAccount(lane: 1, number: number, provider: "polar", adapter: "polar")
        names.add(account)
        #expect(names.lane(number)?.provider == "polar" && names.lane(number + 1) == nil)
        #expect(account.destination.mode == .mirror && account.destination.provider == "polar")
    }
}
