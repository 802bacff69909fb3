import Events
import Foundation
import Journal
import Logging
import Parity
import ParityRuns
import TestSupport
import Testing

/// What a runner says of comparisons, whether it makes them or not.
extension ParityRunnerTests {
    private static let past = Timestamp(milliseconds: 1_750_000_000_000)

    /// A runner that makes nothing, over a store.
    private static func idle(
        _ journal: ComparedJournalDouble = ComparedJournalDouble(),
        _ body: (ParityRunner, ParityStore) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let store = try ParityStore(in: folder)
            let shelf = ListedVendor.Shelf()
            let runner = ParityRunner(
                journal: journal,
                store: store,
                routes: try routes(shelf),
                reading: ReadableVendors(asking: ShelfAsking(shelf: shelf)),
                lanes: { () async throws(StoreError) in [:] },
                clock: SystemWallClock(),
                retention: .seconds(100 * 365 * 86_400),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await body(runner, store)
            try await store.close()
        }
    }

    private static func order(_ providers: [ProviderName], from: Int64 = 0) -> ParityOrder {
        let window = ReadWindow(from: Timestamp(milliseconds: from), until: Timestamp(milliseconds: from + 1_000_000))
        return ParityOrder(window: window, providers: providers, level: .full)
    }

    @Test func `refuses a window of which retention has removed events when it was shorter`() async throws {
        var journal = ComparedJournalDouble()
        journal.removed = Timestamp(milliseconds: 5000)
        try await Self.idle(journal) { runner, store in
            let error = await #expect(throws: ParityError.self) {
                try await runner.start(Self.order(["listed"], from: 4999), for: "t", by: "c")
            }
            #expect(error == .beforeRetention(Timestamp(milliseconds: 5000)))
            #expect(try await store.runs(before: nil, limit: 9, at: Self.past).isEmpty)
            let run = try await runner.start(Self.order(["listed"], from: 5000), for: "t", by: "c")
            // What it compares must be there when its turn comes.
            #expect(journal.pinned.all == ["pin parity run \(run.id)"])
            let pin = try #require(journal.pinned.current.first)
            #expect(pin.acceptedFrom == Timestamp(milliseconds: 5000 - 86_400_000))
        }
    }

    @Test func `tells of each provider the latest comparison that is finished`() async throws {
        try await Self.idle { runner, store in
            let states: [(providers: [ProviderName], state: ParityRun.State)] = [
                (["a"], .finished), (["a", "b"], .finished), (["c"], .failed), (["b"], .finished), (["a"], .queued),
                (["b", "c"], .failed),
            ]
            var ids: [Int64] = []
            for run in states {
                let id = try await store.add(Self.order(run.providers), for: "t", by: "c", at: Self.past).id
                try await store.set(run.state, of: id, reason: nil, at: Self.past)
                ids.append(id)
            }
            // The fourth has the latest of b; the second is the newest of a; the first tells nothing that is new.
            #expect(try await runner.latest().map(\.id) == [ids[3], ids[1]])
        }
    }

    @Test func `sends nothing again of a comparison that is unknown or not over`() async throws {
        try await Self.idle { runner, store in
            let id = try await store.add(Self.order(["listed"]), for: "t", by: "c", at: Self.past).id
            await #expect(throws: ParityError.unfinished(id)) { try await runner.resend(in: id, FindingFilter()) }
            await #expect(throws: ParityError.unfinished(id)) { try await runner.planResend(in: id, FindingFilter()) }
            await #expect(throws: ParityError.unknownRun(id + 1)) {
                try await runner.planResend(in: id + 1, FindingFilter())
            }
            try await store.set(.failed, of: id, reason: "the disk", at: Self.past)
            #expect(try await runner.planResend(in: id, FindingFilter()) == ResendCount())
        }
    }

    /// Findings of an event that was lost, as they are kept.
    private static func finding(_ number: Int64, at provider: ProviderName, _ cause: Cause, isConfirmed: Bool)
        -> Finding
    {
        Finding(
            key: "missing \(number)",
            provider: provider,
            cause: cause,
            about: FindingSubject(
                sequence: number == 0 ? nil : SequenceNumber(number),
                name: "api_0",
                timestamp: Timestamp(milliseconds: 5)
            ),
            isConfirmed: isConfirmed
        )
    }

    @Test func `sends again what is lost for certain, and says why it does not`() async throws {
        try await Self.idle { runner, store in
            let id = try await store.add(Self.order(["gone", "listed"]), for: "t", by: "c", at: Self.past).id
            let window = Self.order([]).window
            try await store.plan([window], events: 1, [], for: id)
            let gone = [
                Self.finding(1, at: "gone", .lostAfterAccept, isConfirmed: true),
                Self.finding(2, at: "gone", .lostAfterAccept, isConfirmed: false),
                Self.finding(3, at: "gone", .foreign, isConfirmed: true),
                // Events that were stored when it was found that they are lost have no number.
                Self.finding(0, at: "gone", .lostAfterAccept, isConfirmed: true),
            ]
            let listed = [Self.finding(4, at: "listed", .lostAfterAccept, isConfirmed: true)]
            try await store.save(
                ["gone": WindowRecord(findings: gone), "listed": WindowRecord(findings: listed)],
                of: window,
                state: .settled,
                for: id
            )
            try await store.set(.finished, of: id, reason: nil, at: Self.past)
            let count = try await runner.planResend(in: id, FindingFilter())
            #expect(count == ResendCount(sent: 0, failed: 2, reason: "routes.json no longer has the provider gone"))
            let one = try await runner.resend(in: id, FindingFilter(provider: "listed"))
            let reason = "an event is no longer in the journal, or can no longer be translated"
            #expect(one == ResendCount(sent: 0, failed: 1, reason: reason))
        }
    }

    @Test func `tells which acceptances concern a comparison, as long as they are valid`() async throws {
        try await Self.idle { runner, store in
            let id = try await store.add(Self.order(["listed"]), for: "t", by: "c", at: Self.past).id
            let window = Self.order([]).window
            let found = Self.finding(1, at: "listed", .foreign, isConfirmed: true)
            try await store.plan([window], events: 1, [], for: id)
            try await store.save(["listed": WindowRecord(findings: [found])], of: window, state: .settled, for: id)
            try await store.set(.finished, of: id, reason: nil, at: Self.past)
            func accept(_ cause: Cause, _ provider: ProviderName?, until: Timestamp) async throws -> Acceptance {
                let acceptance = Acceptance(
                    cause: cause,
                    provider: provider,
                    name: nil,
                    reason: "known",
                    until: until,
                    by: "ops",
                    at: Self.past
                )
                try await runner.accept(acceptance)
                return acceptance
            }
            let later = Timestamp(milliseconds: .max)
            let valid = try await accept(.foreign, "listed", until: later)
            _ = try await accept(.foreign, "other", until: later)
            _ = try await accept(.doubled, nil, until: later)
            _ = try await accept(.foreign, nil, until: Self.past)
            let run = try #require(try await runner.run(id))
            #expect(run.verdict == .equal)
            #expect(try await runner.acceptances(in: run) == [valid])
            let page = try await runner.findings(of: id, FindingFilter(), after: 0, limit: 9)
            #expect(page.map(\.resolution) == ["accepted: known"])
        }
    }
}
