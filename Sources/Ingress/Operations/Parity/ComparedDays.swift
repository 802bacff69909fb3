import Events
import Parity
import Synchronization

/// The results of recent comparisons by day. Comparisons are read at most every 20 seconds, and the findings of a finished one once,
/// because open pages ask every few seconds.
final class ComparedDays: Sendable {
    /// What was read, and when.
    private struct State {
        var runs: [ParityRun] = []
        var acceptances: [Int64: [Acceptance]] = [:]
        var findings: [Int64: [FindingDay]] = [:]
        var readAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// Findings change with a run's end only, and each visitor asks for all of them.
    private static let interval = Duration.seconds(20)
    /// How many of the newest comparisons are read.
    private static let most = 100

    /// - Parameter maySee: which comparisons count.
    func days(
        of parity: any ParityRunning,
        at now: Timestamp,
        where maySee: (ParityRun) -> Bool
    ) async throws(ParityError) -> ParityDays {
        try await refresh(parity)
        let runs = state.withLock { $0.runs }
        var days = ParityDays(of: runs.filter(maySee), at: now)
        for id in days.runs {
            days.add(try await findings(of: id, parity), of: id, accepting: try await acceptances(of: id, runs, parity))
        }
        return days
    }

    /// Reads the comparisons again, unless that was done recently.
    private func refresh(_ parity: any ParityRunning) async throws(ParityError) {
        let isKnown = state.withLock { state in state.readAt.map { .now - $0 < Self.interval } ?? false }
        guard !isKnown else { return }
        let runs = try await parity.runs(before: nil, limit: Self.most)
        state.withLock { state in
            let ids = Set(runs.map(\.id))
            state.runs = runs
            state.acceptances = [:]
            state.findings = state.findings.filter { ids.contains($0.key) }
            state.readAt = .now
        }
    }

    private func findings(of id: Int64, _ parity: any ParityRunning) async throws(ParityError) -> [FindingDay] {
        if let known = state.withLock({ $0.findings[id] }) { return known }
        let found = try await parity.findingDays(of: id)
        state.withLock { $0.findings[id] = found }
        return found
    }

    private func acceptances(of id: Int64, _ runs: [ParityRun], _ parity: any ParityRunning)
        async throws(ParityError) -> [Acceptance]
    {
        if let known = state.withLock({ $0.acceptances[id] }) { return known }
        guard let run = runs.first(where: { $0.id == id }) else { return [] }
        let found = try await parity.acceptances(in: run)
        state.withLock { $0.acceptances[id] = found }
        return found
    }
}
