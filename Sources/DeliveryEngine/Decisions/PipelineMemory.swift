import Events
import Journal

/// How many events a pipeline may hold, and how many bytes of them.
///
/// There is always room for a claim in addition to a full batch, so that claims continue while requests are in flight.
struct PipelineMemory: Sendable {
    /// For everything that a pipeline holds.
    static let totalBytes = 48 << 20
    /// For one claim.
    static let claimBytes = 8 << 20
    /// If more than this waits of one kind, no more of that kind is claimed.
    static let waitingBytes = 8 << 20

    private let claimEvents: Int
    /// Bytes of all kinds, in flight or waiting.
    var heldBytes = 0

    /// - Parameter forChoice: whether the next probe is chosen from many events, so that a series of events that make the vendor fail
    ///   does not block those after it.
    init(batch: BatchLimit, concurrency: Int, forChoice: Bool = false) {
        let (twoBatches, overflow) = batch.events.multipliedReportingOverflow(by: 2)
        precondition(!overflow, "a batch is far smaller")
        claimEvents = max(forChoice ? 2000 : 64, twoBatches, min(2000, twoBatches * min(concurrency, 1000)))
    }

    /// Maximum size of a claim of a kind of which this much already waits; nil if there is no room.
    func room(besides waiting: Int, bytes: Int) -> BlockLimit? {
        guard waiting < claimEvents / 2, bytes < Self.waitingBytes, heldBytes < Self.totalBytes else { return nil }
        return BlockLimit(events: claimEvents, bytes: min(Self.claimBytes, Self.totalBytes - heldBytes))
    }
}
