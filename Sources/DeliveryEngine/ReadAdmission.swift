package import Events
import Synchronization

/// Lets reads of a vendor take part in its rate limit, behind deliveries.
///
/// A pipeline whose provider has a rate limit gives reads what deliveries leave. A provider without one, or without a pipeline, lets
/// every read pass. Who asks bounds how many wait.
package final class ReadAdmission: Sendable {
    private struct State {
        var pipelines: [ProviderName: @Sendable (Wish) -> Void] = [:]
        var waiting: [ProviderName: [(number: Int, admitted: AsyncStream<Void>.Continuation)]] = [:]
        var lastNumber = 0
    }

    /// What a pipeline is told.
    enum Wish: Sendable {
        case read
        /// A read waits no longer.
        case withdraw
    }

    private let state = Mutex(State())

    package init() {}

    /// Waits for a read's turn.
    /// - Returns: whether it came within this time; false also when the task is cancelled.
    package func admit(to provider: ProviderName, within patience: Duration) async -> Bool {
        let (turns, turn) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let entry = state.withLock { state -> (number: Int, tell: @Sendable (Wish) -> Void)? in
            guard let tell = state.pipelines[provider] else { return nil }
            state.lastNumber += 1
            state.waiting[provider, default: []].append((state.lastNumber, turn))
            return (state.lastNumber, tell)
        }
        guard let (number, tell) = entry else { return true }
        tell(.read)
        let isAdmitted = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                for await _ in turns { return true }
                return false
            }
            group.addTask {
                // Cancelled when the turn has come first.
                do { try await Task.sleep(for: patience) } catch { return false }
                return false
            }
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
        if withdraw(number, from: provider) { tell(.withdraw) }
        return isAdmitted
    }

    /// Lets the read pass that waits longest.
    func grant(_ provider: ProviderName) {
        let first = state.withLock { state -> AsyncStream<Void>.Continuation? in
            guard let queue = state.waiting[provider], !queue.isEmpty else { return nil }
            return state.waiting[provider]?.removeFirst().admitted
        }
        first?.yield()
    }

    /// Sets who gives reads of a provider their turns; nil when the pipeline has ended, and those that wait may pass.
    func set(_ tell: (@Sendable (Wish) -> Void)?, for provider: ProviderName) {
        let waiting = state.withLock { state in
            state.pipelines[provider] = tell
            return tell == nil ? state.waiting.removeValue(forKey: provider) ?? [] : []
        }
        for read in waiting { read.admitted.yield() }
    }

    /// - Returns: whether it was waiting still.
    private func withdraw(_ number: Int, from provider: ProviderName) -> Bool {
        state.withLock { state in
            guard let place = state.waiting[provider]?.firstIndex(where: { $0.number == number }) else { return false }
            state.waiting[provider]?.remove(at: place)
            return true
        }
    }
}
