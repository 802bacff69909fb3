import Events
import Journal
import Logging
import OfRecord
import Parity
import ParityRuns
import Routing
import TestSupport
import Testing

/// Events of before their customer's move are not sent again to a vendor that would bill them in the period in which they arrive: the other
/// vendor has billed them.
@Suite struct ResendFilterTests {
    private static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1_000_000))

    /// A comparison of an event that the vendor has lost.
    /// - Parameters:
    ///   - hasMoved: whether the event's customer has moved to the vendor since.
    ///   - route: of the event; customers move by the route `r`.
    private static func compare(
        at level: ParityLevel,
        hasMoved: Bool,
        by route: RouteName = "r",
        _ body: (ParityRunner, ParityRun, AnonymousAsking) async throws -> Void
    ) async throws {
        let text = #"""
            {"version": 1,
             "providers": {"old": {"adapter": "listed", "credential": {"env": "A"}},
                           "listed": {"adapter": "listed", "credential": {"env": "B"}}},
             "routes": [{"name": "r", "to": [{"provider": "old"}, {"provider": "listed", "mode": "mirror"}]}],
             "migrations": {"m": {"route": "r", "from": "old", "to": "listed"}}, "clients": []}
            """#
        let vendor = AnonymousVendor(shelf: AnonymousVendor.Shelf())
        let routes = CurrentRoutes(try RoutesReader(vendors: [vendor]).read(Array(text.utf8)).routes)
        if hasMoved {
            let ordered = Timestamp(milliseconds: 2_000_000)
            let cut = MigrationEntry(number: 1, at: ordered, action: .cut(at: ordered))
            routes.replace(by: MigrationLogs(["m": MigrationLog([cut])], version: 1))
        }
        var journal = ComparedJournalDouble()
        journal.add(
            "e",
            "api",
            at: Timestamp(milliseconds: 1000),
            #"{"n":1}"#,
            by: Plan(route: route, destinations: [ComparedJournalDouble.listed]),
            delivery: Delivery(provider: "listed", adapter: "listed", mode: .primary, status: .delivered)
        )
        let asking = AnonymousAsking()
        try await withTemporaryFolder { folder in
            let runner = ParityRunner(
                journal: journal,
                store: try ParityStore(in: folder),
                routes: routes,
                reading: ReadableVendors(asking: asking),
                lanes: { () async throws(StoreError) in [:] },
                clock: SystemWallClock(),
                retention: .seconds(100 * 365 * 86_400),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await runner.run() }
                let order = ParityOrder(window: window, providers: ["listed"], level: level)
                let id = try await runner.start(order, for: "t", by: "c").id
                try await waitUntil("the comparison is finished") { try await runner.run(id)?.state.isOver ?? false }
                try await body(runner, try #require(try await runner.run(id)), asking)
                group.cancelAll()
            }
        }
    }

    @Test(arguments: [false, true])
    func `a lost event is sent again, unless its customer has moved since`(hasMoved: Bool) async throws {
        try await Self.compare(at: .full, hasMoved: hasMoved) { runner, run, asking in
            #expect(run.reports.first?.causes.map(\.cause) == [.lostAfterAccept])
            let plan = try await runner.planResend(in: run.id, FindingFilter())
            #expect(asking.sent == 0, "a plan sends nothing")
            let count = try await runner.resend(in: run.id, FindingFilter())
            #expect(plan == count)
            #expect(count.sent == (hasMoved ? 0 : 1) && count.failed == (hasMoved ? 1 : 0))
            #expect(asking.sent == count.sent)
            #expect(count.reason?.contains("Anonymous bills by receipt") ?? false == hasMoved)
        }
    }

    @Test(arguments: [false, true])
    func `a proof by resending sends nothing of before a move, and is incomplete then`(hasMoved: Bool) async throws {
        try await Self.compare(at: .resend, hasMoved: hasMoved) { _, run, asking in
            #expect(asking.sent == (hasMoved ? 0 : 1))
            #expect((run.verdict == .incomplete) == hasMoved)
        }
    }

    @Test func `an event that only this vendor was ever sent is sent again, whoever has moved`() async throws {
        try await Self.compare(at: .full, hasMoved: true, by: "other") { runner, run, asking in
            let count = try await runner.resend(in: run.id, FindingFilter())
            #expect(count.sent == 1 && count.failed == 0)
            #expect(asking.sent == 1)
        }
        try await Self.compare(at: .resend, hasMoved: true, by: "other") { _, run, asking in
            #expect(asking.sent == 1)
            #expect(run.verdict != .incomplete)
        }
    }
}
