import Events
import Parity
import Testing

/// Which comparison tells of which day, and what it found there.
@Suite struct ParityDaysTests {
    private let today = Timestamp(rfc3339: "2026-11-30T00:00:00Z")!
    private var now: Timestamp { today + .seconds(50_000) }
    private let day = Duration.seconds(86_400)

    private func run(
        _ id: Int64,
        from: Timestamp,
        until: Timestamp,
        _ providers: [ProviderName] = ["lago"],
        level: ParityLevel = .full,
        state: ParityRun.State = .finished,
        unreadable: String? = nil,
        causes: [CauseCount] = []
    ) -> ParityRun {
        ParityRun(
            id: id,
            order: ParityOrder(window: ReadWindow(from: from, until: until), providers: providers, level: level),
            tenant: "shop",
            client: "finance",
            requestedAt: now,
            state: state,
            reports: providers.map { ProviderReport(provider: $0, unreadable: unreadable, causes: causes) }
        )
    }

    private func finding(_ cause: Cause, _ day: Timestamp, _ count: Int, name: String = "api") -> FindingDay {
        FindingDay(provider: "lago", day: day, cause: cause, name: name, count: count)
    }

    @Test func `takes the newest comparison of those that cover most of a day`() {
        let yesterday = today + (.zero - day)
        let runs = [
            run(9, from: now + .seconds(-3600), until: now), run(8, from: yesterday, until: today),
            run(7, from: yesterday + (.zero - day), until: today, ["lago", "polar"]),
        ]
        let days = ParityDays(of: runs, at: now)
        #expect(days.providers == ["lago", "polar"] && days.days.count == ParityDays.count)
        #expect(days.days[0].start == today && days.days[0].cells.map(\.run) == [9, nil])
        #expect(days.days[1].cells.map(\.run) == [8, 7] && days.days[2].cells.map(\.run) == [7, 7])
        #expect(days.days.map { $0.cells[0].isWhole }.prefix(4) == [false, true, true, false])
        #expect(days.runs == [7, 8, 9])
    }

    @Test func `leaves out comparisons that did not end, and those that are not of events`() {
        let all = [
            run(1, from: today, until: now, state: .failed), run(2, from: today, until: now, state: .reading),
            run(3, from: today, until: now, level: .ledger),
        ]
        let days = ParityDays(of: all, at: now)
        #expect(days.providers.isEmpty && days.runs.isEmpty && days.days.allSatisfy(\.cells.isEmpty))
    }

    @Test func `tells of a day of which the journal can be read only in part`() {
        let causes = [CauseCount(cause: .unreadable, count: 1)]
        let days = ParityDays(of: [run(1, from: today, until: now, causes: causes)], at: now)
        #expect(days.days[0].cells[0].isUnreadable)
        let others = [CauseCount(cause: .foreign, count: 1)]
        let readable = ParityDays(of: [run(1, from: today, until: now, causes: others)], at: now)
        #expect(!readable.days[0].cells[0].isUnreadable)
    }

    @Test func `counts what is open and what is accepted, on the days that a comparison tells of`() {
        let old = today + (.zero - day)
        let (new, older) = (run(2, from: today, until: now), run(1, from: old, until: now, unreadable: "HTTP 401"))
        var days = ParityDays(of: [new, older], at: now)
        // The newer one covers as much of today.
        let accepted = Acceptance(
            cause: .content,
            provider: "lago",
            name: "api",
            reason: "rounding",
            until: now,
            by: "finance",
            at: now
        )
        let found = [finding(.content, today, 2), finding(.content, today, 4, name: "other")]
        days.add(found, of: 2, accepting: [accepted])
        days.add([finding(.doubled, today, 100), finding(.doubled, old, 5)], of: 1, accepting: [])
        days.add([finding(.rounding, old, 7), finding(.doubled, old + (.zero - day), 9)], of: 1, accepting: [])
        #expect(days.days[0].cells[0].open == 4 && days.days[0].cells[0].accepted == 2)
        #expect(days.days[1].cells[0].open == 5 && days.days[1].cells[0].isUnreadable)
        #expect(days.days[2].cells[0].open == 0 && days.days[2].cells[0].run == nil)
    }
}
