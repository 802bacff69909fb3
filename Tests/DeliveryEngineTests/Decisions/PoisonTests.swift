import Events
import Journal
import Randomness
import Routing
import Testing

@testable import DeliveryEngine

/// No set of events that a vendor does not take keeps the others from it.
@Suite struct PoisonTests {
    /// One made-up life of a pipeline.
    private struct Life {
        let batch: Int
        let concurrency: Int
        let arrivals: [Duration]
        let poisons: [Int64: SimulatedDelivery.Poison]

        /// A busy quarter of an hour, then an event a minute for `hours`.
        init(seed: UInt64, hours: Int, kinds: [SimulatedDelivery.Poison]) {
            var random = SplitMix(seed: seed)
            batch = [1, 10, 100].randomElement(using: &random) ?? 1
            concurrency = [1, 2, 8].randomElement(using: &random) ?? 1
            let busy = (0..<3600).map { Duration.milliseconds($0 * 250) }
            arrivals = busy + (15..<60 * hours).map { .seconds($0 * 60) }
            let count = Int.random(in: 1...30, using: &random)
            // All at the start, where nothing good precedes them, or scattered.
            let range = Bool.random(using: &random) ? 1...Int64(count) : 1...3000
            var poisons: [Int64: SimulatedDelivery.Poison] = [:]
            while poisons.count < count {
                poisons[Int64.random(in: range, using: &random)] = kinds.randomElement(using: &random)
            }
            self.poisons = poisons
        }

        var settings: PipelineSettings {
            PipelineSettings(
                provider: "acme",
                batch: BatchLimit(events: batch, bytes: 1 << 20),
                deduplication: .byIdentity(memory: nil),
                concurrency: concurrency
            )
        }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>, SimulatedDelivery.Poison.allCases)
    func `delivers every good event soon, and rejects every poisoned one that may be rejected`(
        seed: UInt64,
        kind: SimulatedDelivery.Poison
    ) {
        check(Life(seed: seed, hours: 3, kinds: [kind]), seed: seed)
    }

    @Test(arguments: 100...115 as ClosedRange<UInt64>)
    func `does so for any mixture of poison`(seed: UInt64) {
        check(Life(seed: seed, hours: 3, kinds: SimulatedDelivery.Poison.allCases), seed: seed)
    }

    @Test(arguments: 1...2 as ClosedRange<UInt64>, [Deduplication.byIdentity(memory: nil), .none])
    func `finds valid events behind a long row of poisoned ones, also where an event may go once only`(
        seed: UInt64,
        deduplication: Deduplication
    ) {
        let poisoned = 120
        let good = (1...600).map { Duration.seconds($0) } + (11...180).map { .seconds(60 * $0) }
        let arrivals = [Duration](repeating: .zero, count: poisoned) + good
        let settings = PipelineSettings(
            provider: "acme",
            batch: BatchLimit(events: 1, bytes: 1 << 20),
            deduplication: deduplication,
            concurrency: 8
        )
        var delivery = SimulatedDelivery(
            settings,
            arrivals: arrivals,
            poisons: Dictionary(uniqueKeysWithValues: (1...poisoned).map { (Int64($0), .failure) }),
            seed: seed
        )
        delivery.run(for: .seconds(4 * 3600))
        let waits = (poisoned..<arrivals.count).map { index in
            let end = delivery.ends[Int64(index + 1)]
            return end?.status == .delivered ? (end?.at ?? .zero) - arrivals[index] : .seconds(4 * 3600)
        }
        #expect(waits.allSatisfy { $0 < .seconds(600) }, "\(waits.max() ?? .zero)")
        let expected: DeliveryStatus = deduplication == .none ? .uncertain : .rejected
        #expect((1...poisoned).allSatisfy { delivery.ends[Int64($0)]?.status == expected })
    }

    /// Each outage lasts for some seconds, in which an event that is sent alone fails like all others.
    @Test(arguments: 200...211 as ClosedRange<UInt64>)
    func `never rejects an event that only a rate limit keeps back, though the vendor fails now and then`(seed: UInt64)
    {
        let life = Life(seed: seed, hours: 3, kinds: [.limited])
        var delivery = SimulatedDelivery(life.settings, arrivals: life.arrivals, poisons: life.poisons, seed: seed)
        delivery.weather = (1...60).flatMap { (minute) -> [(from: Duration, SimulatedDelivery.Weather)] in
            [(.seconds(60 * minute), .unavailable), (.seconds(60 * minute + 8), .fine)]
        }
        delivery.run(for: .seconds(2 * 3600))
        let rejected = delivery.ends.filter { $0.value.status == .rejected }.keys.sorted()
        #expect(rejected.isEmpty, "seed \(seed), \(life.poisons.count) poisons")
        let late = life.arrivals.indices.filter { index in
            life.poisons[Int64(index + 1)] == nil && life.arrivals[index] < .seconds(3600)
                && delivery.ends[Int64(index + 1)]?.status != .delivered
        }
        #expect(late.isEmpty, "good ones still wait; seed \(seed)")
    }

    private func check(_ life: Life, seed: UInt64) {
        // An event on which the vendor hangs takes half a minute each time, and where one request goes at a time, of all others.
        let limit = Duration.seconds(life.concurrency == 1 && life.poisons.values.contains(.hang) ? 7200 : 600)
        var delivery = SimulatedDelivery(
            life.settings,
            arrivals: life.arrivals,
            poisons: life.poisons,
            seed: seed
        )
        delivery.retryAfter = seed.isMultiple(of: 2) ? .seconds(2) : nil
        delivery.run(for: .seconds(3 * 3600))
        var slowest = (number: Int64(0), wait: Duration.zero)
        for (index, arrival) in life.arrivals.enumerated() {
            let number = Int64(index + 1)
            let end = delivery.ends[number]
            if life.poisons[number] == nil {
                #expect(end?.status == .delivered, "\(number), seed \(seed)")
                let wait = (end?.at ?? .seconds(3 * 3600)) - arrival
                if wait > slowest.wait { slowest = (number, wait) }
            } else {
                let expected: DeliveryStatus? = life.poisons[number]?.ends == true ? .rejected : nil
                #expect(end?.status == expected, "poisoned \(number), seed \(seed)")
            }
        }
        #expect(
            slowest.wait < limit,
            "\(slowest), seed \(seed), batch \(life.batch), concurrency \(life.concurrency), \(life.poisons.count) poisons"
        )
    }
}
