import Events
import GRDB
import Journal
import JournalFormat
import Randomness
import Testing

@testable import JournalSQLite

/// How deliveries are put together from runs, rows, attempts and amendments.
@Suite struct DeliveryAssemblyTests {
    private func deliveries(
        _ journal: MemoryJournal,
        of event: AcceptedEvent,
        at sequence: Int64,
        loading range: ClosedRange<Int64>? = nil
    ) throws -> [Delivery] {
        try journal.read { db in
            var assembly = DeliveryAssembly(db: db, names: journal.names.current)
            try assembly.load(range)
            return try assembly.all(of: event, at: sequence)
        }
    }

    private static let event = MemoryJournal.event(1, plan: MemoryJournal.both)

    @Test func `a delivery without a row and a run is pending, in the order of the plan`() throws {
        let journal = try MemoryJournal()
        try journal.append([Self.event], first: 1)
        let plan = MemoryJournal.both
        #expect(try deliveries(journal, of: Self.event, at: 1) == plan.destinations.map(Delivery.pending))
    }

    /// A provider that no chunk has named has no number yet.
    @Test func `a provider that the journal does not know has nothing to say`() throws {
        let journal = try MemoryJournal()
        #expect(try deliveries(journal, of: Self.event, at: 1).map(\.status) == [.pending, .pending])
    }

    @Test func `a row comes before a run that surrounds it`() throws {
        let journal = try MemoryJournal()
        try journal.append([Self.event], first: 1)
        try journal.addRun(1...9, 1)
        try journal.addRow(5, 1, .rejected, attempts: 0, code: .untranslatable)
        for range in [nil, 1...9] as [ClosedRange<Int64>?] {
            let (run, row) = (
                try deliveries(journal, of: Self.event, at: 4, loading: range),
                try deliveries(journal, of: Self.event, at: 5, loading: range)
            )
            #expect(run.map(\.status) == [.delivered, .pending] && run[0].attempts == 1)
            #expect(row.map(\.status) == [.rejected, .pending] && row[0].attempts == 0)
            let fault = DeliveryFault(code: .untranslatable, message: "message of untranslatable")
            #expect(row[0].fault == fault && row[0].history.isEmpty && row[0].httpStatus == nil)
        }
    }

    @Test func `a delivery has its attempts in order, and what the last of them says`() throws {
        let journal = try MemoryJournal()
        try journal.append([Self.event], first: 1)
        try journal.addRow(1, 1, .retrying, attempts: 3, due: 900, faultIsLastAttempts: true)
        try journal.addAttempt(1, 1, 3, .retrying, at: 30, httpStatus: nil, isDeduplicated: true, code: .timeout)
        try journal.addAttempt(1, 1, 1, .retrying, at: 10, code: .rateLimited)
        try journal.addAttempt(1, 1, 2, .retrying, at: 20, code: .vendorError)
        // Somebody else's.
        try journal.addAttempt(1, 2, 1, .delivered, at: 40)
        let delivery = try deliveries(journal, of: Self.event, at: 1)[0]
        #expect(delivery.history.map(\.at.milliseconds) == [10, 20, 30])
        #expect(delivery.attempts == 3 && delivery.nextAttemptAt == Timestamp(milliseconds: 900))
        #expect(delivery.fault?.code == .timeout && delivery.deduplicated && delivery.httpStatus == nil)
        #expect(delivery.latency == .microseconds(2500))
    }

    @Test func `the fault of a row is its own, unless it says that it is the last attempt's`() throws {
        let journal = try MemoryJournal()
        try journal.append([Self.event], first: 1)
        try journal.addRow(1, 1, .discarded, attempts: 1, code: .backfillCancelled)
        try journal.addAttempt(1, 1, 1, .retrying, code: .timeout)
        #expect(try deliveries(journal, of: Self.event, at: 1)[0].fault?.code == .backfillCancelled)
        try journal.execute("UPDATE deliveries SET fault_is_last_attempts = 1")
        #expect(try deliveries(journal, of: Self.event, at: 1)[0].fault?.code == .timeout)
        // The last attempt was lost: then there is no fault to show.
        try journal.execute("DELETE FROM attempts")
        #expect(try deliveries(journal, of: Self.event, at: 1)[0].fault == nil)
    }

    @Test func `what lanes have an outcome for comes after the plan's, and no other lane is shown`() throws {
        let journal = try MemoryJournal()
        try journal.append([Self.event], first: 1)
        let lanes = [3, 1, 2].map { journal.addLane($0, of: "metronome") }
        try journal.addRun(1...9, lanes[0].number, members: [1, 9])
        try journal.addRow(1, lanes[1].number, .rejected, code: .invalidEvent)
        try journal.addRow(2, lanes[2].number, .rejected, code: .invalidEvent)
        for range in [nil, 1...9, 5...9] as [ClosedRange<Int64>?] {
            let found = try deliveries(journal, of: Self.event, at: 1, loading: range)
            #expect(found.map(\.lane) == [nil, nil, 1, 3])
            #expect(found.map(\.provider) == ["lago", "polar", "metronome", "metronome"])
            #expect(found.map(\.status) == [.pending, .pending, .rejected, .delivered])
            #expect(found.suffix(2).allSatisfy { $0.mode == .mirror && $0.adapter == "metronome" })
            // Event 5 lies between the events of lane 3's run and is none of them.
            #expect(try deliveries(journal, of: Self.event, at: 5, loading: range).map(\.lane) == [nil, nil])
        }
    }

    @Test func `amendments stand in the order of the attempts that they begin with`() throws {
        let journal = try MemoryJournal()
        try journal.append([Self.event], first: 1)
        try journal.addRow(1, 1, .retrying, attempts: 3, due: 1)
        func amend(_ firstAttempt: Int, _ adapter: AdapterName) throws {
            let destination = Destination(provider: "lago", adapter: adapter, mode: .primary)
            let amendment = DeliveryAmendment(
                at: Timestamp(milliseconds: 5),
                by: "ops",
                firstAttempt: firstAttempt,
                destination: destination
            )
            try journal.write { try AmendmentTable.insert(amendment, sequence: 1, provider: 1, in: $0) }
        }
        try amend(4, "later")
        try amend(2, "first")
        // Amended again before that attempt: the newest settings hold.
        try amend(4, "latest")
        for range in [nil, 1...1] as [ClosedRange<Int64>?] {
            let amendments = try deliveries(journal, of: Self.event, at: 1, loading: range)[0].amendments
            #expect(amendments.map(\.firstAttempt) == [2, 4])
            #expect(amendments.map(\.destination.adapter) == ["first", "latest"])
        }
    }

    @Test func `settings that cannot be read are reported, with and without neighbours`() throws {
        let journal = try MemoryJournal()
        try journal.append([Self.event], first: 1)
        try journal.addRow(1, 1, .retrying, due: 1)
        try journal.execute("INSERT INTO amendments VALUES(1, 1, 2, 0, 'ops', x'7b')")
        for range in [nil, 1...1] as [ClosedRange<Int64>?] {
            #expect(throws: DamagedAmendment.self) {
                try deliveries(journal, of: Self.event, at: 1, loading: range)
            }
        }
    }

    /// Events are looked up one by one in a page, and together in a window or an export.
    @Test(arguments: 1...12)
    func `says the same of an event, alone and among neighbours that were read at once`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        let journal = try MemoryJournal()
        try journal.append([Self.event], first: 1)
        let lane = journal.addLane(1, of: "lago")
        for account in [1, 2, lane.number] {
            var next: Int64 = 4080
            while next < 4110 {
                let last = min(next + Int64.random(in: 0...6, using: &random), next < 4096 ? 4095 : .max)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: try journal.addRun(next...last, account, at: next, isSkipped: Bool.random(using: &random))
                case 1: try Self.addRow(next, account, to: journal, &random)
                default: break
                }
                next = last + 1
            }
        }
        for start in [4080, 4090, 4096, 4100] as [Int64] {
            for sequence in start...(start + 12) {
                let alone = try deliveries(journal, of: Self.event, at: sequence)
                let loaded = try deliveries(journal, of: Self.event, at: sequence, loading: start...(start + 12))
                #expect(alone == loaded, "event \(sequence), seed \(seed)")
            }
        }
    }

    private static func addRow(
        _ sequence: Int64,
        _ account: Int64,
        to journal: MemoryJournal,
        _ random: inout SplitMix
    ) throws {
        let attempts = Int.random(in: 0...3, using: &random)
        let isLastAttempts = attempts > 0 && Bool.random(using: &random)
        try journal.addRow(
            sequence,
            account,
            [.rejected, .uncertain, .discarded, .delivered].randomElement(using: &random)!,
            attempts: attempts,
            code: isLastAttempts ? nil : .vendorError,
            faultIsLastAttempts: isLastAttempts
        )
        for ordinal in 0..<attempts {
            try journal.addAttempt(sequence, account, ordinal + 1, .retrying, at: sequence, code: .timeout)
        }
    }
}
