import Events
import Journal
import JournalFormat
import Randomness
import Testing

@testable import JournalPostgres

@Suite struct SettleBatchTests {
    private let at = Timestamp(milliseconds: 1)

    private func attempt(_ status: DeliveryStatus = .delivered, deduplicated: Bool = false) -> Attempt {
        Attempt(at: at, latency: .zero, httpStatus: 200, status: status, deduplicated: deduplicated)
    }

    private func delivered(_ sequences: [Int64], deduplicated: Bool = false) -> AccountWrite {
        let run = DeliveredRun(
            sequences: sequences.map { SequenceNumber($0) },
            attempt: attempt(deduplicated: deduplicated)
        )
        return .settle(Settlement(provider: "lago", delivered: [run]))
    }

    private func rejected(_ sequences: [Int64]) -> AccountWrite {
        let rows = sequences.map { SettledDelivery(sequence: SequenceNumber($0), status: .rejected) }
        return .settle(Settlement(provider: "lago", exceptions: rows))
    }

    /// An account that has claimed the first events of a slot.
    private func claimed(_ count: Int, from first: Int64 = 1) -> AccountProgress {
        let slot = SlotNumbers.slot(of: first)
        var progress = AccountProgress(slots: [slot: ProviderProgress(position: first - 1)])
        let plan = Plan(route: nil, destinations: [Destination(provider: "lago", adapter: "a", mode: .primary)])
        let events = (0..<count).map { TestJournal.event("\($0)", plan: plan) }
        let chunk = ChunkEvents(first: SequenceNumber(first), events: events, sizes: events.map { _ in 1 })
        let stretch = Stretch(chunks: [chunk], end: first + Int64(count) - 1)
        let limit = BlockLimit(events: count, bytes: 1 << 20)
        _ = progress.inSlot(slot) { $0.claim(from: stretch, limit: limit, of: "lago") }
        return progress
    }

    @Test func `says what is in flight only where that changes or rows are written`() {
        var progress = claimed(5)
        #expect(SettleBatch([delivered([1, 2])], progress: progress).flying == nil)
        let intent = SettleBatch([.intend([3, 4])], progress: progress)
        #expect(intent.flying == [3, 4])
        intent.apply(to: &progress)
        #expect(SettleBatch([rejected([5])], progress: progress).flying == [3, 4])
        #expect(SettleBatch([rejected([5]), delivered([3])], progress: progress).flying == [4])
        #expect(SettleBatch([delivered([3, 4])], progress: progress).flying == [])
    }

    @Test func `cuts runs at chunks, and where an event between is open`() {
        var progress = claimed(6, from: 4094)
        let runs = SettleBatch([delivered([4094, 4095, 4096, 4097, 4099])], progress: progress).runs
        #expect(runs.map(\.sequences) == [[4094, 4095], [4096, 4097], [4099]])
        SettleBatch([rejected([4098])], progress: progress).apply(to: &progress)
        let again = SettleBatch([delivered([4096, 4097, 4099])], progress: progress).runs
        #expect(again.map(\.sequences) == [[4096, 4097, 4099]])
    }

    @Test func `gives a row to what was claimed by its row`() {
        var progress = claimed(3)
        progress.claim([2: AccountProgress.ClaimedRow(attempts: 4, status: .retrying)])
        let batch = SettleBatch([delivered([2, 3])], progress: progress)
        #expect(batch.runs.map(\.sequences) == [[3]])
        #expect(batch.exceptions.map(\.sequence) == [2])
        #expect(batch.exceptions.map(\.status) == [.delivered])
        batch.apply(to: &progress)
        #expect(progress.rows.isEmpty)
    }

    @Test func `does together what is about different events`() {
        let writes = [delivered([1, 2]), .intend([3]), rejected([4]), delivered([3]), rejected([5])]
        #expect(SettleBatch.prefix(of: writes, limit: 9) == 3)
        #expect(SettleBatch.prefix(of: writes, limit: 2) == 2)
        #expect(SettleBatch.prefix(of: Array(writes[3...]), limit: 9) == 2)
        #expect(SettleBatch.prefix(of: [], limit: 9) == 0)
    }

    @Test func `counts by how much the states change`() {
        var progress = claimed(6)
        progress.claim([5: AccountProgress.ClaimedRow(status: .retrying)])
        let batch = SettleBatch(
            [delivered([1, 2], deduplicated: true), rejected([3]), delivered([5])],
            progress: progress
        )
        let before = [Int64(3): SettleBatch.Before(), 5: SettleBatch.Before(attempts: 1, status: .retrying)]
        #expect(batch.countChanges(before) == ["delivered": 3, "deduplicated": 2, "rejected": 1, "retrying": -1])
    }

    /// The newest row of `flights` is all that a new owner knows: after every statement, it names what was intended and has no outcome.
    @Test(arguments: 1...30)
    func `names exactly what may be in flight, whatever is done together`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var progress = claimed(200)
        var (newest, intended, settled): ([Int64], Set<Int64>, Set<Int64>) = ([], [], [])
        for _ in 0..<60 {
            var writes: [AccountWrite] = []
            for _ in 0..<Int.random(in: 1...5, using: &random) {
                let open = (1...200).filter { !settled.contains($0) && Int.random(in: 0..<30, using: &random) == 0 }
                guard !open.isEmpty else { continue }
                switch Int.random(in: 0..<3, using: &random) {
                case 0: writes.append(.intend(open))
                case 1: writes.append(delivered(open))
                default: writes.append(rejected(open))
                }
            }
            let batch = SettleBatch(Array(writes.prefix(SettleBatch.prefix(of: writes, limit: 9))), progress: progress)
            for write in writes.prefix(SettleBatch.prefix(of: writes, limit: 9)) {
                switch write {
                case .intend(let sequences): intended.formUnion(sequences)
                case .settle:
                    intended.subtract(write.sequences)
                    settled.formUnion(write.sequences)
                }
            }
            if let flying = batch.flying { newest = flying }
            batch.apply(to: &progress)
            #expect(newest == intended.sorted())
            #expect(progress.intended == intended)
        }
    }
}
