import Events
import Ingress
import Observability
import Parity
import Testing

@testable import Gateway

/// What readiness and metrics say of providers that are watched.
@Suite struct WatchReadinessTests {
    private static let now = Timestamp(rfc3339: "2026-12-22T12:00:00Z")!

    private static func lost() -> LostEvent {
        LostEvent(
            sequence: 1,
            tenant: "t",
            eventID: "e",
            name: "n",
            deliveredAt: now,
            foundAt: now,
            lookAt: now
        )
    }

    @Test func `is ready while nothing is lost, reads keep up and canaries are visible`() {
        let report = WatchReport(
            verify: VerifyReport(
                oneIn: 10,
                checkedUpTo: Self.now + .seconds(-900),
                hours: [VerifyReport.Hour(start: Self.now, verified: 5)]
            ),
            canary: CanaryReport(every: .seconds(60))
        )
        let items = GatewayReadiness.items(of: report, "polar", at: Self.now)
        #expect(items.map(\.name) == ["verify polar", "canary polar"])
        #expect(items.allSatisfy { $0.isReady && !$0.isEssential && $0.provider == "polar" })
        #expect(
            items.map(\.detail) == ["5 events were read back in a day, and none is lost", "no canary is visible yet"]
        )
        #expect(GatewayReadiness.items(of: WatchReport(), "polar", at: Self.now).isEmpty)
    }

    @Test func `is not ready when an event is lost, reads are late, or a canary raises an alarm`() {
        let alarm = CanaryReport.Alarm(since: Self.now, reason: "it was not shown by polar")
        let losing = WatchReport(
            verify: VerifyReport(oneIn: 10, checkedUpTo: Self.now, lost: [Self.lost()]),
            canary: CanaryReport(every: .seconds(60), alarm: alarm)
        )
        let items = GatewayReadiness.items(of: losing, "polar", at: Self.now)
        #expect(items.allSatisfy { !$0.isReady && !$0.isEssential })
        let time = Self.now.rfc3339
        #expect(
            items.map(\.detail) == [
                "polar has lost 1 event of the sample of 1/10 that it had accepted, the first found at \(time)",
                "it was not shown by polar, since \(time)",
            ]
        )
        let late = WatchReport(
            verify: VerifyReport(oneIn: 10, checkedUpTo: Self.now + .seconds(-901), fault: "polar answers 401")
        )
        #expect(GatewayReadiness.items(of: late, "polar", at: Self.now).map(\.isReady) == [false])
        #expect(GatewayReadiness.items(of: late, "polar", at: Self.now)[0].detail.hasSuffix("only: polar answers 401"))
    }

    @Test func `is in the metrics, without tenants' own accounts`() {
        let report = WatchReport(
            verify: VerifyReport(oneIn: 10, checkedUpTo: Self.now + .seconds(-7), waiting: 3, lost: [Self.lost()]),
            canary: CanaryReport(every: .seconds(60), lags: [.seconds(1), .milliseconds(2500)])
        )
        var text = PrometheusText()
        WatchMetrics(["polar": report, "polar@shop": report], at: Self.now).write(to: &text)
        let lines = String(decoding: text.bytes, as: UTF8.self).split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(
            lines == [
                #"tollgate_verify_waiting{provider="polar"} 3"#, #"tollgate_verify_missing{provider="polar"} 1"#,
                #"tollgate_verify_age_seconds{provider="polar"} 7"#, #"tollgate_canary_overdue{provider="polar"} 0"#,
                #"tollgate_visible_lag_seconds{provider="polar"} 2.5"#,
            ]
        )
        var empty = PrometheusText()
        WatchMetrics(["polar": WatchReport()], at: Self.now).write(to: &empty)
        #expect(empty.bytes.isEmpty)
    }
}
