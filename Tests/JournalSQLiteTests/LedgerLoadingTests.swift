import Events
import GRDB
import Journal
import JournalFormat
import Randomness
import Testing

@testable import JournalSQLite

/// How far each provider has come, worked out from the rows after a start.
@Suite struct LedgerLoadingTests {
    private func load(
        _ journal: MemoryJournal,
        cursors: [ProviderName: Int64],
        lanes: [LaneBook.Entry] = [],
        newest: Int64
    ) throws -> [ProviderName: ProviderProgress] {
        for (number, name) in journal.names.current.providers {
            try journal.execute(
                "INSERT OR REPLACE INTO providers(number, name, cursor) VALUES(?, ?, ?)",
                [number, name.rawValue, cursors[name] ?? 0]
            )
        }
        return try journal.read { db in
            try LedgerLoading(db: db, reader: journal.reader, newest: newest, lanes: lanes).load()
        }
    }

    /// A journal for several providers, and which of lago's events have an outcome.
    private static func makeJournal(_ random: inout SplitMix) throws -> (
        MemoryJournal, own: [Int64], settled: Set<Int64>
    ) {
        let journal = try MemoryJournal()
        let number = journal.names.register("lago")
        let plans = [MemoryJournal.lago, MemoryJournal.both, MemoryJournal.polar]
        var (own, settled): ([Int64], Set<Int64>) = ([], [])
        var next: Int64 = 1
        for _ in 0..<12 {
            // Retention has removed some.
            next += Int64.random(in: 0...1, using: &random) * 3
            let events = (0..<Int.random(in: 1...5, using: &random)).map { _ in
                MemoryJournal.event(1, plan: plans.randomElement(using: &random)!)
            }
            try journal.append(events, first: next)
            for (offset, event) in events.enumerated() where event.plan.destination(at: "lago") != nil {
                own.append(next + Int64(offset))
            }
            next += Int64(events.count)
        }
        for sequence in own where Int.random(in: 0..<5, using: &random) < 3 {
            settled.insert(sequence)
            switch Int.random(in: 0..<3, using: &random) {
            case 0: try journal.addRow(sequence, number, .rejected)
            case 1: try journal.addRow(sequence, number, .retrying, due: sequence)
            default: try journal.addRun(sequence...sequence, number)
            }
        }
        return (journal, own, settled)
    }

    @Test(arguments: 1...40)
    func `each event without an outcome waits, and the walk begins before the first of them`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let (journal, own, settled) = try Self.makeJournal(&random)
        let firstOpen = own.first { !settled.contains($0) }
        // A cursor lags, and never leads.
        let cursor = Int64.random(in: 0...((firstOpen ?? own.last ?? 1) - 1), using: &random)
        let loaded = try load(journal, cursors: ["lago": cursor], newest: 100)
        let progress = try #require(loaded["lago"])
        #expect(progress.pending == own.count { !settled.contains($0) }, "seed \(seed)")
        #expect(progress.position >= cursor && progress.position < firstOpen ?? .max, "seed \(seed)")
        for sequence in own where sequence > progress.position {
            #expect(progress.isSettledAhead(sequence) == settled.contains(sequence), "event \(sequence), seed \(seed)")
        }
        let retries = try journal.rows("SELECT sequence FROM deliveries WHERE status = 'retrying' ORDER BY sequence")
        #expect(progress.retrying == retries.count)
        #expect(progress.nextDue?.milliseconds == retries.first.flatMap { Int64($0[0]) })
    }

    @Test func `a cursor may stand in the middle of a chunk, and of a run`() throws {
        let journal = try MemoryJournal()
        try journal.append(1...5)
        try journal.append(6...10)
        try journal.addRun(2...7, 1)
        let progress = try #require(try load(journal, cursors: ["lago": 4], newest: 10)["lago"])
        #expect(progress.position == 7 && progress.pending == 3)
        let whole = try #require(try load(journal, cursors: ["lago": 10], newest: 10)["lago"])
        #expect(whole.position == 10 && whole.pending == 0)
    }

    @Test func `passes over chunks without an event of the provider`() throws {
        let journal = try MemoryJournal()
        try journal.append(1...5)
        try journal.append(6...10, plan: MemoryJournal.polar)
        try journal.append(11...15)
        try journal.addRun(1...5, 1)
        try journal.addRow(11, 1, .rejected)
        let loaded = try load(journal, cursors: [:], newest: 15)
        #expect(loaded["lago"]?.position == 11 && loaded["lago"]?.pending == 4)
        #expect(loaded["polar"]?.position == 0 && loaded["polar"]?.pending == 5)
    }

    /// How many events of a provider are in it, its row tells; the walk comes across it later.
    @Test func `a damaged chunk waits until the walk has passed it`() throws {
        let journal = try MemoryJournal()
        for first in [1, 6, 11] as [Int64] { try journal.append(first...(first + 4)) }
        try journal.addRun(1...5, 1)
        try journal.addRun(11...15, 1)
        try journal.spoil(6)
        let progress = try #require(try load(journal, cursors: [:], newest: 15)["lago"])
        #expect(progress.position == 5 && progress.pending == 5)
        #expect((11...15).allSatisfy { progress.isSettledAhead($0) } && !progress.isSettledAhead(6))
    }

    @Test func `what was about to be sent is interrupted, by its row or without one`() throws {
        let journal = try MemoryJournal()
        try journal.append(1...5)
        try journal.addRow(2, 1, .retrying, due: 9)
        for sequence in [4, 2] {
            try journal.execute("INSERT INTO intents(provider, sequence) VALUES(1, ?)", [sequence])
        }
        var progress = try #require(try load(journal, cursors: [:], newest: 5)["lago"])
        #expect(progress.intended == [2, 4] && progress.heldCount == 2)
        #expect(progress.holdsRow(2) && !progress.holdsRow(4) && progress.isHeld(4))
        let interrupted = progress.takeInterrupted()
        #expect(interrupted == [2, 4])
    }

    @Test(arguments: [(LaneState.running, true), (.paused, true), (.done, false), (.cancelled, false)])
    func `a lane stands at its cursor, and skips what it has settled as long as it is active`(
        state: LaneState,
        isActive: Bool
    ) throws {
        let journal = try MemoryJournal()
        try journal.append(1...5)
        let account = journal.addLane(1, of: "polar")
        let entry = LaneBook.Entry(account: account, filter: LaneFilter(), first: 0, state: state)
        try journal.addRun(2...5, account.number, members: [2, 5])
        try journal.addRow(3, account.number, .retrying, due: 70)
        let loaded = try load(journal, cursors: [account.name: 1], lanes: [entry], newest: 5)
        let progress = try #require(loaded[account.name])
        #expect(progress.isLane && progress.position == 1 && progress.pending == 0 && progress.retrying == 1)
        #expect(progress.nextDue == Timestamp(milliseconds: 70))
        let ahead = (1...5).filter { progress.isSettledAhead($0) }
        #expect(ahead == (isActive ? [2, 3, 5] : []))
        #expect(loaded["lago"]?.pending == 5)
    }
}
