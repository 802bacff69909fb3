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
    static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1_000_000))

    /// - Parameter metered: of the provider's `reads`.
    static func routes(_ shelf: ListedVendor.Shelf, metered: String = "{}") throws -> CurrentRoutes {
        let text = #"""
            {"version": 1, "providers": {"listed": {"adapter": "listed", "credential": {"env": "K"},
                                                    "reads": {"metered": \#(metered)}}},
             "routes": [{"name": "r", "to": [{"provider": "listed"}]}], "clients": []}
            """#
        return CurrentRoutes(try RoutesReader(vendors: [ListedVendor(shelf: shelf)]).read(Array(text.utf8)).routes)
    }

    /// Runs `body` with a runner that works.
    static func with(
        _ journal: ComparedJournalDouble,
        _ shelf: ListedVendor.Shelf,
        in folder: URL,
        metered: String = "{}",
        asking vendors: (any VendorAsking)? = nil,
        storing storage: (any ParityStorage)? = nil,
        lanes: @escaping LaneMemberships = { () async throws(StoreError) in [7: RenamingLane()] },
        pausing pause: @escaping ParityPause = { try await Task.sleep(for: .seconds(5)) },
        _ body: (ParityRunner) async throws -> Void
    ) async throws {
        let runner = ParityRunner(
            journal: journal,
            store: try storage ?? ParityStore(in: folder),
            routes: try routes(shelf, metered: metered),
            reading: ReadableVendors(asking: vendors ?? ShelfAsking(shelf: shelf)),
            lanes: lanes,
            clock: SystemWallClock(),
            retention: .seconds(100 * 365 * 86_400),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            pausing: pause
        )
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await runner.run() }
            try await body(runner)
            group.cancelAll()
        }
    }

    static func finished(_ id: Int64, _ runner: ParityRunner) async throws -> ParityRun {
        try await waitUntil("the comparison is finished") { try await runner.run(id)?.state.isOver ?? false }
        return try #require(try await runner.run(id))
    }

    /// A journal whose events the vendor all has.
    static func clean(_ count: Int) -> (ComparedJournalDouble, ListedVendor.Shelf) {
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

    @Test(arguments: [ParityLevel.ledger, .digest, .full])
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
                case .full, .usage, .resend: #expect(report.calls >= 500 && report.bound == nil)
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
                #expect(Set(groups[.lostAfterAccept]?.compactMap(\.subject.eventID) ?? []) == lost)
                #expect(Set(groups[.doubled]?.compactMap(\.subject.eventID) ?? []) == doubled)
                #expect(groups[.foreign]?.count == 5)
                for _ in 0..<2 {
                    #expect(try await runner.planResend(in: run.id, FindingFilter()) == ResendCount(sent: 5))
                }
                #expect(try await runner.resend(in: run.id, FindingFilter()) == ResendCount(sent: 5))
                #expect(try await runner.planResend(in: run.id, FindingFilter()) == ResendCount())
                #expect(try await runner.resend(in: run.id, FindingFilter()) == ResendCount())
                for event in journal.events.prefix(3000) {
                    let resends = try await runner.resends(of: event.sequence)
                    let isLost = lost.contains(event.event.id.rawValue)
                    #expect(resends.map(\.comparison) == (isLost ? [run.id] : []))
                }
                let second = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(second.reports[0].causes.map(\.cause) == [.doubled, .foreign])
            }
        }
    }

    static let allMetered =
        #"{"api_0": {"property": "n", "meter": "api_0"}, "api_1": {"property": "n", "meter": "api_1"}, "#
        + #""api_2": {"property": "n", "meter": "api_2"}}"#

    @Test(arguments: 1...4)
    func `count what is lost by sending everything again, and mend it`(seed: Int) async throws {
        let (journal, shelf) = Self.clean(3000)
        var random = SplitMix(seed: UInt64(seed))
        let lost = Set((0..<3000).shuffled(using: &random).prefix(Int.random(in: 1...9, using: &random)))
        let names = Dictionary(grouping: lost) { "api_\($0 % 3)" }.mapValues(\.count)
        let complete = shelf.rows
        shelf.rows = complete.enumerated().filter { !lost.contains($0.offset) }.map(\.element)
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .resend)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .different)
                let report = run.reports[0]
                #expect(report.totals == CellCounts(expected: 3000, found: 3000 - lost.count, missing: lost.count))
                #expect(report.causes == [CauseCount(cause: .lostAfterAccept, count: lost.count)])
                let forecast = try #require(report.forecast)
                #expect((forecast.least...forecast.most).contains(report.calls))
                let cells = try await runner.cells(of: run.id, after: 0, limit: 10)
                #expect(
                    cells.reduce(into: [:]) { $0[$1.cell.name] = $1.cell.counts.missing }.filter { $0.value > 0 }
                        == names
                )
                #expect(Set(shelf.rows.map(\.event.id)) == Set(complete.map(\.event.id)))
                // Nothing is left to be sent.
                let count = try await runner.resend(in: run.id, FindingFilter())
                #expect(count.sent == 0 && count.failed == 0 && shelf.rows.count == 3000)
                let second = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(second.verdict == .equal)
            }
        }
    }

    @Test func `is incomplete if a request fails that sends events again`() async throws {
        let (journal, shelf) = Self.clean(300)
        shelf.state.withLock { $0.failsFrom = 5 }
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .resend)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .incomplete)
                #expect(run.reports[0].unreadable?.contains("may have stored lost events") == true)
            }
        }
    }

    @Test(arguments: 1...4)
    func `find by its sum a lost event that a foreign one stands in for`(seed: Int) async throws {
        let (journal, shelf) = Self.clean(3000)
        var random = SplitMix(seed: UInt64(seed))
        let place = Int.random(in: 0..<3000, using: &random)
        let lost = try #require(shelf.rows[place].event.id)
        var foreign = shelf.rows[place].event
        foreign.id = "foreign"
        foreign.properties = JSONText(checked: #"{"n":0.25}"#)
        shelf.rows[place] = WindowRow(key: "f", event: foreign)
        for (metered, isFound) in [("{}", false), (Self.allMetered, true)] {
            try await withTemporaryFolder { folder in
                try await Self.with(journal, shelf, in: folder, metered: metered) { runner in
                    let order = ParityOrder(window: Self.window, providers: ["listed"], level: .digest, sample: 0)
                    let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                    let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 10)
                    let report = run.reports[0]
                    guard isFound else {
                        // Counts alone see nothing, and the report says that it may have missed something.
                        #expect(run.verdict == .equal && report.summed == 0 && report.bound == 1)
                        return
                    }
                    #expect(run.verdict == .different)
                    #expect(Set(found.map(\.finding.subject.eventID)) == [lost, "foreign"])
                    #expect(report.summed > 2000 && report.summed <= report.countedOnly)
                    // Four questions a meter, counts, and the pages of the part that differs.
                    #expect(report.calls < 150)
                }
            }
        }
    }

    @Test func `is incomplete if a sum cannot be read`() async throws {
        let (journal, shelf) = Self.clean(3000)
        shelf.state.withLock { $0.failsOnce = true }
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder, metered: Self.allMetered) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .digest, sample: 0)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .incomplete)
                #expect(
                    run.reports[0].unreadable
                        == "the sums of the meter api_0 could not be read: Listed (401) refuses the key"
                )
                #expect(run.reports[0].totals == CellCounts(expected: 3000, found: 3000))
            }
        }
    }

    /// - Parameter withoutID: which events were sent before ids were put into a property.
    private static func withIDs(_ count: Int, withoutID: (Int) -> Bool = { _ in false }) -> (
        ComparedJournalDouble, ListedVendor.Shelf
    ) {
        var journal = ComparedJournalDouble()
        let shelf = ListedVendor.Shelf()
        shelf.state.withLock { $0.idProperty = "id" }
        for number in 0..<count {
            let time = Int64(number % 977) * 1000
            let properties = withoutID(number) ? #"{"n":\#(number)}"# : #"{"id":"e\#(number)","n":\#(number)}"#
            journal.add("e\(number)", at: time, properties)
            let event = VendorEvent(
                id: nil,
                name: "api_\(number % 3)",
                timestamp: Timestamp(milliseconds: time),
                properties: JSONText(checked: properties)
            )
            shelf.rows.append(WindowRow(key: "r\(number)", event: event))
        }
        return (journal, shelf)
    }

    @Test func `draws single events where the vendor finds them by their ids`() async throws {
        let (journal, shelf) = Self.withIDs(3000)
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .digest, sample: 300)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                let report = run.reports[0]
                #expect(run.verdict == .equal && report.totals == CellCounts(expected: 3000, found: 3000))
                #expect((200...400).contains(report.sampledParts))
                #expect(report.countedOnly == 3000 - report.sampledParts)
                let asked = shelf.state.withLock { $0.idsAsked }
                #expect(asked.reduce(0, +) == report.sampledParts && asked.dropLast().allSatisfy { $0 == 25 })
                let forecast = try #require(report.forecast)
                #expect((forecast.least * 8 / 10...forecast.most).contains(report.calls))
            }
        }
    }

    @Test(arguments: [false, true])
    func `finds by its sample what leaves a count as it is`(isMixed: Bool) async throws {
        // Of half of the pages the ids are not known: these are listed.
        let (journal, shelf) = Self.withIDs(3000) { isMixed && $0 % 977 < 488 }
        var rows = shelf.rows
        let lost = try #require(rows.firstIndex { $0.key == "r600" })
        rows[lost] = WindowRow(
            key: "foreign",
            event: VendorEvent(id: nil, name: "api_0", timestamp: rows[lost].event.timestamp)
        )
        let altered = try #require(rows.firstIndex { $0.key == "r700" })
        var event = rows[altered].event
        event.properties = JSONText(checked: #"{"id":"e700","n":1}"#)
        rows[altered] = WindowRow(key: "r700", event: event)
        shelf.rows = rows
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                // All of them are drawn.
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .digest, sample: 3000)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 10).map(\.finding)
                #expect(found.map(\.subject.eventID) == ["e600", "e700"] && found.allSatisfy(\.isConfirmed))
                #expect(found.map(\.cause) == [.lostAfterAccept, .content])
                #expect(run.reports[0].countedOnly == 0 && run.reports[0].totals.missing == 1)
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
                #expect(found.map(\.finding.subject.eventID) == ["lost by lane"] && run.reports[0].notPlanned == 0)
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

    @Test func `finds out that a lost event is another one of its identity, and does not send it again`() async throws {
        let (journal, shelf) = Self.clean(100)
        shelf.state.withLock { $0.canFind = true }
        var other = try #require(shelf.rows.first { $0.event.id == "e5" }).event
        other.timestamp = Timestamp(milliseconds: 2_000_000)
        shelf.rows.removeAll { ["e5", "e6"].contains($0.event.id) }
        shelf.rows.append(WindowRow(key: "before", event: other))
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 10).map(\.finding)
                #expect(found.map(\.subject.eventID) == ["e5", "e6"] && found.allSatisfy(\.isConfirmed))
                #expect(found.map(\.cause) == [.collision, .lostAfterAccept])
                #expect(found.first?.differences.map(\.field) == ["timestamp"])
                #expect(try await runner.resend(in: run.id, FindingFilter()) == ResendCount(sent: 1))
            }
        }
    }

    @Test(arguments: [ParityLevel.ledger, .digest, .full], [false, true])
    func `names events that the vendor has and does not bill`(level: ParityLevel, tellsAllNames: Bool) async throws {
        let (journal, shelf) = Self.clean(3000)
        shelf.state.withLock { state in
            if tellsAllNames { state.uncounted = ["api_1"] } else { state.withoutMetric = ["api_1"] }
        }
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: level, sample: 10)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                let expected = level == .ledger ? [] : [CauseCount(cause: .noMetric, count: 1000)]
                #expect(run.reports[0].causes == expected)
                #expect(run.reports[0].totals == CellCounts(expected: 3000, found: 3000))
                if let forecast = run.reports[0].forecast {
                    #expect((forecast.least...forecast.most).contains(run.reports[0].calls))
                }
            }
        }
    }
}
