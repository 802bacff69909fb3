import Events
import GRDB
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

/// What a settlement writes: runs, rows, attempts, the ends of intents, and the counts of lanes.
@Suite struct SettlementWriterTests {
    private static func attempt(
        _ status: DeliveryStatus,
        at time: Int64 = 0,
        deduplicated: Bool = false,
        fault: DeliveryFault? = nil
    ) -> Attempt {
        Attempt(
            at: Timestamp(milliseconds: time),
            latency: .microseconds(12),
            httpStatus: 200,
            status: status,
            deduplicated: deduplicated,
            fault: fault
        )
    }

    private static func run(_ sequences: [Int64], deduplicated: Bool = false, isSkipped: Bool = false) -> SettledRun {
        SettledRun(
            sequences: sequences.map { SequenceNumber($0) },
            at: Timestamp(milliseconds: 7),
            attempt: isSkipped ? nil : attempt(.delivered, deduplicated: deduplicated)
        )
    }

    private func settle(
        _ provider: ProviderName,
        _ runs: [SettledRun] = [],
        _ exceptions: [SettledDelivery] = [],
        ledger: ProviderLedger = ProviderLedger([:]),
        in journal: MemoryJournal
    ) throws {
        try journal.write { db in
            let writer = SettlementWriter(
                db: db,
                statements: try StatementSet(db),
                ledger: ledger,
                names: journal.names
            )
            var batch = CommitBatch(newest: 0, names: journal.names.current, chunkBytes: 1000)
            let settlement = PreparedSettlement(
                provider: provider,
                runs: runs,
                exceptions: exceptions,
                shadow: [],
                origins: exceptions.map { _ in 5 }
            )
            try writer.settle(settlement, in: &batch)
            #expect(batch.hasSettled && batch.effects.count == 1)
            for effect in batch.effects { effect(ledger) }
        }
    }

    private func runs(_ journal: MemoryJournal) throws -> [[String]] {
        try journal.rows("SELECT first, last, skipped, members FROM delivered ORDER BY first")
    }

    // MARK: Runs

    @Test(
        arguments: [
            ([1, 2, 3], [["1", "3"]]), ([4095], [["4095", "4095"]]),
            ([4095, 4096], [["4095", "4095"], ["4096", "4096"]]),
            ([4000, 5000, 8191, 8192], [["4000", "4000"], ["5000", "8191"], ["8192", "8192"]]),
            ([1, 20_000], [["1", "1"], ["20000", "20000"]]),
        ] as [([Int64], [[String]])]
    )
    func `a run ends before each multiple of 4096`(sequences: [Int64], rows: [[String]]) throws {
        let journal = try MemoryJournal()
        try settle("lago", [Self.run(sequences)], in: journal)
        #expect(try runs(journal).map { Array($0.prefix(2)) } == rows)
    }

    /// Of a provider, first and last say all; of a lane, others may lie between.
    @Test func `only a lane's runs say which events are theirs`() throws {
        let journal = try MemoryJournal()
        let lane = journal.addLane(1, of: "polar")
        try settle("lago", [Self.run([1, 3])], in: journal)
        try settle(lane.name, [Self.run([11, 13]), Self.run([20, 21], isSkipped: true)], in: journal)
        // 11 and 13 are the bits 3 and 5 of the second byte of their span.
        #expect(try runs(journal) == [["1", "3", "0", "-"], ["11", "13", "0", "1 0 40"], ["20", "21", "1", "-"]])
    }

    @Test func `a run that is settled again grows, and does not shrink`() throws {
        let journal = try MemoryJournal()
        let lane = journal.addLane(1, of: "polar")
        func members() throws -> [Int64] {
            let found = try journal.read { try SettledRuns(of: 1...100, in: $0) }
            var members: [Int64] = []
            found.forEachSequence(in: 1...100) { members.append($0) }
            return members.sorted()
        }
        try settle(lane.name, [Self.run([1, 3])], in: journal)
        try settle(lane.name, [Self.run([1, 3, 5])], in: journal)
        #expect(try members() == [1, 3, 5])
        try settle(lane.name, [Self.run([1, 2])], in: journal)
        #expect(try members() == [1, 3, 5])
    }

    // MARK: Rows

    private func settled(
        _ sequence: Int64,
        _ status: DeliveryStatus,
        _ attempts: [Attempt] = [],
        due: Int64? = nil,
        reachedAt: Int64? = nil,
        fault: DeliveryFault? = nil
    ) -> SettledDelivery {
        SettledDelivery(
            sequence: SequenceNumber(sequence),
            status: status,
            newAttempts: attempts,
            nextAttemptAt: due.map { Timestamp(milliseconds: $0) },
            reachedAt: reachedAt.map { Timestamp(milliseconds: $0) },
            fault: fault
        )
    }

    @Test func `attempts are counted on, and a fault that is the last attempt's is written once`() throws {
        let journal = try MemoryJournal()
        let timeout = DeliveryFault(code: .timeout, message: "no answer")
        let refused = DeliveryFault(code: .invalidEvent, message: "no", vendor: "bad")
        let first = [Self.attempt(.retrying, at: 1, fault: timeout), Self.attempt(.retrying, at: 2, fault: timeout)]
        try settle("lago", [], [settled(1, .retrying, first, due: 50, fault: timeout)], in: journal)
        let select = """
            SELECT status, attempts, next_attempt_at, fault_is_last_attempts, fault_code, fault_vendor, origin FROM deliveries
            """
        #expect(try journal.rows(select) == [["retrying", "2", "50", "1", "-", "-", "5"]])
        let second = [Self.attempt(.rejected, at: 3, fault: timeout)]
        try settle("lago", [], [settled(1, .rejected, second, fault: refused)], in: journal)
        #expect(try journal.rows(select) == [["rejected", "3", "-", "0", "invalid_event", "bad", "5"]])
        let attempts = try journal.rows("SELECT ordinal, at, fault_code FROM attempts ORDER BY ordinal")
        #expect(attempts == [["1", "1", "timeout"], ["2", "2", "timeout"], ["3", "3", "timeout"]])
        // Without a request, there is no attempt.
        try settle("lago", [], [settled(1, .discarded)], in: journal)
        #expect(try journal.rows(select) == [["discarded", "3", "-", "0", "-", "-", "5"]])
    }

    @Test func `when the vendor was first reached stays as it was written first`() throws {
        let journal = try MemoryJournal()
        func reachedAt() throws -> [[String]] { try journal.rows("SELECT reached_at FROM deliveries") }
        try settle("lago", [], [settled(1, .retrying, due: 1)], in: journal)
        #expect(try reachedAt() == [["-"]])
        for (time, expected) in [(30, "30"), (20, "30"), (nil, "30")] as [(Int64?, String)] {
            try settle("lago", [], [settled(1, .retrying, due: 1, reachedAt: time)], in: journal)
            #expect(try reachedAt() == [[expected]])
        }
    }

    @Test func `a row that is damaged fails its settlement`() throws {
        let journal = try MemoryJournal()
        try journal.addRow(1, journal.names.register("lago"), .retrying, attempts: -1, due: 1)
        #expect(throws: DamagedRow.self) { try settle("lago", [], [settled(1, .delivered)], in: journal) }
    }

    // MARK: What is in memory, and intents

    @Test func `the provider's progress follows: what is settled, what retries, and when`() throws {
        let journal = try MemoryJournal()
        let ledger = ProviderLedger(["lago": ProviderProgress(position: 0, pending: 5)])
        try settle("lago", [Self.run([1, 2])], [settled(3, .retrying, due: 70)], ledger: ledger, in: journal)
        let (pending, retrying, next) = try #require(
            ledger.withProgress(of: "lago") { ($0.pending, $0.retrying, $0.nextDue) }
        )
        #expect(pending == 2 && retrying == 1 && next == Timestamp(milliseconds: 70))
        try settle("lago", [], [settled(3, .delivered)], ledger: ledger, in: journal)
        #expect(ledger.withProgress(of: "lago", \.retrying) == 0)
    }

    @Test func `an intent ends with its outcome, and no other one`() throws {
        let journal = try MemoryJournal()
        let number = journal.names.register("lago")
        let intents = [1, 2, 3, 4].map { (sequence: Int64($0), hold: ProviderProgress.Hold.interrupted) }
        let ledger = ProviderLedger(["lago": ProviderProgress(position: 0, pending: 9, interrupted: intents)])
        for (sequence, _) in intents {
            try journal.execute("INSERT INTO intents(provider, sequence) VALUES(?, ?)", [number, sequence])
        }
        try journal.execute("INSERT INTO intents(provider, sequence) VALUES(?, 1)", [number + 1])
        try settle("lago", [Self.run([1, 2])], [settled(4, .uncertain)], ledger: ledger, in: journal)
        #expect(try journal.rows("SELECT provider, sequence FROM intents") == [["1", "3"], ["2", "1"]])
    }

    // MARK: Lanes

    private func counts(_ journal: MemoryJournal) throws -> LaneCounts {
        try journal.read { try LaneTable.counts(of: 1, in: $0) }
    }

    @Test func `a lane's events are counted by their outcome, each once`() throws {
        let journal = try MemoryJournal()
        let lane = journal.addLane(1, of: "polar").name
        try settle(lane, [Self.run([1, 2, 3], deduplicated: true), Self.run([4])], in: journal)
        try settle(lane, [], [settled(5, .retrying, due: 1), settled(6, .rejected)], in: journal)
        let before = try counts(journal)
        #expect(before.statuses == [.delivered: 4, .retrying: 1, .rejected: 1])
        #expect(before.deduplicated == 3 && before.events == 6)
        let known = [Self.attempt(.retrying, deduplicated: true), Self.attempt(.delivered, deduplicated: true)]
        try settle(lane, [], [settled(5, .delivered, known)], in: journal)
        let after = try counts(journal)
        #expect(after.statuses == [.delivered: 5, .rejected: 1] && after.deduplicated == 4)
        // Those of the provider are no lane's.
        try settle("polar", [Self.run([7])], in: journal)
        #expect(try counts(journal) == after)
    }
}
