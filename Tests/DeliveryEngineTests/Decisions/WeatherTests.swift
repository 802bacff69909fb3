import Events
import Journal
import Routing
import Testing

@testable import DeliveryEngine

/// A vendor that is down, limits, or refuses the account for a while: afterwards everything arrives, nothing is given up too early, and
/// it was not flooded with requests.
@Suite struct WeatherTests {
    typealias Weather = SimulatedDelivery.Weather

    private func settings(batch: Int, giveUpAfter: Duration = .seconds(72 * 3600)) -> PipelineSettings {
        PipelineSettings(
            provider: "acme",
            batch: BatchLimit(events: batch, bytes: 1 << 20),
            deduplication: .byIdentity(memory: nil),
            retry: RetrySchedule(giveUpAfter: giveUpAfter)
        )
    }

    /// An event every two seconds for ten minutes.
    private let arrivals = (0..<300).map { Duration.seconds($0 * 2) }

    private func run(
        _ weather: [(from: Duration, Weather)],
        batch: Int,
        retryAfter: Duration? = nil,
        giveUpAfter: Duration = .seconds(72 * 3600),
        until limit: Duration
    ) -> SimulatedDelivery {
        var delivery = SimulatedDelivery(
            settings(batch: batch, giveUpAfter: giveUpAfter),
            arrivals: arrivals,
            poisons: [:],
            seed: 5
        )
        delivery.weather = weather
        delivery.retryAfter = retryAfter
        delivery.run(for: limit)
        return delivery
    }

    @Test(arguments: [1, 100], [Weather.limited, .unavailable, .refused, .unreachable])
    func `one bad answer to a probe stops nothing`(batch: Int, answer: Weather) {
        // The circuit is open after some seconds; the probes of the next two meet the other answer.
        let delivery = run(
            [(.zero, .fine), (.seconds(60), .unavailable), (.seconds(90), answer), (.seconds(155), .fine)],
            batch: batch,
            until: .seconds(1500)
        )
        #expect(delivery.ends.count == arrivals.count)
        #expect(delivery.ends.values.allSatisfy { $0.status == .delivered })
        #expect(delivery.circuit == "closed")
        #expect(delivery.parked == nil)
    }

    @Test(arguments: [1, 100], [Weather.limited, .unreachable])
    func `gives nothing up that never reached the vendor, however long that takes`(batch: Int, outage: Weather) {
        let delivery = run(
            [(.zero, outage), (.seconds(1200), .fine)],
            batch: batch,
            giveUpAfter: .seconds(300),
            until: .seconds(3600)
        )
        #expect(delivery.ends.count == arrivals.count)
        #expect(delivery.ends.values.allSatisfy { $0.status == .delivered })
        // New events have a place of their own beside retries.
        #expect(
            delivery.requestsInBadWeather <= 1200 + arrivals.count,
            "one a second and one for each new event at most, where the vendor names no time"
        )
    }

    @Test(arguments: [1, 100], [Weather.unavailable, .refused])
    func `asks a vendor that is down as seldom as the pauses say`(batch: Int, outage: Weather) {
        let delivery = run([(.zero, outage), (.seconds(3600), .fine)], batch: batch, until: .seconds(7200))
        #expect(delivery.ends.count == arrivals.count)
        #expect(delivery.ends.values.allSatisfy { $0.status == .delivered })
        #expect(delivery.requestsInBadWeather <= 150)
    }

    @Test(arguments: [1, 100], [Weather.limited, .unavailable, .refused, .unreachable])
    func `gives nothing up within a limit, although the backlog waited longer`(batch: Int, outage: Weather) {
        let delivery = run(
            [(.zero, outage), (.seconds(3600), .limited), (.seconds(3700), .unreachable), (.seconds(3800), .fine)],
            batch: batch,
            giveUpAfter: .seconds(7200),
            until: .seconds(8000)
        )
        #expect(delivery.ends.count == arrivals.count)
        #expect(delivery.ends.values.allSatisfy { $0.status == .delivered })
    }

    @Test func `obeys a wait that the vendor asks for`() {
        let delivery = run(
            [(.zero, .limited), (.seconds(1), .fine)],
            batch: 100,
            retryAfter: .seconds(300),
            until: .seconds(1500)
        )
        #expect(delivery.requestsInBadWeather <= 4)
        #expect(delivery.ends.count == arrivals.count)
        #expect(delivery.ends.values.map(\.at).min().map { $0 >= .seconds(300) } == true)
    }
}
