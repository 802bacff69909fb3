import Events
import Parity

/// What reading delivered events back has found at a provider.
struct VerifyPanel: Sendable {
    let panel: WatchPanel
    let hours: [Hour]
    let hasHours: Bool
    let lost: [LostRow]
    let hasLost: Bool
    /// How many lost events are not listed; nil if all are.
    let more: String?

    /// The events that were read back in one hour.
    struct Hour: Sendable {
        let start: TimeText
        let verified: String
        let different: String
        let lost: String
    }

    /// An event that the vendor has confirmed and does not show.
    struct LostRow: Sendable {
        let id: String
        /// Nil if the visitor is not allowed to open it.
        let eventHref: String?
        let name: String
        let deliveredAt: TimeText
        let foundAt: TimeText
    }

    /// Lost events that are listed, newest first.
    static let mostLost = 50
    /// Hours that are listed, newest first.
    static let mostHours = 6
    private static let day = Duration.seconds(86_400)

    init(_ knowledge: ProviderWatch.Knowledge<VerifyReport>, opensEventsOf tenant: TenantID?, at now: Timestamp) {
        guard case .found(let report) = knowledge else {
            panel = Self.panel(without: knowledge)
            (hours, lost, more, hasHours, hasLost) = ([], [], nil, false, false)
            return
        }
        panel = WatchPanel(Self.judgement(report, at: now), Self.figures(report, at: now))
        hours = report.hours.suffix(Self.mostHours).reversed().map { hour in
            Hour(
                start: TimeText(hour.start),
                verified: PlainNumbers.count(hour.verified),
                different: PlainNumbers.count(hour.different),
                lost: PlainNumbers.count(hour.lost)
            )
        }
        hasHours = !hours.isEmpty
        lost = report.lost.suffix(Self.mostLost).reversed().map { event in
            LostRow(
                id: event.eventID.rawValue,
                eventHref: event.tenant == tenant ? PageLink.event(event.eventID.rawValue) : nil,
                name: event.name,
                deliveredAt: TimeText(event.deliveredAt),
                foundAt: TimeText(event.foundAt)
            )
        }
        hasLost = !lost.isEmpty
        more = report.lost.count > lost.count ? PlainNumbers.count(report.lost.count - lost.count) : nil
    }

    private static func panel(without knowledge: ProviderWatch.Knowledge<VerifyReport>) -> WatchPanel {
        switch knowledge {
        case .impossible(let reason):
            return .impossible(
                "\(reason), so nothing can be read back, and its responses are all that is known",
                "Compare the vendor's own reports with GET /v1/usage, which adds up what the journal has."
            )
        case .unread(let reason): return .unread(reason)
        case .off, .found:
            return WatchPanel(
                WatchPanel.Judgement(
                    mark: "unknown",
                    state: "off",
                    meaning:
                        "No delivered event is read back, so only a comparison finds what the vendor accepted and lost.",
                    advice: "Set \"verify\": {\"sample\": \"1/2000\"} at this provider in routes.json."
                )
            )
        }
    }

    // MARK: - What is said of a report

    private static let comparing = WatchPanel.Link(label: "Compare", href: Screen.migration.path)

    private static func judgement(_ report: VerifyReport, at now: Timestamp) -> WatchPanel.Judgement {
        if let lost = lost(report) { return lost }
        if let late = late(report, at: now) { return late }
        let yesterday = now + (.zero - day)
        let (verified, different) = (report.verified(since: yesterday), report.different(since: yesterday))
        if different > 0 {
            return WatchPanel.Judgement(
                mark: "warn",
                state: "different values",
                meaning:
                    "The vendor shows \(PlainNumbers.count(different, of: "event")) of the last 24 h with other values than were sent.",
                advice: "Compare the provider with the journal: the comparison names the events and the fields.",
                link: comparing
            )
        }
        if let fault = report.fault {
            return WatchPanel.Judgement(
                mark: "retrying",
                state: "cannot be read now",
                meaning: "The last read failed: \(fault). It is repeated every few seconds, and nothing is left out."
            )
        }
        guard !report.hours.isEmpty else {
            return WatchPanel.Judgement(
                mark: "pending",
                state: "nothing read yet",
                meaning: "No event of the sample was due. Events are read when the vendor's visibility lag has passed."
            )
        }
        let events = PlainNumbers.count(verified, of: "event")
        return WatchPanel.Judgement(
            mark: "ok",
            state: "nothing lost",
            meaning: "In the last 24 h, \(events) \(verified == 1 ? "was" : "were") read back, all as sent."
        )
    }

    private static func lost(_ report: VerifyReport) -> WatchPanel.Judgement? {
        guard !report.lost.isEmpty else { return nil }
        let events = PlainNumbers.count(report.lost.count, of: "event")
        let others =
            report.oneIn > 1
            ? " Only one of \(PlainNumbers.count(report.oneIn)) events is read back, so more may be missing." : ""
        return WatchPanel.Judgement(
            mark: "bad",
            state: "\(PlainNumbers.count(report.lost.count)) lost",
            meaning: "The vendor accepted \(events) and showed none of them in two reads.\(others)",
            advice:
                "Compare the provider with the journal to find all that is missing, and send it again from there. "
                + "An event counts no longer once the vendor shows it.",
            link: comparing
        )
    }

    private static func late(_ report: VerifyReport, at now: Timestamp) -> WatchPanel.Judgement? {
        guard now - report.checkedUpTo > VerifyReport.longestDelay else { return nil }
        let fault = report.fault.map { ": \($0)" } ?? ""
        return WatchPanel.Judgement(
            mark: "warn",
            state: "late",
            meaning:
                "Reads are \(PlainNumbers.age(of: report.checkedUpTo, at: now)) late\(fault). A loss since then is not known yet.",
            advice:
                "Look at the vendor's state above; if it works, raise \"reads\": {\"share\": …} in routes.json, or read a smaller sample."
        )
    }

    private static func figures(_ report: VerifyReport, at now: Timestamp) -> [ProviderPage.Fact] {
        let yesterday = now + (.zero - day)
        var figures = [
            ProviderPage.Fact(label: "Sample", text: "1 of \(PlainNumbers.count(report.oneIn))"),
            ProviderPage.Fact(
                label: "Read back in 24 h",
                text: PlainNumbers.count(report.verified(since: yesterday))
            ),
            ProviderPage.Fact(
                label: "Other values in 24 h",
                text: PlainNumbers.count(report.different(since: yesterday))
            ),
            ProviderPage.Fact(label: "Lost", text: PlainNumbers.count(report.lost.count)),
            ProviderPage.Fact(label: "Lost and accepted", text: PlainNumbers.count(report.accepted)),
            ProviderPage.Fact(label: "Waiting for a read", text: PlainNumbers.count(report.waiting)),
            ProviderPage.Fact(label: "Checked up to", text: "\(TimeText(report.checkedUpTo).text) UTC"),
        ]
        if let fault = report.fault { figures.append(ProviderPage.Fact(label: "Last read failed", text: fault)) }
        return figures
    }
}
