import Access
import Events
import Synchronization

/// Refreshes that several open pages ask for, written once a second for all pages of the same client.
///
/// What a page shows follows from the client and the address. So nobody is answered with what was written for another client, nor for the
/// same client with other scopes.
final class SharedRefreshes: Sendable {
    /// What a refresh is written for.
    struct Key: Sendable, Hashable {
        private let client: ClientName
        private let tenant: TenantID
        private let scopes: Set<Scope>
        private let address: String

        /// - Parameter address: path and query.
        init(_ client: Client, _ address: String) {
            self.client = client.name
            tenant = client.tenant
            scopes = client.scopes
            self.address = address
        }
    }

    private typealias Waiter = CheckedContinuation<EndpointResponse?, Never>

    private enum Entry {
        /// Somebody writes it, and these wait for it.
        case begun([Int: Waiter])
        case written(EndpointResponse, from: ContinuousClock.Instant)
    }

    /// What a request for a refresh is to do.
    private enum Turn {
        case take(EndpointResponse)
        case wait
        /// Write it for all who ask meanwhile.
        case write
        /// Write it for oneself: too many others are kept.
        case writeAlone
    }

    private struct State {
        var entries: [Key: Entry] = [:]
        var nextWaiter = 0
    }

    /// How long an answer is given to others, from when its figures were read on. A page asks every five seconds at most.
    static let lifetime = Duration.seconds(1)
    /// Maximum number of answers that are kept, of some 50 KB each.
    static let most = 64

    private let state = Mutex(State())

    /// How many requests wait for what is written for another one.
    var waiting: Int {
        state.withLock { state in
            state.entries.values.reduce(0) { count, entry in
                guard case .begun(let waiters) = entry else { return count }
                return count + waiters.count
            }
        }
    }

    /// The answer to a refresh: one of the last second, one that is being written, or a new one.
    /// - Parameter write: makes a new one. What it throws is thrown to its caller alone.
    func response(
        for key: Key,
        at now: ContinuousClock.Instant = .now,
        write: () async throws -> EndpointResponse
    ) async throws -> EndpointResponse {
        switch state.withLock({ Self.turn(key, &$0, at: now) }) {
        case .take(let response): return response
        case .wait:
            if let response = await next(key) { return response }
            return try await write()
        case .writeAlone: return try await write()
        case .write:
            do {
                let response = try await write()
                // Reads that were cancelled with it may be missing from it.
                end(key, Task.isCancelled ? nil : .written(response, from: now))
                return response
            } catch {
                end(key, nil)
                throw error
            }
        }
    }

    private static func turn(_ key: Key, _ state: inout State, at now: ContinuousClock.Instant) -> Turn {
        switch state.entries[key] {
        case .begun?: return .wait
        case .written(let response, let from)? where now - from < lifetime: return .take(response)
        case .written?, nil: break
        }
        state.entries = state.entries.filter { _, entry in
            guard case .written(_, let from) = entry else { return true }
            return now - from < lifetime
        }
        guard state.entries.count < most else { return .writeAlone }
        state.entries[key] = .begun([:])
        return .write
    }

    /// What is written for somebody else, as soon as it is.
    /// - Returns: nil if that failed or was cancelled, or if the task itself is cancelled.
    private func next(_ key: Key) async -> EndpointResponse? {
        let number = state.withLock { state in
            state.nextWaiter &+= 1
            return state.nextWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { (waiter: Waiter) in
                let known: EndpointResponse?? = state.withLock { state in
                    guard !Task.isCancelled else { return .some(nil) }
                    switch state.entries[key] {
                    case .begun(var waiters)?:
                        waiters[number] = waiter
                        state.entries[key] = .begun(waiters)
                        return nil
                    case .written(let response, _)?: return response
                    case nil: return .some(nil)
                    }
                }
                if let known { waiter.resume(returning: known) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> Waiter? in
                guard case .begun(var waiters)? = state.entries[key] else { return nil }
                let waiter = waiters.removeValue(forKey: number)
                state.entries[key] = .begun(waiters)
                return waiter
            }
            waiter?.resume(returning: nil)
        }
    }

    /// - Parameter entry: nil if it could not be written.
    private func end(_ key: Key, _ entry: Entry?) {
        let waiters = state.withLock { state -> [Int: Waiter] in
            guard case .begun(let waiters)? = state.entries[key] else { return [:] }
            state.entries[key] = entry
            return waiters
        }
        var response: EndpointResponse?
        if case .written(let written, _)? = entry { response = written }
        for waiter in waiters.values { waiter.resume(returning: response) }
    }
}
