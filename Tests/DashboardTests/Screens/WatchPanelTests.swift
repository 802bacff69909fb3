import Events
import Parity
import Testing

@testable import Dashboard

@Suite struct WatchPanelTests {
    private let now = SamplePages.now

    private func verify(_ report: VerifyReport) -> VerifyPanel {
        VerifyPanel(.found(report), opensEventsOf: "shop", at: now)
    }

    private func hours(_ verified: Int, different: Int = 0) -> [VerifyReport.Hour] {
        [VerifyReport.Hour(start: now + .seconds(-60), verified: verified, different: different)]
    }

    private func lost(_ id: String, of tenant: TenantID) -> LostEvent {
        LostEvent(
            sequence: 1,
            tenant: tenant,
            eventID: EventID(id),
            name: "api_request",
            deliveredAt: now,
            foundAt: now,
            lookAt: now
        )
    }

    @Test func `says that nothing is lost, and how much was read back`() {
        let shown = verify(VerifyReport(oneIn: 2000, checkedUpTo: now, hours: hours(1204)))
        #expect(shown.panel.mark == "ok" && shown.panel.meaning.contains("1,204 events were read back, all as sent"))
        #expect(shown.panel.advice == nil && !shown.hasLost)
        #expect(shown.hours.map(\.verified) == ["1,204"])
        #expect(shown.panel.figures.first { $0.label == "Sample" }?.text == "1 of 2,000")
    }

    @Test func `lists lost events, says that others may be missing, and leads to what finds them`() {
        let events = [lost("old", of: "other"), lost("new", of: "shop")]
        let shown = verify(VerifyReport(oneIn: 2000, checkedUpTo: now, hours: hours(9), lost: events))
        #expect(shown.panel.mark == "bad" && shown.panel.state == "2 lost")
        #expect(shown.panel.meaning.contains("Only one of 2,000 events is read back"))
        #expect(shown.panel.adviceLink?.href == "/dashboard/migration")
        #expect(shown.lost.map(\.id) == ["new", "old"], "newest first")
        #expect(shown.lost.map(\.eventHref) == ["/dashboard/events/new", nil], "another tenant's cannot be opened")
        let all = verify(VerifyReport(oneIn: 1, checkedUpTo: now, lost: events))
        #expect(!all.panel.meaning.contains("Only one"), "where every event is read back, all losses are known")
    }

    @Test func `counts the lost events that it does not list`() {
        let events = (0..<60).map { lost("\($0)", of: "shop") }
        let shown = verify(VerifyReport(oneIn: 2, checkedUpTo: now, lost: events))
        #expect(shown.lost.count == VerifyPanel.mostLost && shown.lost[0].id == "59")
        #expect(shown.more == "10")
    }

    @Test func `says how late reads are, and why`() {
        let before = now + .seconds(-7200)
        let late = verify(VerifyReport(oneIn: 2, checkedUpTo: before, hours: hours(1), fault: "HTTP 401"))
        #expect(late.panel.mark == "warn" && late.panel.state == "late")
        #expect(late.panel.meaning.contains("2 h late: HTTP 401"))
        let failing = verify(VerifyReport(oneIn: 2, checkedUpTo: now, hours: hours(1), fault: "HTTP 401"))
        #expect(failing.panel.state == "cannot be read now" && failing.panel.meaning.contains("HTTP 401"))
    }

    @Test func `says that the vendor shows other values than were sent`() {
        let shown = verify(VerifyReport(oneIn: 2, checkedUpTo: now, hours: hours(5, different: 3)))
        #expect(shown.panel.mark == "warn" && shown.panel.meaning.contains("3 events"))
        #expect(shown.panel.adviceLink != nil)
    }

    @Test func `tells nothing read yet from nothing lost`() {
        #expect(verify(VerifyReport(oneIn: 2, checkedUpTo: now)).panel.state == "nothing read yet")
    }

    @Test func `says how to switch reading back on, that a vendor cannot be read, and that the store cannot`() {
        func panel(_ knowledge: ProviderWatch.Knowledge<VerifyReport>) -> WatchPanel {
            VerifyPanel(knowledge, opensEventsOf: nil, at: now).panel
        }
        #expect(panel(.off).advice?.contains(#""verify": {"sample": "1/2000"}"#) == true)
        let impossible = panel(.impossible("Knetik does not show the events that it has"))
        #expect(impossible.state == "not possible" && impossible.meaning.hasPrefix("Knetik does not show"))
        #expect(panel(.unread("disk I/O error")).meaning.contains("disk I/O error"))
        for knowledge in [ProviderWatch.Knowledge<VerifyReport>.off, .impossible("x"), .unread("x")] {
            #expect(!panel(knowledge).hasFigures, "figures of nothing would be zeros that mean something else")
        }
    }

    @Test func `shows how long the vendor needs to show an event`() {
        let report = CanaryReport(
            every: .seconds(600),
            visibleAt: now + .seconds(-120),
            lags: [.seconds(1), .seconds(2), .seconds(30)],
            visible: 3
        )
        let panel = CanaryPanel.panel(.found(report), at: now)
        #expect(panel.mark == "ok" && panel.meaning == "The vendor showed the last one 2 min ago.")
        let figures = Dictionary(panel.figures.map { ($0.label, $0.text) }) { first, _ in first }
        #expect(figures["Accepted to shown, p50"] == "2.0 s" && figures["Accepted to shown, p99"] == "30 s")
    }

    @Test func `says why there is an alarm, and since when`() {
        let alarm = CanaryReport.Alarm(since: now, reason: "the canary of 12:00 was not shown by lago")
        let panel = CanaryPanel.panel(.found(CanaryReport(every: .seconds(600), alarm: alarm)), at: now)
        #expect(panel.mark == "bad" && panel.meaning.contains(alarm.reason) && panel.advice != nil)
        #expect(panel.figures.contains { $0.text == "not measured" })
    }

    @Test func `says when the first test event comes, and that it is on its way`() {
        let first = CanaryPanel.panel(.found(CanaryReport(every: .seconds(600))), at: now)
        #expect(first.mark == "pending" && first.meaning == "The first is sent within 10 min.")
        let sent = CanaryPanel.panel(.found(CanaryReport(every: .seconds(600), sentAt: now)), at: now)
        #expect(sent.meaning.hasPrefix("The first was sent at"))
        #expect(CanaryPanel.panel(.off, at: now).advice?.contains("canary") == true)
    }
}
