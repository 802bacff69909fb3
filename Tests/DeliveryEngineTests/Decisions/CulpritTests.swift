import Events
import Journal
import Routing
import Testing

@testable import DeliveryEngine

/// Which event is blamed when the account is refused, as a transcript.
@Suite struct CulpritTests {
    let start = ClockReading(instant: .now, wall: Timestamp(milliseconds: 1_700_000_000_000))
    let delivered = Verdict.all(.delivered(deduplicated: false))

    private func makeMachine(batch: Int) -> PipelineMachine {
        let settings = PipelineSettings(
            provider: "acme",
            batch: BatchLimit(events: batch, bytes: 1 << 20),
            deduplication: .byIdentity(memory: nil),
            concurrency: 1
        )
        return PipelineMachine(settings: settings, seed: 1, at: start)
    }

    private func refused(_ code: DeliveryErrorCode) -> Verdict {
        .all(.park(DeliveryFault(code: code, message: "no")))
    }

    /// Carries out all steps at a moment until a request leaves; a claim of retries takes those that are given.
    private func nextSend(
        _ machine: inout PipelineMachine,
        at now: ClockReading,
        retries: inout [DeliveryItem],
        settled: inout [SettledDelivery]
    ) -> DeliveryBatch? {
        while let step = machine.next(at: now, due: retries.isEmpty ? nil : now.wall) {
            switch step {
            case .send(let batch): return batch
            case .claim: machine.foundNothing()
            case .claimDue:
                machine.claimedDue(.init(items: retries))
                retries = []
            case .settle(let settlement):
                settled += settlement.exceptions
                machine.settled(settlement)
            case .save: machine.saved()
            case .watch, .wake, .intend, .bringForward, .admitRead, .admitBackfill, .askTurn, .endTurn, .finish: break
            }
        }
        return nil
    }

    private func facts(_ status: Int, at now: ClockReading) -> AttemptFacts {
        AttemptFacts(at: now.wall, latency: .milliseconds(5), httpStatus: status)
    }

    @Test(arguments: [
        (DeliveryErrorCode.forbidden, DeliveryStatus.rejected), (.notFound, .rejected), (.unauthorized, .retrying),
    ])
    func `after a park another event is tried; if it passes, the first is tried alone, and its next refusal is its own`(
        code: DeliveryErrorCode,
        expected: DeliveryStatus
    ) throws {
        var machine = makeMachine(batch: 1)
        var (settled, retries): ([SettledDelivery], [DeliveryItem]) = ([], [])
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1), .sample(2), .sample(3)]), at: start)
        let first = try #require(nextSend(&machine, at: start, retries: &retries, settled: &settled))
        #expect(first.numbers == [1])
        machine.called(first, refused(code), facts(403, at: start), at: start)
        #expect(nextSend(&machine, at: start, retries: &retries, settled: &settled) == nil)
        #expect(settled.map(\.status) == [.retrying])

        let later = start + .seconds(30)
        retries = [.sample(1, attemptsBefore: 1, reachedAt: start.wall)]
        let probe = try #require(nextSend(&machine, at: later, retries: &retries, settled: &settled))
        #expect(probe.numbers == [2], "another event than the one that was refused")
        machine.called(probe, delivered, facts(200, at: later), at: later)
        #expect(machine.snapshot(at: later).parked == nil)

        var numbers: [[Int64]] = []
        settled = []
        while let batch = nextSend(&machine, at: later, retries: &retries, settled: &settled) {
            numbers.append(batch.numbers)
            let isCulprit = batch.numbers.contains(1)
            machine.called(
                batch,
                isCulprit ? refused(code) : delivered,
                facts(isCulprit ? 403 : 200, at: later),
                at: later
            )
        }
        #expect(numbers.sorted { $0[0] < $1[0] } == [[1], [3]])
        #expect(settled.first { $0.sequence == 1 }?.status == expected)
        #expect(machine.snapshot(at: later).parked == nil, "the account is fine")
    }

    @Test func `splits a refused batch until the culprit stands alone, and only the culprit is a dead letter`() throws {
        var machine = makeMachine(batch: 4)
        var (settled, retries): ([SettledDelivery], [DeliveryItem]) = ([], [])
        _ = machine.next(at: start)
        machine.claimed(.init(items: (1...5).map { .sample($0) }), at: start)
        var (sent, settledBefore): ([[Int64]], Int) = ([], 0)
        for pause in 0..<3 {
            let now = start + .seconds(30 * pause)
            while let batch = nextSend(&machine, at: now, retries: &retries, settled: &settled) {
                sent.append(batch.numbers)
                let isCulprit = batch.numbers.contains(3)
                let verdict = isCulprit ? refused(.forbidden) : delivered
                machine.called(batch, verdict, facts(isCulprit ? 403 : 200, at: now), at: now)
            }
            let again = settled[settledBefore...].filter { $0.status == .retrying }
            settledBefore = settled.count
            retries += again.map { .sample($0.sequence.rawValue, attemptsBefore: 1, reachedAt: $0.reachedAt) }
        }
        #expect(sent.prefix(2) == [[1, 2, 3, 4], [5]])
        #expect(settled.filter { $0.status == .rejected }.map(\.sequence) == [3])
        #expect(sent.last == [3])
        #expect(machine.snapshot(at: start + .seconds(60)).parked == nil)
    }

    @Test func `probes with the refused event where there is no other`() throws {
        var machine = makeMachine(batch: 1)
        var (settled, retries): ([SettledDelivery], [DeliveryItem]) = ([], [])
        _ = machine.next(at: start)
        machine.claimed(.init(items: [.sample(1)]), at: start)
        let first = try #require(nextSend(&machine, at: start, retries: &retries, settled: &settled))
        machine.called(first, refused(.forbidden), facts(403, at: start), at: start)
        let later = start + .seconds(30)
        retries = [.sample(1, attemptsBefore: 1, reachedAt: start.wall)]
        let probe = try #require(nextSend(&machine, at: later, retries: &retries, settled: &settled))
        #expect(probe.numbers == [1])
        machine.called(probe, refused(.forbidden), facts(403, at: later), at: later)
        _ = nextSend(&machine, at: later, retries: &retries, settled: &settled)
        #expect(settled.map(\.status) == [.retrying, .retrying], "nothing shows that the account is fine")
        #expect(machine.snapshot(at: later).parked != nil)
    }

    /// Sends one event again and again, alone, in a machine of one request at a time.
    private struct Repeats {
        var machine: PipelineMachine
        private let start: ClockReading
        private let delivered: Verdict
        private var fresh: [DeliveryItem] = []
        private(set) var round = 0

        init(_ machine: PipelineMachine, start: ClockReading, delivered: Verdict) {
            self.machine = machine
            (self.start, self.delivered) = (start, delivered)
            _ = self.machine.next(at: start)
            self.machine.foundNothing()
        }

        /// Sends the event once more.
        /// - Parameter others: how many others are there too, which pass.
        /// - Returns: what became of the event.
        mutating func send(_ verdict: Verdict, _ status: Int, others: Int = 2) -> [DeliveryStatus] {
            round += 1
            let now = start + .seconds(60 * round)
            var retries = [DeliveryItem.sample(1, attemptsBefore: round, reachedAt: start.wall)]
            var settled: [SettledDelivery] = []
            fresh = (0..<others).map { .sample(Int64(10 + 2 * round + $0)) }
            machine.woke()
            machine.eventsArrived(at: now)
            while let step = machine.next(at: now, due: retries.isEmpty ? nil : now.wall) {
                switch step {
                case .send(let batch) where batch.numbers == [1]:
                    machine.called(batch, verdict, facts(status, now), at: now)
                case .send(let batch): machine.called(batch, delivered, facts(200, now), at: now)
                case .claim:
                    if fresh.isEmpty { machine.foundNothing() } else { machine.claimed(.init(items: fresh), at: now) }
                    fresh = []
                case .claimDue:
                    machine.claimedDue(.init(items: retries))
                    retries = []
                case .settle(let settlement):
                    settled += settlement.exceptions
                    machine.settled(settlement)
                case .save: machine.saved()
                case .watch, .wake, .intend, .bringForward, .admitRead, .admitBackfill, .askTurn, .endTurn, .finish:
                    break
                }
            }
            return settled.filter { $0.sequence == 1 }.map(\.status)
        }

        private func facts(_ status: Int, _ now: ClockReading) -> AttemptFacts {
            AttemptFacts(at: now.wall, latency: .milliseconds(5), httpStatus: status)
        }
    }

    private let failed = Verdict.all(.ambiguous(DeliveryFault(code: .vendorError, message: "it failed")))
    private let limited = Verdict.all(.retry(DeliveryFault(code: .rateLimited, message: "too many"), after: nil))

    /// A vendor that refuses one event each time it looks at it, or limits it, and fails now and then, as for any other event.
    @Test(arguments: [401, 429])
    func `takes no event for the cause of failures between which the vendor has answered it otherwise`(status: Int) {
        var repeats = Repeats(makeMachine(batch: 1), start: start, delivered: delivered)
        let other = status == 401 ? refused(.unauthorized) : limited
        for _ in 0..<60 {
            for (verdict, status) in [(other, status), (failed, 500), (failed, 500)] {
                #expect(repeats.send(verdict, status) == [.retrying], "round \(repeats.round)")
            }
        }
        let rejected = (0..<20).contains { _ in repeats.send(failed, 500) == [.rejected] }
        #expect(rejected, "one that fails each time is the cause")
    }

    @Test func `takes no event for the cause of an outage in which no other has passed since it began to fail`() {
        var repeats = Repeats(makeMachine(batch: 1), start: start, delivered: delivered)
        for _ in 0..<30 { #expect(repeats.send(limited, 429) == [.retrying]) }
        // The last of the others leave.
        for _ in 0..<5 { #expect(repeats.send(limited, 429, others: 0) == [.retrying]) }
        for _ in 0..<8 { #expect(repeats.send(failed, 500, others: 0) == [.retrying], "round \(repeats.round)") }
        let rejected = (0..<20).contains { _ in repeats.send(failed, 500) == [.rejected] }
        #expect(rejected, "others pass, and it does not")
    }

    @Test func `claims no more while the events at hand are large, and goes on while requests are in flight`() throws {
        var machine = makeMachine(batch: 100)
        guard case .claim? = machine.next(at: start) else { throw Unexpected.step }
        machine.claimed(.init(items: (1...5).map { .sample($0, bytes: 900 << 10) }), at: start)
        guard case .send? = machine.next(at: start) else { throw Unexpected.step }
        guard case .claim? = machine.next(at: start) else { throw Unexpected.step }
        machine.claimed(.init(items: (6...15).map { .sample($0, bytes: 900 << 10) }), at: start)
        #expect(machine.next(at: start) == nil, "eight mebibytes wait, and one request is in flight")
    }
}
