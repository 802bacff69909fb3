import Foundation
import Testing

@testable import Sandbox

/// What Flexprice's search shows of subscriptions, and which months they are billed by.
@Suite struct FlexpriceSubscriptionTests {
    /// Two customers with subscriptions; the probe's clock begins on the first of November.
    private static func probe() -> SimulatorProbe {
        let probe = SimulatorProbe.flexprice
        for (customer, more) in [
            ("a", #","billing_cycle":"anniversary""#), ("b", #","end_date":"2026-11-20T00:00:00Z""#),
        ] {
            _ = probe.post("/v1/customers", #"{"external_id":"\#(customer)","name":"n"}"#)
            _ = probe.post(
                "/v1/subscriptions",
                #"{"external_customer_id":"\#(customer)","plan_id":"plan_pro","currency":"usd","start_date":"2026-01-31T09:00:00Z"\#(more)}"#
            )
        }
        return probe
    }

    private static func items(_ probe: SimulatorProbe, _ body: String, after: Double = 0) -> [SandboxJSON] {
        probe.post("/v1/subscriptions/search", body, after: after).json["items"]?.array ?? []
    }

    @Test func `have their running period, and their customer if it is asked for`() throws {
        let probe = Self.probe()
        // The newest first.
        let shown = Self.items(probe, #"{"limit":10,"offset":0,"expand":"plan,customer"}"#)
        #expect(shown.map { $0["customer"]?["external_id"]?.string } == ["b", "a"])
        let (calendar, anniversary) = (shown[0], shown[1])
        #expect(anniversary["billing_anchor"]?.string == "2026-01-31T09:00:00.000Z")
        #expect(anniversary["current_period_start"]?.string == "2026-10-31T09:00:00.000Z")
        #expect(anniversary["current_period_end"]?.string == "2026-11-30T09:00:00.000Z")
        #expect(anniversary["end_date"]?.isNull == true)
        #expect(calendar["billing_cycle"]?.string == "calendar")
        #expect(calendar["current_period_start"]?.string == "2026-11-01T00:00:00.000Z")
        #expect(calendar["end_date"]?.string == "2026-11-20T00:00:00.000Z")
        #expect(Self.items(probe, "{}").allSatisfy { $0["customer"]?.isNull == true })
    }

    @Test func `are shown while they run`() {
        let shown = Self.items(Self.probe(), #"{"expand":"customer"}"#, after: 86_400 * 19)
        #expect(shown.map { $0["customer"]?["external_id"]?.string } == ["a"])
    }

    @Test func `are billed by their own months`() throws {
        let probe = Self.probe()
        let meter =
            #"{"name":"m","event_name":"api","aggregation":{"type":"COUNT"},"reset_usage":"BILLING_PERIOD"}"#
        _ = probe.post("/v1/features", #"{"name":"f","type":"metered","meter":\#(meter)}"#)
        for customer in ["a", "b"] {
            probe.send([ProbeEvent.flexprice("e-\(customer)", "2026-10-31T08:00:00Z", customer: customer)])
        }
        let bill = try #require(probe.simulator.bill(BillQuestion(), at: SimulatorProbe.start))
        let starts = bill.lines.map { $0.from.map { SandboxTime.text(milliseconds: $0) } }
        #expect(starts == ["2026-09-30T09:00:00.000Z", "2026-10-01T00:00:00.000Z"])
    }
}
