import Events
import Journal
import PostgresServer
import TestSupport
import Testing

@testable import JournalPostgres

@Suite struct ReportTests {
    @Test func `every gateway sees how far the accounts of the others are`() async throws {
        let journal = try await TestJournal { $0.nodeName = "east" }
        let owner = try await journal.open()
        var settings = journal.settings
        settings.nodeName = "west"
        let other = try await PostgresEventStore.open(settings, logger: TestJournal.logger)
        let events = (1...3).map { TestJournal.event("\($0)") }
        _ = try await other.append(AppendRequest(events: events, policy: .each))
        // Known before there is anything to report on.
        owner.note(["lago": AccountState(isReady: false, detail: "circuit open")])
        _ = try await owner.lease("lago")
        try await waitUntil("the owner has reported") { try await other.accountReports().first?.waiting == 3 }
        let report = try #require(try await other.accountReports().first)
        #expect(report.provider == "lago" && report.gatewayName == "east")
        #expect(report.gateway == owner.ledger.keeper.node)
        #expect(report.oldest == events[0].acceptedAt)
        #expect(report.state == AccountState(isReady: false, detail: "circuit open"))
        let nodes = try await other.gateways()
        #expect(nodes.map(\.name) == ["east", "west"])
        #expect(nodes.map(\.load.accounts) == [1, 0] && nodes.map(\.load.slots) == [0, 1])
        #expect(nodes.map(\.load.waiting) == [3, 0] && nodes[0].load.oldest == events[0].acceptedAt)
        #expect(nodes.map(\.isThisOne) == [false, true])
        await owner.close()
        await other.close()
    }

    @Test func `what a gateway reports of an account that it has lost is not written`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        let lease = try await store.lease("lago")
        let node = try #require(store.ledger.keeper.node)
        let account = try await store.parts.names.number(of: "lago")
        try await journal.server.run("UPDATE accounts SET epoch = epoch + 1", schema: journal.schema)
        let parameters: [Parameter] = [
            .int8(node), .int4s([account]), .int8s([lease.epoch]), .int8s([1]), .int8s([nil]), .bools([true]),
            .texts(["late"]),
        ]
        let connection = journal.connection()
        #expect(try await connection.run(.report, parameters).affected == 0)
        await connection.close()
        await store.close()
    }

    @Test func `others see when a gateway works by other routes`() async throws {
        let journal = try await TestJournal { $0.routesDigest = [1] }
        let (first, second) = (try await journal.open(), try await journal.open())
        #expect(try await second.gateways().map(\.routes) == [[1], [1]])
        first.note(routesDigest: [2])
        try await waitUntil("the next heartbeat tells") {
            Set(try await second.gateways().map(\.routes)) == [[1], [2]]
        }
        // Also under another number.
        let node = try #require(first.ledger.keeper.node)
        try await journal.server.run("DELETE FROM nodes WHERE node = \(node)", schema: journal.schema)
        try await waitUntil("the gateway is back in the list") {
            Set(try await second.gateways().map(\.routes)) == [[1], [2]]
        }
        await first.close()
        await second.close()
    }

    @Test(arguments: [
        (0, 0, ClockDifference.small), (999, 0, .small), (-999, 0, .small), (1000, 0, .noticeable(.seconds(1))),
        (-1500, 0, .noticeable(.milliseconds(-1500))), (1500, 600, .small), (30_000, 0, .large(.seconds(30))),
        (-31_000, 999, .large(.seconds(-31))), (30_500, 600, .noticeable(.milliseconds(30_500))),
    ])
    func `tells how far a clock is off, and only what is certain`(ahead: Int, uncertain: Int, expected: ClockDifference)
    {
        #expect(ClockDifference(ahead: .milliseconds(ahead), uncertainty: .milliseconds(uncertain)) == expected)
    }

    @Test func `measures its clock against the database's`() async throws {
        let journal = try await TestJournal()
        let store = try await journal.open()
        #expect(store.clockDifference == .small)
        let now = SystemWallClock().now
        store.parts.clock.measured(database: now.milliseconds + 40_000, sent: now, received: now)
        #expect(store.clockDifference == .large(.seconds(40)))
        store.parts.clock.measured(database: now.milliseconds + 40_000, sent: now, received: now + .seconds(60))
        #expect(store.clockDifference == .small, "an answer after a minute tells little")
        await store.close()
    }
}
