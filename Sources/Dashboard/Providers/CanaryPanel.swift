import Events
import Parity

/// What test events have shown of a provider.
enum CanaryPanel {
    static func panel(_ knowledge: ProviderWatch.Knowledge<CanaryReport>, at now: Timestamp) -> WatchPanel {
        switch knowledge {
        case .impossible(let reason): return .impossible("\(reason), so no test event can be sent and looked for", nil)
        case .unread(let reason): return .unread(reason)
        case .off:
            return WatchPanel(
                WatchPanel.Judgement(
                    mark: "unknown",
                    state: "off",
                    meaning:
                        "No test event is sent, so the time until the vendor shows an event is assumed, not measured.",
                    advice:
                        "Set \"canary\": {\"every\": \"10m\"} at this provider in routes.json; its customer must not be billed."
                )
            )
        case .found(let report): return WatchPanel(judgement(report, at: now), figures(report, at: now))
        }
    }

    private static func judgement(_ report: CanaryReport, at now: Timestamp) -> WatchPanel.Judgement {
        if let alarm = report.alarm {
            return WatchPanel.Judgement(
                mark: "bad",
                state: "alarm",
                meaning: "Since \(TimeText(alarm.since).text) UTC: \(alarm.reason).",
                advice:
                    "If this provider fails, its circuit and last error above say why. If it delivers, ask the vendor why events are "
                    + "accepted and not shown. The alarm ends when one is shown."
            )
        }
        if let visible = report.visibleAt {
            return WatchPanel.Judgement(
                mark: "ok",
                state: "shown",
                meaning: "The vendor showed the last one \(PlainNumbers.age(of: visible, at: now)) ago."
            )
        }
        let when =
            report.sentAt.map { "The first was sent at \(TimeText($0).text) UTC, and the vendor has not shown it yet." }
            ?? "The first is sent within \(PlainNumbers.duration(report.every))."
        return WatchPanel.Judgement(mark: "pending", state: "none shown yet", meaning: when)
    }

    private static func figures(_ report: CanaryReport, at now: Timestamp) -> [ProviderPage.Fact] {
        func lag(_ perMille: Int) -> String {
            report.lag(perMille: perMille).map { PlainNumbers.duration($0) } ?? "not measured"
        }
        return [
            ProviderPage.Fact(label: "One every", text: PlainNumbers.duration(report.every)),
            ProviderPage.Fact(
                label: "On its way since",
                text: report.sentAt.map { "\(TimeText($0).text) UTC" } ?? "none is"
            ),
            ProviderPage.Fact(
                label: "Last shown",
                text: report.visibleAt.map { "\(TimeText($0).text) UTC" } ?? "never"
            ),
            ProviderPage.Fact(label: "Accepted to shown, p50", text: lag(500)),
            ProviderPage.Fact(label: "Accepted to shown, p99", text: lag(990)),
            ProviderPage.Fact(label: "Accepted to shown, p99.9", text: lag(999)),
            ProviderPage.Fact(label: "Measurements", text: PlainNumbers.count(report.lags.count)),
            ProviderPage.Fact(label: "Shown", text: PlainNumbers.count(report.visible)),
            ProviderPage.Fact(label: "Not shown", text: PlainNumbers.count(report.lost)),
            ProviderPage.Fact(label: "Refused", text: PlainNumbers.count(report.rejected)),
        ]
    }
}
