import Events
import Randomness
import Routing
import Testing

@testable import DeliveryEngine

/// Clients' reads and passed calls take a share of the rate limit, behind deliveries.
@Suite struct ReadsShareTests {
    private let start = ClockReading(instant: .now, wall: Timestamp(milliseconds: 0))

    private func gates(_ limit: RateLimit?, share: Double) -> ProviderGates {
        var settings = PipelineSettings(
            provider: "p",
            batch: BatchLimit(events: 1, bytes: 1),
            deduplication: .none,
            rateLimit: limit
        )
        settings.readsShare = share
        return ProviderGates(settings: settings, hold: nil, at: start)
    }

    /// How many reads leave within so many seconds of those that always want to.
    private func reads(_ gates: inout ProviderGates, from second: Int = 0, seconds: Int) -> Int {
        var count = 0
        for tick in (second * 100)..<((second + seconds) * 100) {
            let now = start.instant + .milliseconds(tick * 10)
            guard gates.earliestRead(besides: false, at: now) == now else { continue }
            gates.passRead(at: now)
            count += 1
        }
        return count
    }

    @Test(arguments: [(100.0, 60), (50.0, 30), (10.0, 6), (1.0, 1)])
    func `take no more than their share`(share: Double, most: Int) {
        var gates = gates(RateLimit(requests: 60, per: .seconds(60)), share: share)
        let count = reads(&gates, seconds: 60)
        #expect(count <= most + 1 && count >= max(1, most / 2), "\(count)")
    }

    @Test func `wait while deliveries need the tokens`() {
        var gates = gates(RateLimit(requests: 600, per: .seconds(60)), share: 50)
        while gates.earliestSend(at: start.instant) == start.instant { _ = gates.pass(at: start.instant) }
        #expect(gates.earliestRead(besides: true, at: start.instant) == nil)
    }

    /// Their own burst is a part of the whole one.
    @Test func `leave a delivery that comes its token`() {
        var gates = gates(RateLimit(requests: 600, per: .seconds(60)), share: 50)
        while gates.earliestRead(besides: false, at: start.instant) == start.instant {
            gates.passRead(at: start.instant)
        }
        #expect(gates.earliestSend(at: start.instant) == start.instant)
    }

    @Test func `are halved by a 429, and come back by a tenth a minute`() {
        let limit = RateLimit(requests: 6000, per: .seconds(60))
        var gates = gates(limit, share: 50)
        let before = reads(&gates, seconds: 60)
        gates.readWasLimited(DeliveryFault(code: .rateLimited, message: "too many"), nil, at: start + .seconds(60))
        let halved = reads(&gates, from: 60, seconds: 60)
        #expect(halved <= before / 2 + 2 && halved > before / 3, "\(halved) of \(before)")
        let later = start.instant + .seconds(120)
        #expect(gates.earliestSend(at: later) == later)
    }

    @Test func `are slower after each 429, never stop, and are at their full rate again after a while`() {
        let limit = RateLimit(requests: 600, per: .seconds(60))
        var rate = BackgroundRate(50, of: limit, at: start.instant)
        #expect(rate.factor(at: start.instant) == 1)
        for _ in 0..<40 { rate.limited(at: start.instant) }
        let least = RecoveringFactor.least
        #expect(rate.factor(at: start.instant) == least)
        #expect(rate.factor(at: start.instant + .seconds(59)) == least)
        #expect(abs(rate.factor(at: start.instant + .seconds(60)) / least - 1.1) < 1e-9)
        #expect(rate.factor(at: start.instant + .seconds(7200)) == 1)
        // A clock reading from before is no reason to trap.
        #expect(rate.factor(at: start.instant - .seconds(7200)) == least)
    }

    /// A vendor counts reads and writes together, in windows that begin at any time.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func `stay within the vendor's limit together with deliveries`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let limit = RateLimit(requests: .random(in: 1...2000, using: &random), per: .seconds(60))
        let share = Double(Int.random(in: 1...90, using: &random))
        var gates = gates(limit, share: share)
        var (all, reads): ([Duration], [Duration]) = ([], [])
        var elapsed = Duration.zero
        while elapsed < .seconds(300) {
            let now = start.instant + elapsed
            let deliveriesWait = Int.random(in: 0..<4, using: &random) == 0
            if deliveriesWait, gates.earliestSend(at: now) == now {
                _ = gates.pass(at: now)
                all.append(elapsed)
            }
            if gates.earliestRead(besides: deliveriesWait, at: now) == now {
                gates.passRead(at: now)
                all.append(elapsed)
                reads.append(elapsed)
            }
            elapsed += .milliseconds(.random(in: 1...200, using: &random))
        }
        #expect(most(of: all, within: limit.per) <= limit.requests)
        #expect(most(of: reads, within: limit.per) <= max(1, Int(Double(limit.requests) * share / 100)))
        #expect(!reads.isEmpty)
    }

    /// The most of these times that lie in one window.
    private func most(of times: [Duration], within window: Duration) -> Int {
        var (first, most) = (0, 0)
        for (index, time) in times.enumerated() {
            while times[first] + window <= time { first += 1 }
            most = max(most, index - first + 1)
        }
        return most
    }

    /// Polar's figures: 500 requests a minute for everything, 300 events a second in batches of 100.
    @Test func `a digest of a million events meets no limit beside live traffic, and delays none of it`() {
        let limit = RateLimit(requests: 500, per: .seconds(60))
        var gates = gates(limit, share: 30)
        var (left, window, used, refused, late) = (10_300, -1, 0, 0, 0)
        var tick = 0
        func count(_ second: Int) {
            if second / 60 != window { (window, used) = (second / 60, 0) }
            used += 1
            if used > limit.requests { refused += 1 }
        }
        while left > 0 {
            let now = start.instant + .milliseconds(tick * 100)
            if tick % 3 == 0 {
                if gates.earliestSend(at: now) == now { count(tick / 10) } else { late += 1 }
                _ = gates.pass(at: now)
            }
            if gates.earliestRead(besides: false, at: now) == now {
                gates.passRead(at: now)
                count(tick / 10)
                left -= 1
            }
            tick += 1
        }
        #expect(refused == 0 && late == 0)
        // 150 a minute, but for what the burst may take.
        #expect(tick / 600 < 10_300 / 130, "\(tick / 600) minutes")
    }

    @Test func `are free without a limit`() {
        var gates = gates(nil, share: 1)
        #expect(reads(&gates, seconds: 1) == 100)
    }
}
