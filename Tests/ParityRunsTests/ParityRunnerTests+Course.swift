import Events
import Foundation
import Journal
import Logging
import Parity
import ParityRuns
import Routing
import Synchronization
import TestSupport
import Testing

/// The course of a comparison: windows at once, vendors that fail in the middle, restarts, and what retention has removed.
extension ParityRunnerTests {
    @Test func `fails if events may have been removed while it stood still`() async throws {
        var (journal, shelf) = Self.clean(10)
        let now = SystemWallClock().now
        journal.add("old", at: now.milliseconds - 40 * 86_400_000, "{}")
        try await withTemporaryFolder { folder in
            func runner(keeping retention: Duration) throws -> ParityRunner {
                ParityRunner(
                    journal: journal,
                    store: try ParityStore(in: folder),
                    routes: try Self.routes(shelf),
                    reading: ReadableVendors(asking: ShelfAsking(shelf: shelf)),
                    lanes: { () async throws(StoreError) in [:] },
                    clock: SystemWallClock(),
                    retention: retention,
                    logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
                )
            }
            let window = ReadWindow(from: now + .seconds(-41 * 86_400), until: now)
            let order = ParityOrder(window: window, providers: ["listed"], level: .full)
            let id = try await runner(keeping: .seconds(50 * 86_400)).start(order, for: "t", by: "c").id
            // Nobody has kept the events since.
            try await journal.unpin("parity run \(id)")
            let later = try runner(keeping: .seconds(35 * 86_400))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await later.run() }
                let run = try await Self.finished(id, later)
                #expect(run.state == .failed && run.verdict == .incomplete)
                #expect(run.reason?.contains("may have been removed") ?? false)
                group.cancelAll()
            }
        }
    }

    @Test func `reads two windows at once, so that a vendor answers while another window is compared`() async throws {
        var journal = ComparedJournalDouble()
        // More than one window holds.
        for number in 0..<12_000 { journal.add("e\(number)", at: Int64(number % 977) * 1000, #"{"n":\#(number)}"#) }
        let meeting = MeetingAsking()
        try await withTemporaryFolder { folder in
            try await Self.with(journal, ListedVendor.Shelf(), in: folder, asking: meeting) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full, sample: 100)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(meeting.most == 2)
                #expect(run.verdict == .incomplete)
                #expect(run.reports.first?.totals.expected == 12_000)
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
                    reading: ReadableVendors(asking: ShelfAsking(shelf: shelf)),
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

    @Test func `knows no foreign events of a time of which retention has removed events`() async throws {
        let (clean, shelf) = Self.clean(20)
        var journal = clean
        // Later than all of them, and a day before the next.
        journal.removed = Self.window.from
        let early = VendorEvent(id: "x", name: "api_0", timestamp: Self.window.from + .milliseconds(7))
        shelf.rows.append(WindowRow(key: "x", event: early))
        try await withTemporaryFolder { [journal] folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: .full)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .equal && run.reports[0].causes == [CauseCount(cause: .removed, count: 1)])
                let before = ReadWindow(from: Self.window.from + .milliseconds(-1), until: Self.window.until)
                let error = await #expect(throws: ParityError.self) {
                    let order = ParityOrder(window: before, providers: ["listed"], level: .full)
                    _ = try await runner.start(order, for: "t", by: "c")
                }
                #expect(error == .beforeRetention(Self.window.from))
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
