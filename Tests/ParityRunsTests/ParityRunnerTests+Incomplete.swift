import Events
import Journal
import Parity
import ParityRuns
import Synchronization
import TestSupport
import Testing

/// Comparisons of which a part is not known.
extension ParityRunnerTests {
    @Test(arguments: [ParityLevel.ledger, .digest, .full, .resend])
    func `is incomplete if a part of the journal is damaged, though nothing differs`(level: ParityLevel) async throws {
        var (journal, shelf) = Self.clean(300)
        journal.damage = [ChunkDamage(first: 301, last: 400, reason: "checksum")]
        try await withTemporaryFolder { [journal] folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: level)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == .incomplete)
                // All that can be read was compared.
                #expect(run.reports[0].unreadable == nil)
                #expect(run.reports[0].totals == CellCounts(expected: 300, found: 300))
                #expect(run.reports[0].causes == [CauseCount(cause: .unreadable, count: 1)])
                let found = try await runner.findings(of: run.id, FindingFilter(), after: 0, limit: 10).map(\.finding)
                #expect(found.map(\.isConfirmed) == [true])
                #expect(found.first?.detail?.hasPrefix("A part of the journal cannot be read") == true)
            }
        }
    }

    @Test(arguments: [ParityLevel.digest, .full], [true, false])
    func `is incomplete if a vendor that tells what it does not bill fails to`(level: ParityLevel, isFailing: Bool)
        async throws
    {
        let (journal, shelf) = Self.clean(300)
        shelf.state.withLock { state in
            // Who cannot tell has not failed.
            state.countedNames =
                isFailing
                ? .failed(DeliveryFault(code: .forbidden, message: "Listed (403) does not allow it"))
                : .unsupported(nil)
        }
        // The sums are read before, and have no fault.
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder, metered: Self.allMetered) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: level)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(run.verdict == (isFailing ? .incomplete : .equal))
                let reason = "what Listed does not bill could not be read: Listed (403) does not allow it"
                #expect(run.reports[0].unreadable == (isFailing ? reason : nil))
                #expect(run.reports[0].totals == CellCounts(expected: 300, found: 300))
            }
        }
    }

    @Test(arguments: [ParityLevel.digest, .full])
    func `asks what a vendor does not bill because of events that it has`(level: ParityLevel) async throws {
        let (journal, shelf) = Self.clean(300)
        shelf.state.withLock { $0.withoutMetric = ["api_0"] }
        // The first of its name is lost.
        shelf.rows.removeAll { $0.event.id == "e0" }
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder) { runner in
                let order = ParityOrder(window: Self.window, providers: ["listed"], level: level)
                let run = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(
                    run.reports[0].causes == [
                        CauseCount(cause: .lostAfterAccept, count: 1), CauseCount(cause: .noMetric, count: 99),
                    ]
                )
            }
        }
    }

    @Test func `is incomplete if it was interrupted while it sent events again`() async throws {
        let (journal, shelf) = Self.clean(300)
        // It is in the first batch, whose answer is forgotten.
        shelf.rows.removeFirst()
        let stopping = StoppingAsking(shelf, after: 1)
        let order = ParityOrder(window: Self.window, providers: ["listed"], level: .resend)
        try await withTemporaryFolder { folder in
            try await Self.with(journal, shelf, in: folder, asking: stopping) { runner in
                _ = try await runner.start(order, for: "t", by: "c")
                try await waitUntil("the second batch is on its way") { stopping.isStopped }
            }
            #expect(shelf.rows.count == 300)
            try await Self.with(journal, shelf, in: folder) { runner in
                let id = try #require(try await runner.runs(before: nil, limit: 1).first?.id)
                let run = try await Self.finished(id, runner)
                #expect(run.verdict == .incomplete)
                #expect(run.reports[0].unreadable?.hasPrefix("the comparison was interrupted") == true)
                // Another one says that nothing is lost now.
                let second = try await Self.finished(try await runner.start(order, for: "t", by: "c").id, runner)
                #expect(second.verdict == .equal)
            }
        }
    }
}
