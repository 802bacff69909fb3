import OTLP
import Testing

@Suite struct ExportScheduleTests {
    @Test func `waits longer for a collector that is away, and discards what it did not take for long`() {
        var schedule = ExportSchedule()
        #expect(schedule.pause == .seconds(1))
        var waited = Duration.zero
        var verdicts: [ExportSchedule.Verdict] = []
        for _ in 0..<8 {
            verdicts.append(schedule.ended(.unanswered))
            waited += schedule.pause
        }
        #expect(verdicts == Array(repeating: .again, count: 7) + [.discard])
        #expect(schedule.pause == .seconds(30))
        #expect((120...180).contains(waited.components.seconds))
        // From then on nothing waits for long.
        #expect(schedule.ended(.answered(status: 503)) == .discard)
        #expect(schedule.isFailing)
        #expect(schedule.ended(.answered(status: 200)) == .exported)
        #expect(schedule == ExportSchedule())
    }

    @Test(arguments: [
        (200, ExportSchedule.Verdict.exported), (202, .exported), (429, .again), (502, .again), (503, .again),
        (504, .again), (400, .discard), (401, .discard), (404, .discard), (500, .discard), (301, .discard),
    ])
    func `tries again what the specification calls retryable`(status: Int, verdict: ExportSchedule.Verdict) {
        var schedule = ExportSchedule()
        #expect(schedule.ended(.answered(status: status)) == verdict)
        #expect(schedule.isFailing == (verdict != .exported))
    }

    @Test func `asks a collector that fails for a day less often than thrice a minute`() {
        var (schedule, seconds, requests) = (ExportSchedule(), 0, 0)
        while seconds < 86_400 {
            _ = schedule.ended(.answered(status: 503))
            requests += 1
            seconds += Int(schedule.pause.components.seconds)
        }
        #expect(requests < 3 * 24 * 60)
    }
}
