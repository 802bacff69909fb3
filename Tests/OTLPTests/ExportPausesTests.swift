import OTLP
import Testing

/// Every status that a collector may respond with, and how long each failure makes the next request wait.
@Suite struct ExportPausesTests {
    /// OTLP specification, "Retryable Response Codes": these four alone.
    @Test func `tries again after four statuses, and after none`() {
        for status in -1...700 {
            var schedule = ExportSchedule()
            let verdict = schedule.ended(.answered(status: status))
            switch status {
            case 200..<300: #expect(verdict == .exported && !schedule.isFailing)
            case 429, 502, 503, 504: #expect(verdict == .again && schedule.isFailing)
            default: #expect(verdict == .discard && schedule.isFailing, "status \(status)")
            }
        }
        var schedule = ExportSchedule()
        #expect(schedule.ended(.unanswered) == .again)
    }

    @Test func `doubles the pause with each failure, up to half a minute`() {
        var schedule = ExportSchedule()
        var pauses = [schedule.pause]
        for _ in 0..<10 {
            _ = schedule.ended(.unanswered)
            pauses.append(schedule.pause)
        }
        #expect(pauses.map(\.components.seconds) == [1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30])
    }

    @Test func `gives the next spans one try while the collector is away`() {
        var schedule = ExportSchedule()
        let verdicts = (0..<20).map { _ in schedule.ended(.unanswered) }
        #expect(verdicts == Array(repeating: .again, count: 7) + Array(repeating: .discard, count: 13))
    }

    @Test func `begins again after a success, and after spans that the collector does not want`() {
        for end in [200, 400] {
            var schedule = ExportSchedule()
            for _ in 0..<5 { _ = schedule.ended(.unanswered) }
            _ = schedule.ended(.answered(status: end))
            #expect(schedule.pause == .seconds(1) && schedule.isFailing == (end == 400))
            let verdicts = (0..<8).map { _ in schedule.ended(.answered(status: 503)) }
            #expect(verdicts == Array(repeating: .again, count: 7) + [.discard])
        }
    }
}
