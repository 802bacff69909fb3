import Events
import GRDB
import Journal
import JournalFormat
import Randomness
import Testing

@testable import JournalSQLite

/// One step of retention: which chunks go, what of them goes too, and what stays.
@Suite struct RetentionStepTests {
    /// The provider of the sample has settled everything, up to a number.
    private func ledger(through position: Int64) -> ProviderLedger {
        ProviderLedger(["lago": ProviderProgress(position: position)])
    }

    private func run(
        _ journal: MemoryJournal,
        before: Int64,
        from: Int64 = 0,
        settledThrough position: Int64 = 10_000,
        lanes: LaneBook = LaneBook([]),
        ledger: ProviderLedger? = nil,
        newest: Int64
    ) throws -> RetentionStep.Progress {
        let ledger = ledger ?? self.ledger(through: position)
        return try journal.write { db in
            try RetentionStep(before: Timestamp(milliseconds: before), from: from).run(
                in: db,
                ledger: ledger,
                lanes: lanes,
                names: journal.names.current,
                newest: newest
            )
        }
    }

    private func firsts(_ journal: MemoryJournal) throws -> [String] {
        try journal.rows("SELECT first FROM chunks ORDER BY first").map { $0[0] }
    }

    /// Chunks of two events that were accepted at 100, 200 and so on.
    private static func journal(_ count: Int64) throws -> MemoryJournal {
        let journal = try MemoryJournal()
        for chunk in 1...count { try journal.append((chunk * 2 - 1)...(chunk * 2), at: chunk * 100) }
        return journal
    }

    @Test(
        arguments: [(100, [], 6), (101, [1...2], 5), (201, [1...4], 4), (601, [1...12], 0)]
            as [(Int64, [ClosedRange<Int64>], Int)]
    )
    func `removes what was accepted before a time, neighbours as one range`(
        before: Int64,
        removed: [ClosedRange<Int64>],
        left: Int
    ) throws {
        let journal = try Self.journal(6)
        let progress = try run(journal, before: before, newest: 12)
        #expect(progress.removed == removed && progress.next == nil)
        #expect(progress.events == removed.reduce(0) { $0 + $1.count })
        #expect(try firsts(journal).count == left)
        #expect(try journal.read { try RemovedTable.all(in: $0) }.ranges == removed)
    }

    @Test func `a chunk stays as long as one of its events is young, or not settled`() throws {
        let journal = try MemoryJournal()
        try journal.append([MemoryJournal.event(1, at: 1), MemoryJournal.event(2, at: 50)], first: 1)
        try journal.append(3...4, at: 2)
        #expect(try run(journal, before: 50, newest: 4).removed == [3...4])
        #expect(try run(journal, before: 51, settledThrough: 1, newest: 4).removed.isEmpty)
        #expect(try run(journal, before: 51, settledThrough: 2, newest: 4).removed == [1...2])
    }

    @Test(arguments: DeliveryStatus.allCases)
    func `a delivery that is not over keeps its chunk`(status: DeliveryStatus) throws {
        let journal = try Self.journal(2)
        try journal.addRow(2, 1, status, due: status == .retrying ? 1 : nil)
        let isOver = [.delivered, .discarded, .skipped].contains(status)
        #expect(try run(journal, before: 500, newest: 4).removed == (isOver ? [1...4] : [3...4]))
    }

    @Test func `a damaged chunk stays, and so does what a pin needs`() throws {
        let journal = try Self.journal(4)
        try journal.execute("INSERT INTO damage VALUES(3, 4, 'the checksum does not match')")
        let pin = RetentionPin(
            name: "p",
            acceptedFrom: Timestamp(milliseconds: 400),
            expiresAt: Timestamp(milliseconds: 0)
        )
        try journal.write { try PinTable.set(pin, in: $0) }
        #expect(try run(journal, before: 1000, newest: 8).removed == [1...2, 5...6])
        try journal.write { try PinTable.remove("p", in: $0) }
        #expect(try run(journal, before: 1000, newest: 8).removed == [7...8])
    }

    /// What lies after its cursor, a lane has not looked at.
    @Test(
        arguments: [(LaneState.running, [1...4]), (.paused, [1...4]), (.cancelling, [1...4]), (.done, [1...8])]
            as [(LaneState, [ClosedRange<Int64>])]
    )
    func `a lane that has not ended keeps what it has not passed`(
        state: LaneState,
        removed: [ClosedRange<Int64>]
    ) throws {
        let journal = try Self.journal(4)
        let account = journal.addLane(1, of: "polar")
        let book = LaneBook([LaneBook.Entry(account: account, filter: LaneFilter(), first: 0, state: state)])
        // In the middle of the third chunk.
        let ledger = ProviderLedger([
            "lago": ProviderProgress(position: 100), account.name: ProviderProgress(position: 5, isLane: true),
        ])
        #expect(try run(journal, before: 1000, lanes: book, ledger: ledger, newest: 8).removed == removed)
    }

    @Test func `takes with a chunk all that is said of its events, and nothing of others`() throws {
        let journal = try Self.journal(3)
        for sequence in [2, 3] as [Int64] {
            try journal.addRow(sequence, 1, .discarded)
            try journal.addAttempt(sequence, 1, 1, .retrying)
            try journal.execute("INSERT INTO amendments VALUES(?, 1, 2, 0, 'ops', x'00')", [sequence])
        }
        try journal.addRun(1...1, 1)
        try journal.addRun(4...4, 1)
        _ = try run(journal, before: 150, newest: 6)
        for table in ["deliveries", "attempts", "amendments"] {
            #expect(try journal.rows("SELECT sequence FROM \(table)") == [["3"]], "\(table)")
        }
        #expect(try journal.rows("SELECT first, last FROM delivered") == [["4", "4"]])
    }

    @Test func `remembers the newest number when the newest chunk goes, and when the youngest was accepted`() throws {
        let journal = try Self.journal(3)
        _ = try run(journal, before: 250, newest: 6)
        #expect(try journal.read { try MetaTable.newestRemoved(in: $0) } == 0)
        #expect(try journal.read { try MetaTable.removedThrough(in: $0) } == 200)
        _ = try run(journal, before: 350, newest: 6)
        #expect(try journal.read { try MetaTable.newestRemoved(in: $0) } == 6)
        #expect(try journal.read { try MetaTable.removedThrough(in: $0) } == 300)
        // The clock was set back: the time does not fall.
        try journal.append(7...8, at: 10)
        _ = try run(journal, before: 350, newest: 8)
        #expect(try journal.read { try MetaTable.newestRemoved(in: $0) } == 8)
        #expect(try journal.read { try MetaTable.removedThrough(in: $0) } == 300)
    }

    @Test func `looks at 64 chunks in a step, and goes on behind them`() throws {
        let journal = try Self.journal(130)
        var (next, removed, steps): (Int64?, Int, [Int64]) = (0, 0, [])
        while let from = next {
            let progress = try run(journal, before: 12_901, from: from, newest: 260)
            removed += progress.events
            next = progress.next
            if let next { steps.append(next) }
        }
        #expect(removed == 258 && steps == [129, 257])
        #expect(try firsts(journal) == ["259"])
    }

    /// The margin is ten minutes: what is younger than that is followed by nothing old, up to the next step of the clock.
    @Test func `passes from the first chunk that is much too young to the next step of the clock`() throws {
        let journal = try MemoryJournal()
        for (first, time) in [(1, 100), (3, 10_000_000), (5, 100), (7, 50), (9, 60)] as [(Int64, Int64)] {
            try journal.append(first...(first + 1), at: time)
        }
        try journal.write { try ClockSteps.insert(7, in: $0) }
        let first = try run(journal, before: 1000, newest: 10)
        #expect(first.removed == [1...2] && first.next == 7)
        let second = try run(journal, before: 1000, from: 7, newest: 10)
        #expect(second.removed == [7...10] && second.next == nil)
        #expect(try firsts(journal) == ["3", "5"])
        // Within the margin, each chunk is looked at.
        try journal.execute("UPDATE chunks SET accepted_first = 600999, accepted_last = 600999 WHERE first = 3")
        #expect(try run(journal, before: 1000, newest: 10).removed == [5...6])
    }

    // MARK: Runs that reach into the next chunk

    private func runs(_ journal: MemoryJournal) throws -> [[String]] {
        try journal.rows("SELECT first, last, provider FROM delivered ORDER BY provider, first")
    }

    @Test func `a run that reaches into the next chunk begins there afterwards`() throws {
        let journal = try Self.journal(3)
        try journal.addRun(1...5, 1)
        _ = try run(journal, before: 150, newest: 6)
        #expect(try runs(journal) == [["3", "5", "1"]])
        _ = try run(journal, before: 250, newest: 6)
        #expect(try runs(journal) == [["5", "5", "1"]])
    }

    @Test func `a run with members goes on with the next of them`() throws {
        let journal = try Self.journal(3)
        let lane = journal.addLane(1, of: "polar").number
        try journal.addRun(1...6, lane, members: [1, 2, 5, 6])
        _ = try run(journal, before: 150, newest: 6)
        #expect(try runs(journal) == [["5", "6", "\(lane)"]])
        #expect(try journal.read { try SettledRuns.outcome(at: 4, lane, in: $0) } == nil)
        #expect(try journal.read { try SettledRuns.outcome(at: 6, lane, in: $0) } != nil)
    }

    /// Events of another run that lies within it are none of its own.
    @Test(
        arguments: [
            ([3...3], [[3, 3], [4, 6]]), ([3...4, 5...5], [[3, 4], [5, 5], [6, 6]]), ([4...5], [[3, 6], [4, 5]]),
        ] as [([ClosedRange<Int64>], [[Int64]])]
    )
    func `a run goes on behind those that begin where it would`(inner: [ClosedRange<Int64>], left: [[Int64]]) throws {
        let journal = try Self.journal(3)
        try journal.addRun(1...6, 1)
        for range in inner { try journal.addRun(range, 1, at: range.lowerBound) }
        _ = try run(journal, before: 150, newest: 6)
        #expect(try runs(journal) == left.map { $0.map { "\($0)" } + ["1"] })
    }

    @Test func `a run whose rest belongs to others ends`() throws {
        let journal = try Self.journal(3)
        try journal.addRun(1...4, 1, at: 7)
        try journal.addRun(3...4, 1, at: 8)
        _ = try run(journal, before: 150, newest: 6)
        #expect(try journal.rows("SELECT first, last, at FROM delivered") == [["3", "4", "8"]])
    }

    /// Both reach from the chunk that goes into the next one.
    @Test func `of two runs that go on, the outer one goes on behind the inner one`() throws {
        let journal = try Self.journal(3)
        try journal.addRun(1...6, 1, at: 7)
        try journal.addRun(2...3, 1, at: 8, isSkipped: true)
        _ = try run(journal, before: 150, newest: 6)
        #expect(try journal.rows("SELECT first, last, at FROM delivered") == [["3", "3", "8"], ["4", "6", "7"]])
    }

    /// Whatever goes first: what is left says of each event what was said before. Runs lie within one another, or apart.
    @Test(arguments: 1...30)
    func `what runs say of an event does not change while others go`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let journal = try Self.journal(10)
        var runs: [ClosedRange<Int64>] = []
        for number in 1...20 as ClosedRange<Int64> {
            let first = Int64.random(in: 1...20, using: &random)
            let run = first...min(20, first + Int64.random(in: 0...12, using: &random))
            let fits = runs.allSatisfy { known in
                known.lowerBound != first
                    && (!known.overlaps(run) || known.contains(run) || run.contains(known))
            }
            guard fits else { continue }
            runs.append(run)
            try journal.addRun(run, 1, at: number)
        }
        func said(of sequence: Int64) throws -> Int64? {
            try journal.read { try SettledRuns.outcome(at: sequence, 1, in: $0) }?.attempt?.at.milliseconds
        }
        let before = try (1...20 as ClosedRange<Int64>).map { try said(of: $0) }
        for limit in stride(from: Int64(150), to: 1000, by: Int.random(in: 50...400, using: &random)) {
            _ = try run(journal, before: limit, newest: 20)
            let oldest = (try firsts(journal).first).flatMap { Int64($0) } ?? 21
            for sequence in oldest..<21 {
                #expect(try said(of: sequence) == before[Int(sequence) - 1], "event \(sequence), seed \(seed)")
            }
        }
    }
}
