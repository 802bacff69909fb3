import Events
import Testing

@testable import Dashboard

@Suite struct EventTimelineTests {
    private let accepted = Timestamp(milliseconds: 1_710_943_200_000)

    private func attempt(_ after: Duration, _ status: DeliveryStatus, latency: Duration = .milliseconds(50)) -> Attempt
    {
        Attempt(at: accepted + after, latency: latency, httpStatus: status == .delivered ? 200 : 503, status: status)
    }

    private func delivery(_ status: DeliveryStatus, _ history: [Attempt], next: Duration? = nil) -> Delivery {
        Delivery(
            provider: "lago-prod",
            adapter: "lago",
            mode: .primary,
            status: status,
            attempts: history.count,
            nextAttemptAt: next.map { accepted + $0 },
            history: history
        )
    }

    private func timeline(_ deliveries: Delivery...) -> String {
        EventTimeline(id: "t", acceptedAt: accepted, deliveries: deliveries).markup
    }

    @Test func `draws a lane with its attempts and waits`() {
        let markup = timeline(
            delivery(.delivered, [attempt(.milliseconds(50), .retrying), attempt(.seconds(60), .delivered)])
        )
        #expect(markup.contains("lago-prod<tspan class=\"muted\" dx=\"8\">primary: delivered, 2 attempts</tspan>"))
        #expect(markup.contains("Attempt 1 at 14:00:00 UTC: retrying, HTTP 503, 50 ms"))
        #expect(markup.contains("Attempt 2 at 14:01:00 UTC: delivered, HTTP 200, 50 ms"))
        #expect(markup.count(of: "class=\"call ") == 2)
        #expect(markup.count(of: "class=\"wait\"") == 1)
        #expect(markup.contains("text-anchor=\"middle\">1 min</text>"))
        #expect(markup.contains("14:01:00 UTC (+1 min)"))
    }

    @Test func `marks the next attempt of a delivery that retries`() {
        let history = [attempt(.milliseconds(50), .retrying)]
        #expect(timeline(delivery(.retrying, history, next: .seconds(900))).contains("Next attempt at 14:15:00 UTC"))
        #expect(!timeline(delivery(.rejected, history, next: .seconds(900))).contains("Next attempt"))
    }

    @Test func `draws an event that nothing happened to yet`() {
        let markup = timeline(delivery(.pending, []))
        #expect(markup.contains("primary: pending, 0 attempts"))
        #expect(!markup.contains("class=\"mark"))
        #expect(timeline().contains("accepted 14:00:00"))
    }

    @Test func `draws the first and the newest of a thousand attempts`() {
        let history = (0..<1000).map { attempt(.seconds($0 * 60), .retrying) }
        let markup = timeline(delivery(.rejected, history))
        #expect(markup.count(of: "class=\"call ") == 60)
        #expect(markup.contains("Attempt 1 at") && markup.contains("Attempt 1000 at"))
    }

    @Test func `gives days and milliseconds room beside each other`() throws {
        let scale = StretchedTime([accepted, accepted + .milliseconds(50), accepted + .seconds(172_800)])
        #expect(scale.shares.first == 0)
        #expect(scale.shares.last == 1)
        #expect(scale.shares[1] > 0.05)
        #expect(scale.share(accepted + .seconds(86_400)) > scale.shares[1])
        #expect(StretchedTime([accepted, accepted]).shares == [0])
        #expect(StretchedTime([]).share(accepted) == 0)
    }

    @Test func `draws an attempt that began before its event was accepted`() {
        // The clock was set back between the two.
        let markup = timeline(delivery(.delivered, [attempt(.seconds(-5), .delivered)]))
        #expect(markup.contains("13:59:55"))
    }

    @Test func `gives each status another shape`() {
        #expect(Set(DeliveryStatus.allCases.map(StatusMarker.path)).count == DeliveryStatus.allCases.count)
    }
}
