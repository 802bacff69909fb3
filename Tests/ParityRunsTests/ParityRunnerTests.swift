import Events
import Foundation
import Journal
import Logging
import Parity
import ParityRuns
import Randomness
import Routing
import Synchronization
import TestSupport
import Testing

/// Whole comparisons with a journal and a vendor in memory, and a real file of results.
@Suite struct ParityRunnerTests {
    private static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1_000_000))

    private static func routes(_ shelf: ListedVendor.Shelf) throws -> CurrentRoutes {
        let text = #"""
            {"version": 1, "providers": {"listed": {"adapter": "listed", "credential": {"env": "K"}}},
             "routes": [{"name": "r", "to": [{"provider": "listed"}]}], "clients": []}
            """#
        return CurrentRoutes(try RoutesReader(vendors: [ListedVendor(shelf: shelf)]).read(Array(text.utf8)).routes)
    }

    /// Runs `body` with a runner that works.
    private static func with(
        _ journal: ComparedJournalDouble,
        _ shelf: ListedVendor.Shelf,
        in folder: URL,
        _ body: (ParityRunner) async throws -> Void
    ) async throws {
        let runner = ParityRunner(
            journal: journal,
            store: try ParityStore(in: folder),
            routes: try routes(shelf),
            asking: ShelfAsking(shelf: shelf),
            lanes: { () async throws(StoreError) in [7: RenamingLane()] },
            clock: SystemWallClock(),
            retention: .seconds(100 * 365 * 86_400),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            try await body(runner)
            group.cancelAll()
        }
    }

    private static func finished(_ id: Int64, _ runner: ParityRunner) async throws -> ParityRun {
        try await waitUntil("the comparison is finished") { try await runner.run(id)?.state.isOver ?? false }
        return try #require(try await runner.run(id))
    }

    /// A journal whose events the vendor all has.
    private static func clean(_ count: Int) -> (ComparedJournalDouble, ListedVendor.Shelf) {
        var journal = ComparedJournalDouble()
        var rows: [WindowRow] = []
        for number in 0..<count {
            let time = Int64(number % 977) * 1000
            journal.add("e\(number)", at: time, #"{"n":\#(number)}"#)
            let event = VendorEvent(
                id: "e\(number)",
                name: "api_\(number % 3)",
                timestamp: Timestamp(milliseconds: time),
                properties: JSONText(checked: #"{"n":\#(number).0}"#)
            )
            rows.append(WindowRow(key: "r\(number)", event: event))
        }
        let shelf = ListedVendor.Shelf()
        shelf.rows = rows
        return (journal, shelf)
    }

    @Test(arguments: ParityLevel.allCases)
    func `find nothing where all is equal, within the calls that were foretold`(level: ParityLevel) async throws {
        let (journal, shelf) = Self.clean(5000)
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: level, sample: 100)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .equal)
                let report = try #require(run.reports.first)
                #expect(report.totals == CellCounts(expected: 5000, found: 5000))
                #expect(run.events == 5000 && report.causes == [] && report.notPlanned == 0)
                #expect(journal.pinned.all == ["pin parity run \(run.id)", "unpin parity run \(run.id)"])
                switch level {
                case .ledger: #expect(report.calls == 0)
                case .digest:
                    #expect(report.calls < 100 && report.countedOnly > 4000 && report.sampledParts > 0)
                    #expect(report.bound ?? 0 > 0)
                case .full: #expect(report.calls >= 500 && report.bound == nil)
                }
                if let forecast = report.forecast {
                    #expect((forecast.least * 8 / 10...forecast.most).contains(report.calls))
                }
            }
        }
    }

    @Test(arguments: [(ParityLevel.full, 1), (.full, 2), (.digest, 3), (.digest, 4)])
    func `name what is lost, foreign and doubled, and send again what is lost`(level: ParityLevel, seed: Int)
        async throws
    {
        let (journal, shelf) = Self.clean(3000)
        var random = SplitMix(seed: UInt64(seed))
        var numbers = Array(0..<3000).shuffled(using: &random)
        let lost = Set(numbers.prefix(5).map { "e\($0)" })
        numbers.removeFirst(5)
        let doubled = Set(numbers.prefix(5).map { "e\($0)" })
        var rows = shelf.rows
        for id in doubled {
            var copy = try #require(rows.first { $0.event.id == id })
            copy = WindowRow(key: "copy of \(id)", event: copy.event)
            rows.append(copy)
        }
        rows.removeAll { row in row.event.id.map { lost.contains($0) } ?? false }
        for number in 0..<5 {
            let event = VendorEvent(
                id: "foreign\(number)",
                name: "api_0",
                timestamp: Timestamp(milliseconds: Int64.random(in: 0..<900_000, using: &random))
            )
            rows.append(WindowRow(key: "f\(number)", event: event))
        }
        shelf.rows = rows.shuffled(using: &random)
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: level, sample: 0)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .different)
                // A lost and a foreign event in one part have one count, which a digest does not see; it says so.
                guard level == .full || run.reports[0].totals.missing == 5 && run.reports[0].totals.extra == 10 else {
                    #expect(run.reports[0].bound == 1)
                    return
                }
                let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 100)
                #expect(found.allSatisfy { $0.finding.isConfirmed })
                let groups = Dictionary(grouping: found.map(\.finding), by: \.cause)
                #expect(Set(groups.keys) == [.lostAfterAccept, .doubled, .foreign])
                #expect(Set(groups[.lostAfterAccept]?.compactMap(\.eventID) ?? []) == lost)
                #expect(Set(groups[.doubled]?.compactMap(\.eventID) ?? []) == doubled)
                #expect(groups[.foreign]?.count == 5)
                #expect(try await runner.resend(in: run.id, FindingFilter()) == ResendCount(sent: 5))
                #expect(try await runner.resend(in: run.id, FindingFilter()) == ResendCount())
                let second = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(second.reports[0].causes.map(\.cause) == [.doubled, .foreign])
            }
        }
    }

    @Test func `compare what a lane has sent with what the lane says`() async throws {
        var (journal, shelf) = Self.clean(3)
        for number in 0..<21 {
            journal.add("by lane \(number)", at: 5, "{}", lane: 7)
            let time = Timestamp(milliseconds: 5)
            let content = JSONText(checked: "{}")
            let event = VendorEvent(id: "by lane \(number)", name: "renamed", timestamp: time, properties: content)
            shelf.rows.append(WindowRow(key: "lane \(number)", event: event))
        }
        journal.add("lost by lane", at: 6, "{}", lane: 7)
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 10)
                #expect(found.map(\.finding.eventID) == ["lost by lane"] && run.reports[0].notPlanned == 0)
                // What lanes sent is part of the prediction.
                #expect(run.reports[0].forecast == CallForecast(least: 3, most: 9))
                #expect((3...9).contains(run.reports[0].calls))
            }
        }
    }

    @Test func `takes nothing for foreign that was accepted while the vendor was read`() async throws {
        let (clean, shelf) = Self.clean(3000)
        var journal = clean
        journal.late = 7
        try await withTemporaryFolder { [journal] folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full, sample: 0)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .equal)
                #expect(run.reports[0].causes == [])
                #expect(run.reports[0].totals == CellCounts(expected: 3000, found: 3000))
            }
        }
    }

    @Test func `is incomplete if the vendor fails in the middle`() async throws {
        let (journal, shelf) = Self.clean(1000)
        shelf.state.withLock { $0.failsFrom = 20 }
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .incomplete)
                #expect(run.reports[0].unreadable == "Listed (401) refuses the key")
                #expect(run.reports[0].totals.missing == 0 && run.reports[0].causes.map(\.cause) == [.unreadable])
                // It is asked no more in this comparison.
                #expect(shelf.state.withLock { $0.calls } == 20)
            }
        }
    }

    @Test func `names what has not come to its end without asking`() async throws {
        var (journal, shelf) = Self.clean(10)
        journal.add("w", at: 5, "{}", status: .retrying)
        journal.add("r", at: 6, "{}", status: .rejected)
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .ledger)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .different && run.reports[0].calls == 0)
                #expect(run.reports[0].totals == CellCounts(expected: 12, found: 10, missing: 2))
                #expect(
                    run.reports[0].causes == [
                        CauseCount(cause: .waiting, count: 1), CauseCount(cause: .rejected, count: 1),
                    ]
                )
                let acceptance = Acceptance(
                    cause: .rejected,
                    provider: nil,
                    name: nil,
                    reason: "a test",
                    until: Timestamp(milliseconds: .max),
                    by: "c",
                    at: Timestamp(milliseconds: 0)
                )
                try await runner.accept(acceptance)
                let accepted = try #require(try await runner.run(run.id))
                #expect(accepted.reports[0].causes.last == CauseCount(cause: .rejected, count: 1, accepted: 1))
                let finding = try await runner.findings(of: run.id, FindingFilter(cause: .rejected), after: 0, limit: 9)
                #expect(finding.map(\.resolution) == ["accepted: a test"])
            }
        }
    }

    @Test func `goes on after a restart where it was`() async throws {
        let (journal, shelf) = Self.clean(500)
        shelf.rows.removeFirst()
        try await withTemporaryFolder { folder in
            var id: Int64 = 0
            // Nobody works here: the comparison stays queued.
            do {
                let runner = ParityRunner(
                    journal: journal,
                    store: try ParityStore(in: folder),
                    routes: try Self.routes(shelf),
                    asking: ShelfAsking(shelf: shelf),
                    lanes: { () async throws(StoreError) in [:] },
                    clock: SystemWallClock(),
                    retention: .seconds(100 * 365 * 86_400),
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full)
                id = try await runner.start(order, for: "t", by: "c").id
            }
            try await Self.with(journal, shelf, in: folder) { runner in
                let run = try await Self.finished(id, runner)
                #expect(run.reports[0].causes == [CauseCount(cause: .lostAfterAccept, count: 1)])
            }
        }
    }

    @Test func `refuses a window that begins before the retention`() async throws {
        let (journal, shelf) = Self.clean(1)
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let old = ReadWindow(from: Timestamp.start(ofYear: 1900), until: Timestamp.start(ofYear: 1901))
                let order = ParityOrder(window: old, providers: ["listed"], level: .full)
                await #expect(throws: ParityError.self) { _ = try await runner.start(order, for: "t", by: "c") }
            }
        }
    }
}
