import Events
import Parity
import Synchronization

/// The latest comparison of each provider, read every 20 seconds at most, because open Overviews ask every few seconds.
final class LatestComparisons: Sendable {
    private let kept = Mutex<(runs: [ParityRun], readAt: ContinuousClock.Instant)?>(nil)

    private static let interval = Duration.seconds(20)

    /// What is known; what was read last if comparisons cannot be read now.
    func runs(of parity: any ParityRunning, at now: ContinuousClock.Instant = .now) async -> [ParityRun] {
        let known = kept.withLock { kept -> [ParityRun]? in
            guard let current = kept, now - current.readAt < Self.interval else { return nil }
            return current.runs
        }
        if let known { return known }
        do {
            let runs = try await parity.latest()
            kept.withLock { $0 = (runs, now) }
            return runs
        } catch {
            // The page of comparisons says why.
            return kept.withLock { $0?.runs ?? [] }
        }
    }
}
