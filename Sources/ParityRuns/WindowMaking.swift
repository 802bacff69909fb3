import Events
import Journal
import Parity
import Routing

/// The result of a window.
enum WindowOutcome: Sendable {
    /// With what the journal has of the window.
    case compared([ProviderName: WindowResult], JournalWindow)
    /// The journal, or a vendor, has more events than are compared at once.
    case tooLarge(String)
    case cancelled
}

/// Reads one window of the journal and of all providers, and compares them.
struct WindowMaking: Sendable {
    let window: ReadWindow
    /// Maximum number of events.
    let limit: Int
    let run: ParityRun
    let runner: ParityRunner
    let providers: [ProviderConfiguration]
    /// Providers that are not asked any more, and why.
    let abandoned: [ProviderName: String]
    let lanes: [LaneNumber: any LaneMembership]
    /// Of the providers that show sums.
    let sums: [ProviderName: SumComparison]
    /// The share of pages that are listed although their counts agree.
    let share: Double
    /// When the newest event was accepted that retention has removed.
    let removedThrough: Timestamp?

    func read() async -> Result<WindowOutcome, ParityError> {
        let recorded: JournalWindow?
        do {
            recorded = try await JournalWindow.read(window, from: runner.journal, limit: limit)
        } catch {
            return .failure(.journal("\(error)"))
        }
        guard let recorded else { return .success(.tooLarge("the journal")) }
        return .success(await compare(recorded))
    }

    /// At all providers at once, so that none waits for another.
    private func compare(_ recorded: JournalWindow) async -> WindowOutcome {
        await withTaskGroup(of: (ProviderName, Result<WindowResult, WindowReader.Failure>).self) { group in
            for provider in providers {
                group.addTask {
                    let comparison = OneProvider(
                        provider: provider,
                        run: run,
                        runner: runner,
                        abandoned: abandoned[provider.name],
                        sums: sums[provider.name],
                        lanes: lanes,
                        isDamaged: recorded.isDamaged,
                        removedThrough: removedThrough
                    )
                    return (provider.name, await comparison.compare(recorded, window, limit: limit, share: share))
                }
            }
            var results: [ProviderName: WindowResult] = [:]
            var (isTooLarge, isCancelled) = (false, Task.isCancelled)
            for await (name, result) in group {
                switch result {
                case .success(let result): results[name] = result
                case .failure(.tooLarge): isTooLarge = true
                case .failure(.cancelled), .failure(.unreadable): isCancelled = true
                }
            }
            if isCancelled || Task.isCancelled { return .cancelled }
            return isTooLarge ? .tooLarge("a vendor") : .compared(results, recorded)
        }
    }
}

/// One provider's part of a window.
private struct OneProvider: Sendable {
    let provider: ProviderConfiguration
    let run: ParityRun
    let runner: ParityRunner
    let abandoned: String?
    let sums: SumComparison?
    let lanes: [LaneNumber: any LaneMembership]
    let isDamaged: Bool
    let removedThrough: Timestamp?

    func compare(_ recorded: JournalWindow, _ window: ReadWindow, limit: Int, share: Double) async
        -> Result<WindowResult, WindowReader.Failure>
    {
        let decision = CauseDecision(
            readAt: runner.clock.now,
            lag: runner.lags.lag(of: provider),
            isJournalDamaged: isDamaged,
            removedThrough: removedThrough,
            canaries: provider.canaryMark
        )
        let expected = recorded.expected(at: provider.name, provider.adapter, lanes)
        if run.order.level == .ledger {
            var result = WindowResult(comparison: .ledger(expected, at: provider.name, deciding: decision))
            noteClosed(expected, in: &result)
            return .success(result)
        }
        do throws(WindowReader.Failure) {
            if let abandoned { throw .unreadable(abandoned) }
            if run.order.level == .resend {
                let filter = ResendFilter(provider, by: runner.routes.current, at: runner.clock.now)
                let proof = try ResendProof(runner.vendors, provider, decision, sending: filter)
                return .success(try await proof.make(recorded, expected, lanes))
            }
            let reader = try WindowReader(runner.vendors, provider, limit: limit)
            var comparison = ProviderComparison(
                window,
                of: run,
                expected,
                sentWith: recorded.settings(at: provider.name, lanes),
                by: reader,
                sums,
                deciding: decision
            )
            var result = try await comparison.compare(share: share)
            noteClosed(expected, in: &result)
            guard result.comparison.findings.contains(where: { $0.cause == .foreign }) else { return .success(result) }
            // Whatever the vendor has by now, the journal had before: an event may have been accepted since the journal was read.
            guard let now = try await recordedNow(window, limit: limit) else { return .failure(.tooLarge) }
            let expectedNow = now.expected(at: provider.name, provider.adapter, lanes)
            result = comparison.compareAgain(with: expectedNow)
            noteClosed(expectedNow, in: &result)
            return .success(result)
        } catch {
            guard case .unreadable(let reason) = error else { return .failure(error) }
            let comparison = WindowComparison.unreadable(
                expected,
                at: provider.name,
                because: reason,
                in: window,
                deciding: decision
            )
            return .success(WindowResult(comparison: comparison, unreadable: reason))
        }
    }

    /// Adds the events that the provider got after their customers had moved.
    private func noteClosed(_ expected: [ExpectedEvent], in result: inout WindowResult) {
        guard let closed = ClosedPeriods(of: provider, in: runner.routes.current) else { return }
        result.comparison.note(expected) { closed.contains($0, receivedAt: $1) }
    }

    /// - Returns: nil if there are more events than are compared at once.
    private func recordedNow(_ window: ReadWindow, limit: Int) async throws(WindowReader.Failure) -> JournalWindow? {
        do {
            return try await JournalWindow.read(window, from: runner.journal, limit: limit)
        } catch {
            throw .unreadable("the journal could not be read: \(error)")
        }
    }
}
