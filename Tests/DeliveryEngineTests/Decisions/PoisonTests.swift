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
