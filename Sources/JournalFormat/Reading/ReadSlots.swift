package import Events
package import Journal
import Synchronization

/// Lets a few reads run at a time; the others wait in the order in which they came.
package final class ReadSlots: Sendable {
    private struct State {
        var free: Int
        /// How many reads of each tenant run or wait.
        var tenants: [TenantID: Int] = [:]
        var nextTicket = 0
        var waiting: [(ticket: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var cancelled: Set<Int> = []
    }

    private let state: Mutex<State>
    private let mostWaiting: Int
    private let mostOfTenant: Int
    private let retryAfter: Duration

    /// - Parameters:
    ///   - count: how many reads run at a time.
    ///   - mostWaiting: how many may wait beside those; more are refused.
    ///   - mostOfTenant: how many of one tenant may run and wait, so that it leaves places to others.
    ///   - retryAfter: what a refusal asks for.
    package init(_ count: Int, mostWaiting: Int, mostOfTenant: Int, retryAfter: Duration) {
        precondition(count > 0, "without a slot nothing is ever read")
        state = Mutex(State(free: count))
        self.mostWaiting = mostWaiting
        self.mostOfTenant = mostOfTenant
        self.retryAfter = retryAfter
    }

    /// How many wait for a slot.
    package var waitingCount: Int { state.withLock { $0.waiting.count } }

    /// Does this, with slots that it takes one after the other, as one of its tenant's reads.
    /// - Parameter tenant: nil for the gateway itself.
    /// - Throws: ``StoreError/busy(retryAfter:)`` if the tenant has too many reads already.
    package func asRead<Value>(
        of tenant: TenantID?,
        _ body: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        guard let tenant else { return try await body() }
        let isTaken = state.withLock { state in
            guard state.tenants[tenant, default: 0] < mostOfTenant else { return false }
            state.tenants[tenant, default: 0] += 1
            return true
        }
        guard isTaken else { throw .busy(retryAfter: retryAfter) }
        defer {
            state.withLock { state in
                let left = state.tenants[tenant, default: 1] - 1
                state.tenants[tenant] = left == 0 ? nil : left
            }
        }
        return try await body()
    }

    /// Does this once a slot is free.
    /// - Throws: ``StoreError/busy(retryAfter:)`` if too many wait already.
    package func withSlot<Value>(_ body: () async throws(StoreError) -> Value) async throws(StoreError) -> Value {
        try await take()
        defer { give() }
        return try await body()
    }

    private func take() async throws(StoreError) {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        let refusal = StoreError.busy(retryAfter: retryAfter)
        let isTaken: Result<Bool, StoreError> = await withTaskCancellationHandler {
            if state.withLock({ $0.free == 0 && $0.waiting.count >= mostWaiting }) { return .failure(refusal) }
            return .success(await wait(ticket))
        } onCancel: {
            cancel(ticket)
        }
        state.withLock { _ = $0.cancelled.remove(ticket) }
        guard try isTaken.get() else { throw .failed(reason: "the read was cancelled") }
    }

    private func wait(_ ticket: Int) async -> Bool {
        await withCheckedContinuation { continuation in
            let outcome = state.withLock { state -> Bool? in
                if state.cancelled.remove(ticket) != nil { return false }
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.waiting.append((ticket, continuation))
                return nil
            }
            if let outcome { continuation.resume(returning: outcome) }
        }
    }

    private func cancel(_ ticket: Int) {
        let waiting = state.withLock { state in
            guard let index = state.waiting.firstIndex(where: { $0.ticket == ticket }) else {
                // The cancellation may come before the wait has begun.
                state.cancelled.insert(ticket)
                return nil as CheckedContinuation<Bool, Never>?
            }
            return state.waiting.remove(at: index).continuation
        }
        waiting?.resume(returning: false)
    }

    /// Hands the slot to the one who waits longest.
    private func give() {
        let next = state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil as CheckedContinuation<Bool, Never>?
            }
            return state.waiting.removeFirst().continuation
        }
        next?.resume(returning: true)
    }
}
