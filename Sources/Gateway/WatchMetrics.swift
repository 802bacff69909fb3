import Events
import Observability
import Parity
import Routing

/// The metrics of watched providers.
struct WatchMetrics {
    private let verified: [(provider: ProviderName, report: VerifyReport)]
    private let canaries: [(provider: ProviderName, report: CanaryReport)]
    private let now: Timestamp

    /// A tenant's own account has no label, as everywhere in the metrics.
    init(_ reports: [ProviderName: WatchReport], at now: Timestamp) {
        let shown = reports.filter { $0.key == $0.key.withoutTenant }.sorted { $0.key < $1.key }
        verified = shown.compactMap { name, report in report.verify.map { (name, $0) } }
        canaries = shown.compactMap { name, report in report.canary.map { (name, $0) } }
        self.now = now
    }

    func write(to text: inout PrometheusText) {
        if !verified.isEmpty {
            text.family(
                "tollgate_verify_waiting",
                .gauge,
                "Events of the sample that wait for their delivery, for the vendor's lag or for a read."
            )
            each(verified) { text.sample("tollgate_verify_waiting", labels: $0, Int64($1.waiting)) }
            text.family(
                "tollgate_verify_missing",
                .gauge,
                "Lost events that the vendor still does not show, and that nobody has accepted."
            )
            each(verified) { text.sample("tollgate_verify_missing", labels: $0, Int64($1.lost.count)) }
            text.family(
                "tollgate_verify_age_seconds",
                .gauge,
                "How long ago the last read was due that was made; small while reads keep up."
            )
            each(verified) { text.sample("tollgate_verify_age_seconds", labels: $0, seconds(since: $1.checkedUpTo)) }
        }
        guard !canaries.isEmpty else { return }
        text.family("tollgate_canary_overdue", .gauge, "1 if a canary raises an alarm, else 0.")
        each(canaries) { text.sample("tollgate_canary_overdue", labels: $0, Int64($1.alarm == nil ? 0 : 1)) }
        text.family(
            "tollgate_visible_lag_seconds",
            .gauge,
            "The visibility lag that one of a thousand of the latest canaries exceeded; 0 before the first."
        )
        each(canaries) { labels, report in
            let lag = report.lag(perMille: 999) ?? .zero
            text.sample("tollgate_visible_lag_seconds", labels: labels, Double(lag.wholeMilliseconds) / 1000)
        }
    }

    private func each<Report>(_ reports: [(provider: ProviderName, report: Report)], _ body: (String, Report) -> Void) {
        for (name, report) in reports { body(PrometheusText.labels([("provider", name.rawValue)]), report) }
    }

    private func seconds(since time: Timestamp) -> Double { Double(max(0, (now - time).wholeMilliseconds)) / 1000 }
}
