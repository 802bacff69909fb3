package import Access
package import Events
package import OfRecord
import Synchronization

/// The active routes, with the tables built from them.
package struct RoutesSnapshot: Sendable {
    package let routes: Routes
    /// What was ordered in migrations.
    package let logs: MigrationLogs
    package let table: RoutingTable
    package let keys: KeyTable

    /// - Parameters:
    ///   - logs: what was ordered in migrations.
    ///   - stored: the keys of the data folder.
    ///   - previous: the keys that this snapshot replaces.
    package init(
        _ routes: Routes,
        logs: MigrationLogs = .none,
        stored: StoredKeys = StoredKeys(),
        replacing previous: KeyTable? = nil
    ) {
        self.routes = routes
        self.logs = logs
        table = RoutingTable(routes, logs: logs)
        keys = KeyTable(routes.clients, stored: stored, replacing: previous)
    }
}

/// Provides the current routes. Callers take one snapshot and use it to the end of their work.
package final class CurrentRoutes: Sendable {
    private struct State {
        var snapshot: RoutesSnapshot
        var stored: StoredKeys
        var watchers: [Int: AsyncStream<RoutesSnapshot>.Continuation] = [:]
        var nextWatcher = 0
        /// Tables that were replaced, and may still be worked with.
        var replaced: [Replaced] = []
    }

    /// A table that was replaced.
    private struct Replaced {
        weak var table: RoutingTable?
        let at: ContinuousClock.Instant
    }

    /// No request is worked on for longer.
    package static let longestRequest = Duration.seconds(60)

    private let state: Mutex<State>

    /// - Parameter stored: the keys of the data folder.
    package init(_ routes: Routes, stored: StoredKeys = StoredKeys()) {
        state = Mutex(State(snapshot: RoutesSnapshot(routes, stored: stored), stored: stored))
    }

    package var current: RoutesSnapshot { state.withLock { $0.snapshot } }

    /// Replaces the routes atomically.
    package func replace(by routes: Routes) {
        change { state in
            let previous = state.snapshot
            state.snapshot = RoutesSnapshot(
                routes,
                logs: previous.logs,
                stored: state.stored,
                replacing: previous.keys
            )
        }
    }

    /// Replaces the logs of migrations atomically, unless the active ones are as new.
    package func replace(by logs: MigrationLogs) {
        guard logs.version > current.logs.version else { return }
        change { state in
            let previous = state.snapshot
            // Of two that were read at the same time, the newer one stays.
            guard logs.version > previous.logs.version else { return }
            state.snapshot = RoutesSnapshot(
                previous.routes,
                logs: logs,
                stored: state.stored,
                replacing: previous.keys
            )
        }
    }

    /// Replaces the keys of the data folder atomically.
    package func replace(by stored: StoredKeys) {
        change { state in
            state.stored = stored
            let previous = state.snapshot
            state.snapshot = RoutesSnapshot(
                previous.routes,
                logs: previous.logs,
                stored: stored,
                replacing: previous.keys
            )
        }
    }

    /// The tables are built under the lock, so that of two concurrent changes neither is lost.
    private func change(_ change: (inout State) -> Void) {
        let (new, watchers) = state.withLock { state in
            state.replaced.append(Replaced(table: state.snapshot.table, at: .now))
            state.replaced.removeAll { Self.isOver($0, at: .now) }
            change(&state)
            return (state.snapshot, Array(state.watchers.values))
        }
        for watcher in watchers { watcher.yield(new) }
    }

    /// Whether nothing is worked on any more by routes that were replaced: every event that the journal gets from now on has a plan of the
    /// routes in force. Who makes plans holds the table until the events are in the journal.
    package var areAlone: Bool {
        state.withLock { state in
            state.replaced.removeAll { Self.isOver($0, at: .now) }
            return state.replaced.isEmpty
        }
    }

    private static func isOver(_ replaced: Replaced, at now: ContinuousClock.Instant) -> Bool {
        replaced.table == nil || now - replaced.at >= longestRequest
    }

    /// The current routes, then each version that replaces them. A slow reader skips versions, but never the newest.
    package func changes() -> AsyncStream<RoutesSnapshot> {
        let (changes, watcher) = AsyncStream<RoutesSnapshot>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = state.withLock { state in
            state.nextWatcher += 1
            state.watchers[state.nextWatcher] = watcher
            // Before the lock is released, so that later versions follow it. Nobody reads yet, so nobody is woken.
            watcher.yield(state.snapshot)
            return state.nextWatcher
        }
        watcher.onTermination = { [weak self] _ in
            self?.state.withLock { _ = $0.watchers.removeValue(forKey: number) }
        }
        return changes
    }
}

extension CurrentRoutes: ConfiguredCredentials {
    package var providersWithCredentials: [ProviderName] { current.routes.providers.map(\.name) }

    package func credentialSource(of provider: ProviderName) -> CredentialSource? {
        current.routes.providers.first { $0.name == provider }?.connection.credential
    }
}
