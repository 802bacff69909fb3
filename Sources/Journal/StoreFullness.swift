import Synchronization

/// Why a store accepts no new events.
package enum StoreFullness: Sendable, Equatable {
    /// The maximum number of events waits for a provider.
    case backlog
    /// The store uses the maximum number of bytes.
    case limit
    /// The disk itself has refused a write.
    case disk
    /// The index of identities cannot be written.
    case index
}

/// Remembers that a disk was full. A successful write ends that, and so does time: a gateway that gets no events because it reports
/// itself as full must try again to notice that it no longer is.
package final class FullDisk: Sendable {
    private static let memory = Duration.seconds(30)
    private let refused = Mutex<ContinuousClock.Instant?>(nil)

    package init() {}

    /// A write was refused.
    package func note(at now: ContinuousClock.Instant = .now) { refused.withLock { $0 = now } }

    /// A write succeeded.
    package func clear() { refused.withLock { $0 = nil } }

    /// Whether a write was refused in the last half minute, and none has succeeded since.
    package func isFull(at now: ContinuousClock.Instant = .now) -> Bool {
        refused.withLock { $0.map { now - $0 < Self.memory } ?? false }
    }
}
