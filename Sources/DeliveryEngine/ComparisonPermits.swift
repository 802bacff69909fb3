import Events
import Synchronization

/// Limits how many reads for comparisons are in flight at a provider; others wait in order.
final class ComparisonPermits: Sendable {
    private struct State {
        var taken: [ProviderName: Int] = [:]
        var waiting: [ProviderName: [(number: Int, freed: AsyncStream<Void>.Continuation)]] = [:]
        var lastNumber = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        precondition(limit > 0, "a limit of nothing never lets anything pass")
        self.limit = limit
    }

    /// Waits for a permit.
    /// - Returns: false if the task was cancelled before it got one.
    func take(at provider: ProviderName) async -> Bool {
        let (places, freed) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let queued = state.withLock { state -> Int? in
            guard state.taken[provider, default: 0] >= limit else {
                state.taken[provider, default: 0] += 1
                return nil
            }
            state.lastNumber += 1
            state.waiting[provider, default: []].append((state.lastNumber, freed))
            return state.lastNumber
        }
        guard let queued else { return true }
        for await _ in places { return true }
        let wasWaiting = state.withLock { state -> Bool in
            guard let index = state.waiting[provider]?.firstIndex(where: { $0.number == queued }) else { return false }
            state.waiting[provider]?.remove(at: index)
            return true
        }
        // A permit that arrived together with the cancellation goes to the next in line.
        if !wasWaiting { giveBack(at: provider) }
        return false
    }

    /// Ends what ``take(at:)`` began.
    func giveBack(at provider: ProviderName) {
        let next = state.withLock { state -> AsyncStream<Void>.Continuation? in
            if let first = state.waiting[provider]?.first {
                state.waiting[provider]?.removeFirst()
                return first.freed
            }
            state.waiting[provider] = nil
            state.taken[provider] = state.taken[provider].flatMap { $0 > 1 ? $0 - 1 : nil }
            return nil
        }
        next?.yield()
    }
}
