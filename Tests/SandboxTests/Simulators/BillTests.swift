import Foundation
import Testing

@testable import Sandbox

/// What a vendor would bill: by the time of an event or by its receipt, and not after a period is closed.
@Suite struct BillTests {
    private func lines(_ probe: SimulatorProbe, _ question: BillQuestion = BillQuestion()) throws -> [String] {
        let bill = try #require(
            probe.simulator.bill(question, at: SimulatorProbe.start.addingTimeInterval(86_400 * 90))
        )
        return bill.lines.map { line in
            let from = line.from.map { SandboxTime.text(milliseconds: $0).prefix(10) } ?? "-"
            return "\(line.customer) \(from): \(line.units) in \(line.events)"
        }
    }

    private func close(_ probe: SimulatorProbe, after: Double, until: String? = nil) {
        let now = SimulatorProbe.start.addingTimeInterval(after)
        let end = until.flatMap(SandboxTime.exact)?.milliseconds ?? SandboxTime.milliseconds(now)
        probe.simulator.books.close(Closing(at: now, until: end))
    }

    /// The probe's clock begins on the first of November.
    private static let day: Double = 86_400

    @Test func `Lago bills by the month of the timestamp, while a subscription runs and its invoice is open`() throws {
        let probe = SimulatorProbe.lago
        _ = probe.post(
            "/api/v1/subscriptions",
            #"{"subscription":{"external_customer_id":"c","plan_code":"pro","external_id":"s","subscription_at":"2026-10-01T00:00:00Z","ending_at":"2026-12-15T00:00:00Z"}}"#
        )
        /// Lago takes seconds since 1970.
        func event(_ id: String, _ time: String, _ subscription: String = "s") -> String {
            ProbeEvent.lago(id, SandboxTime.exact(time).map { "\($0.seconds)" } ?? time, customer: subscription)
        }
        let sent = probe.send([
            event("a", "2026-10-31T23:00:00Z"), event("b", "2026-11-01T00:00:00Z"),
            event("x", "2026-11-02T00:00:00Z", "none"),
        ])
        #expect(sent.status == 200)
        close(probe, after: Self.day, until: "2026-11-01T00:00:00Z")
        probe.send(
            [
                event("late", "2026-10-30T00:00:00Z"), event("c", "2026-11-03T00:00:00Z"),
                event("over", "2026-12-16T00:00:00Z"),
            ],
            after: 2 * Self.day
        )
        #expect(try lines(probe) == ["c 2026-10-01: 1 in 1", "c 2026-11-01: 2 in 2"])
        #expect(
            probe.simulator.bill(BillQuestion(), at: SimulatorProbe.start.addingTimeInterval(Self.day * 9))?.afterClose
                == 1
        )
        var question = BillQuestion()
        question.from = SandboxTime.milliseconds(SimulatorProbe.start)
        #expect(try lines(probe, question) == ["c 2026-11-01: 2 in 2"])
        question.customers = ["else"]
        #expect(try lines(probe, question).isEmpty)
    }

    @Test func `Lago takes a value that is removed out of a count of different ones`() throws {
        let probe = SimulatorProbe.lago
        _ = probe.post(
            "/api/v1/subscriptions",
            #"{"subscription":{"external_customer_id":"c","plan_code":"pro","external_id":"s","subscription_at":"2026-10-01T00:00:00Z"}}"#
        )
        let metric = #"{"name":"n","code":"api","aggregation_type":"unique_count_agg","field_name":"n"}"#
        _ = probe.post("/api/v1/billable_metrics", #"{"billable_metric":\#(metric)}"#)
        let removal = ProbeEvent.lago("r", "1793491300", n: 2).replacing(
            #"{"n":2}"#,
            with: #"{"n":2,"operation_type":"remove"}"#
        )
        probe.send([ProbeEvent.lago("a", n: 1), ProbeEvent.lago("b", n: 2)])
        #expect(try lines(probe) == ["c 2026-11-01: 2 in 2"])
        probe.send([removal])
        #expect(try lines(probe) == ["c 2026-11-01: 1 in 3"])
    }

    @Test func `Polar bills by receipt, in the cycle that runs then`() throws {
        let probe = SimulatorProbe.polar
        _ = probe.post(
            "/v1/meters/",
            #"{"name":"m","aggregation":{"func":"sum","property":"n"},"filter":{"conjunction":"and","clauses":[{"property":"name","operator":"eq","value":"api"}]}}"#
        )
        func event(_ time: String, _ amount: Int) -> String {
            #"{"name":"api","external_customer_id":"c","timestamp":"\#(time)","metadata":{"n":\#(amount)}}"#
        }
        probe.send([event("2026-10-01T00:00:00Z", 1)], after: 60)
        close(probe, after: Self.day)
        // Of before the close, and received after it.
        probe.send([event("2026-10-15T00:00:00Z", 5)], after: 2 * Self.day)
        #expect(try lines(probe) == ["c -: 1.0 in 1", "c 2026-11-02: 5.0 in 1"])
    }

    @Test func `Knetik bills nothing`() {
        #expect(KnetikSimulator().bill(BillQuestion(), at: SimulatorProbe.start) == nil)
    }
}
