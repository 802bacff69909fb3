/// The gateway's readiness for requests without a key: one report a second for all of them, so that their number costs nothing.
final class SharedReadiness: Sendable {
    /// There is one report.
    private enum Subject: Hashable {
        case gateway
    }

    private let readiness: any ReadinessReporting
    private let reports = SharedAnswers<Subject, ReadinessReport>(limit: 1)

    init(_ readiness: any ReadinessReporting) {
        self.readiness = readiness
    }

    /// How many requests wait for a report that is being made.
    var waiting: Int { reports.waiting }

    /// The summary of a report that is at most a second old.
    func summary(at now: ContinuousClock.Instant = .now) async -> ReadinessReport {
        await reports.answer(for: .gateway, at: now) { await readiness.report().summary }
    }
}
