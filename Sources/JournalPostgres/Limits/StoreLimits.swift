import Events
import Journal
import Synchronization

/// The limits of what may be stored, as this node last found them: a few seconds old, and about all nodes' events.
final class StoreLimits: Sendable {
    private struct State {
        /// Whether for some provider as many events wait as may.
        var backlogIsFull = false
        var diskIsFull = false
    }

    private let settings: PostgresStoreSettings
    private let state = Mutex(State())

    /// How often what waits is counted, and how often the database's size is asked for.
    private static let (backlogInterval, sizeInterval) = (Duration.seconds(2), Duration.seconds(60))

    init(_ settings: PostgresStoreSettings) {
        self.settings = settings
    }

    /// - Throws: ``StoreError/full(retryAfter:)`` if nothing more must be stored.
    func check() throws(StoreError) {
        guard isSet else { return }
        if reached != nil { throw .full(retryAfter: settings.retryAfterFull) }
    }

    /// The limit that is reached; nil if none is.
    var reached: StoreFullness? {
        state.withLock { $0.backlogIsFull ? .backlog : $0.diskIsFull ? .limit : nil }
    }

    private var isSet: Bool { settings.backlogLimitEvents != nil || settings.diskLimitBytes != nil }

    /// Counts until the task is cancelled.
    /// - Parameters:
    ///   - backlogs: how many events wait for each provider.
    ///   - size: bytes of the database.
    func watch(
        backlogs: () async throws(StoreError) -> [ProviderName: Int],
        size: () async throws(StoreError) -> Int64
    ) async {
        var nextSize = ContinuousClock.now
        while isSet, !Task.isCancelled {
            do throws(StoreError) {
                if let limit = settings.backlogLimitEvents {
                    let isFull = try await backlogs().values.contains { $0 >= limit }
                    state.withLock { $0.backlogIsFull = isFull }
                }
                if let limit = settings.diskLimitBytes, nextSize <= .now {
                    let isFull = try await size() >= Int64(limit)
                    state.withLock { $0.diskIsFull = isFull }
                    nextSize = .now + Self.sizeInterval
                }
            } catch {
                // The outage is reported elsewhere; what was found last still counts.
            }
            try? await Task.sleep(for: Self.backlogInterval)
        }
    }
}
