import Events
import Randomness
import Routing
import Testing

@testable import DeliveryEngine

/// A backfill and live deliveries at one provider.
@Suite struct BackfillMachineTests {
    private func settings(
        batch: Int = 10,
        concurrency: Int = 4,
        _ limit: RateLimit? = nil,
        deduplication: Deduplication = .byIdentity(memory: nil),
        retry: RetrySchedule = RetrySchedule()
    ) -> PipelineSettings {
        PipelineSettings(
            provider: "p",
            batch: BatchLimit(events: batch, bytes: 1 << 20),
            deduplication: deduplication,
            retry: retry,
            concurrency: concurrency,
            rateLimit: limit
        )
    }

    private static let limited = Verdict.all(.retry(DeliveryFault(code: .rateLimited, message: "too many"), after: nil))
    private static let refused = Verdict.all(.park(DeliveryFault(code: .unauthorized, message: "the key is wrong")))
    private static let down = Verdict.all(
        .retry(DeliveryFault(code: .vendorUnavailable, message: "down"), after: nil)
    )

    @Test func `delivers every event once and ends behind the last`() {
        var provider = SharedProvider(settings(), arrivals: [], fill: 1005)
        provider.run(until: .seconds(600))
        #expect(provider.backfillIsDone)
        #expect(provider.ends[.backfill]?.count == 1005)
        #expect(provider.ends[.backfill]?.values.allSatisfy { $0 == [.delivered] } ?? false)
        #expect(provider.requests.count == 101)
    }

    @Test func `counts which requests took of the rate limit, those of backfills apart`() {
        let limit = RateLimit(requests: 1000, per: .seconds(1))
        let arrivals = (1...20).map { Duration.milliseconds(50 * $0) }
        var provider = SharedProvider(settings(limit), arrivals: arrivals, fill: 205)
        provider.run(until: .seconds(600))
        #expect(provider.counts.left == provider.requests(of: .live).count)
        #expect(provider.counts.leftForBackfills >= provider.requests(of: .backfill).count)
        #expect(provider.counts.left > 0 && provider.requests(of: .backfill).count == 21)
    }

    @Test func `a backfill of nothing ends at once`() {
        var provider = SharedProvider(settings(), arrivals: [], fill: 0)
        provider.run(until: .seconds(1))
        #expect(provider.backfillIsDone && provider.requests.isEmpty)
    }

    @Test func `takes events that come while it has nothing to do but to wait for a retry`() {
        // The retry waits for an hour or so.
        let retry = RetrySchedule(base: .seconds(7200), cap: .seconds(7200))
        var provider = SharedProvider(settings(retry: retry), arrivals: [], fill: 1)
        provider.answer = { _, at in at < .seconds(1) ? Self.down : .all(.delivered(deduplicated: false)) }
        provider.run(until: .seconds(5))
        #expect(provider.requests.count == 1)
        provider.add(toFill: 1)
        provider.run(until: .seconds(7))
        #expect(provider.requests.map(\.sequences.count) == [1, 1])
        #expect(Set(provider.requests.flatMap(\.sequences)).count == 2, "the event that came, and not the retry")
        #expect(!provider.backfillIsDone)
        provider.run(until: .seconds(7300))
        #expect(provider.backfillIsDone)
        #expect(provider.ends[.backfill]?.count == 2)
        #expect(provider.ends[.backfill]?.values.allSatisfy { $0 == [.delivered] } ?? false)
    }

    @Test(arguments: [Deduplication.none, .byIdentity(memory: nil)])
    func `stopped, it finishes what is in flight and gives the rest back`(deduplication: Deduplication) {
        var provider = SharedProvider(settings(deduplication: deduplication), arrivals: [], fill: 5000)
        provider.run(until: .milliseconds(500))
        provider.closeBackfill()
        let before = provider.requests.count
        provider.run(until: .seconds(60))
        #expect(provider.requests.count == before, "nothing new after the stop")
        let sent = provider.requests.flatMap(\.sequences)
        #expect(Set(sent).count == sent.count)
        #expect(Set(provider.ends[.backfill]?.keys.map { $0 } ?? []) == Set(sent))
        #expect(Set(provider.backfillGaveBack.map(\.rawValue)).isDisjoint(with: sent))
    }

    // MARK: - Live first

    /// Live events at random times, a limit on requests, and a backfill that always wants to go on.
    @Test(arguments: 0..<6 as Range<UInt64>)
    func `stays within the provider's limit, and leaves live events their requests`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let limit = RateLimit(requests: .random(in: 20...120, using: &random), per: .seconds(60))
        let percent = Double(Int.random(in: 1...100, using: &random))
        // Live events need half of the requests at most.
        var arrivals: [Duration] = []
        var elapsed = Duration.seconds(1)
        while elapsed < .seconds(200) {
            arrivals.append(elapsed)
            elapsed += .milliseconds(Int64.random(in: 0...(4 * 60_000 / Int64(limit.requests)), using: &random))
        }
        func run(fill: Int) -> SharedProvider {
            var provider = SharedProvider(settings(limit), arrivals: arrivals, fill: fill, percent: percent)
            provider.run(until: .seconds(260))
            return provider
        }
        let (alone, shared) = (run(fill: 0), run(fill: 20_000))
        #expect(most(of: shared.requests.map(\.at), within: limit.per) <= limit.requests)
        let share = max(1, Int(Double(limit.requests) * percent / 100))
        #expect(most(of: shared.requests(of: .backfill).map(\.at), within: limit.per) <= share)
        #expect(shared.requests(of: .backfill).count > 0)
        #expect(shared.ends[.live]?.count == arrivals.count)
        // A live event waits for a token that the backfill took a moment before it came, and for no more than one.
        let token = limit.per / Double(limit.requests) * 1.2
        let (before, after) = (alone.liveWaits.max() ?? .zero, shared.liveWaits.max() ?? .zero)
        #expect(after <= before + token * 2 + .milliseconds(200), "\(before), \(after)")
    }

    @Test func `waits while live events have waited for five seconds, and goes on when they are through`() {
        // More than the limit allows for a minute.
        let arrivals = (0..<400).map { Duration.milliseconds(1000 + $0 * 150) }
        let limit = RateLimit(requests: 120, per: .seconds(60))
        var provider = SharedProvider(settings(batch: 1, limit), arrivals: arrivals, fill: 1000)
        provider.run(until: .seconds(60))
        #expect(provider.hold == .live)
        let held = provider.requests(of: .backfill).filter { $0.at > .seconds(15) && $0.at < .seconds(60) }
        #expect(held.isEmpty)
        provider.run(until: .seconds(600))
        #expect(provider.ends[.live]?.count == 400)
        #expect(provider.requests(of: .backfill).contains { $0.at > .seconds(300) })
    }

    @Test func `takes one place less than there are, so that a live event finds one`() {
        var provider = SharedProvider(settings(concurrency: 4), arrivals: [.seconds(30)], fill: 1_000_000, percent: 100)
        // A vendor that takes a minute for each request.
        provider.latency = .seconds(60)
        provider.run(until: .seconds(31))
        #expect(provider.requests(of: .backfill).count == 3)
        #expect(provider.requests(of: .live).first.map { $0.at < .seconds(31) } ?? false)
    }

    @Test func `has nearly as many requests in flight as live deliveries would, once the vendor has taken some`() {
        var provider = SharedProvider(settings(concurrency: 16), arrivals: [], fill: 1_000_000, percent: 100)
        provider.latency = .seconds(1)
        provider.run(until: .seconds(60))
        let late = provider.requests(of: .backfill).filter { $0.at >= .seconds(50) && $0.at < .seconds(59) }
        #expect(late.count >= 9 * 14)
    }

    // MARK: - What holds it

    @Test func `a 429 of its own halves its rate and holds it for a minute, live events go on`() {
        var provider = SharedProvider(
            settings(RateLimit(requests: 600, per: .seconds(60))),
            arrivals: (0..<100).map { .seconds(1 + $0) },
            fill: 100_000
        )
        provider.answer = { side, at in
            side == .backfill && at > .seconds(10) && at < .seconds(11)
                ? Self.limited : .all(.delivered(deduplicated: false))
        }
        provider.run(until: .seconds(60))
        #expect(provider.hold == .limited)
        #expect(provider.factor <= 0.5)
        let quiet = provider.requests.filter { $0.at > .milliseconds(11_100) && $0.at < .seconds(60) }
        #expect(quiet.allSatisfy { $0.side == .live } && !quiet.isEmpty)
        provider.run(until: .seconds(100))
        #expect(provider.requests(of: .backfill).contains { $0.at > .seconds(72) })
    }

    @Test func `waits while the circuit is open, and is the probe if no live event is there`() {
        var provider = SharedProvider(settings(), arrivals: [], fill: 1000)
        provider.answer = { _, at in at < .seconds(100) ? Self.down : .all(.delivered(deduplicated: false)) }
        provider.run(until: .seconds(99))
        // Probes, with longer and longer pauses between them.
        #expect(provider.requests.count < 100)
        provider.run(until: .seconds(3600))
        #expect(provider.backfillIsDone)
        #expect(provider.ends[.backfill]?.count == 1000)
    }

    @Test func `says what it waits for while only its own requests fail`() {
        // Live events pass, so that the provider's circuit closes again and again.
        let arrivals = (0..<100).map { Duration.seconds(1 + $0) }
        var provider = SharedProvider(settings(), arrivals: arrivals, fill: 1000)
        provider.answer = { side, at in
            side == .backfill && at < .seconds(90) ? Self.down : .all(.delivered(deduplicated: false))
        }
        var holds: Set<BackfillThrottle.Hold?> = []
        for second in 30..<90 {
            provider.run(until: .seconds(second))
            if provider.hold == nil { holds.insert(provider.ownHold) }
        }
        #expect(holds == [.circuit])
        provider.run(until: .seconds(3600))
        #expect(provider.backfillIsDone && provider.ownHold == nil)
    }

    /// The backfill asks for a turn while its first requests are in flight, whose answers park it; the turn comes with the provider's probe.
    @Test func `gives the provider's probe back while its own account is parked, so that a live event is the probe`() {
        var provider = SharedProvider(
            settings(batch: 1),
            arrivals: [.seconds(1), .seconds(5)],
            fill: 1000,
            joiningAt: .seconds(2)
        )
        provider.answer = { side, _ in side == .backfill ? Self.refused : .all(.delivered(deduplicated: false)) }
        provider.run(until: .seconds(4))
        #expect(!provider.requests(of: .backfill).isEmpty && provider.ownHold == .circuit)
        provider.run(until: .seconds(7))
        #expect(provider.ends[.live] == [1: [.delivered], 2: [.delivered]])
    }

    /// Who says that a backfill begins, and who says that it asks, are different threads.
    @Test func `gives a turn to a backfill that asked before it was told that it begins`() {
        let now = ClockReading.sample
        var machine = PipelineMachine(settings: settings(), seed: 1, at: now)
        func granted() -> [LaneNumber] {
            var granted: [LaneNumber] = []
            while let step = machine.next(at: now) {
                if case .admitBackfill(let turn) = step { granted.append(turn.backfill) }
            }
            return granted
        }
        machine.backfillAsks(1)
        #expect(granted() == [])
        machine.backfillJoined(1, percent: 50, at: now)
        #expect(granted() == [1])
        // One that has left is forgotten.
        machine.backfillAsks(2)
        machine.backfillLeft(2)
        machine.backfillJoined(2, percent: 50, at: now)
        #expect(granted() == [])
    }

    @Test func `waits while clients wait for their events to be accepted`() {
        var provider = SharedProvider(settings(), arrivals: [], fill: 100_000)
        provider.acceptance = { at in
            let requests = Int(at / .milliseconds(10))
            return AcceptanceLoad.Counts(requests: requests, slow: at < .seconds(30) ? requests : 3000)
        }
        provider.run(until: .seconds(29))
        #expect(provider.hold == .acceptance)
        let early = provider.requests.count { $0.at > .seconds(5) }
        #expect(early == 0)
        provider.run(until: .seconds(60))
        #expect(provider.requests.contains { $0.at > .seconds(41) })
    }

    @Test func `leaves the gateway to its clients while they send, and takes what it can when they do not`() {
        let settings = settings(batch: 100, concurrency: 4)
        var provider = SharedProvider(settings, arrivals: [], fill: 1_000_000, percent: 100)
        provider.latency = .milliseconds(4)
        // Clients that send between the second second and the sixth.
        provider.acceptance = { at in
            AcceptanceLoad.Counts(requests: Int(min(max(at - .seconds(2), .zero), .seconds(4)) / .milliseconds(50)))
        }
        provider.run(until: .seconds(9))
        func events(in second: Int) -> Int {
            provider.requests.filter { $0.at >= .seconds(second) && $0.at < .seconds(second + 1) }
                .reduce(0) { $0 + $1.sequences.count }
        }
        let most = Int(Duration.seconds(1) / BackfillPace.perEvent)
        for second in 3..<6 { #expect((most / 2...most + 100).contains(events(in: second)), "second \(second)") }
        for second in [1, 8] { #expect(events(in: second) > 3 * most, "second \(second)") }
    }

    @Test func `goes at another rate as soon as it is changed`() {
        let limit = RateLimit(requests: 1200, per: .seconds(60))
        var provider = SharedProvider(settings(limit), arrivals: [], fill: 100_000, percent: 50)
        provider.run(until: .seconds(60))
        provider.change(to: 10)
        provider.run(until: .seconds(180))
        // Ten in a second, then two, after what is left of the burst is paid for.
        let first = provider.requests.count { $0.at >= .seconds(10) && $0.at < .seconds(60) }
        let second = provider.requests.count { $0.at >= .seconds(130) && $0.at < .seconds(180) }
        #expect(first > 400 && first <= 500, "\(first)")
        #expect(second > 80 && second <= 100, "\(second)")
    }

    private func most(of times: [Duration], within window: Duration) -> Int {
        var (first, most) = (0, 0)
        for (index, time) in times.enumerated() {
            while times[first] + window <= time { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }
}
