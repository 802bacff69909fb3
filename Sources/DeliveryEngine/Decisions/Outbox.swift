import Events
import Journal

/// Outcomes on their way to the disk, one settlement at a time.
///
/// Outcomes that are not on disk yet are sent again after a crash, so there must not be many.
struct Outbox: Sendable {
    /// How many events may be claimed and not settled.
    private static let limit = 10_000

    private let provider: ProviderName
    private var delivered: [DeliveredRun] = []
    private var exceptions: [SettledDelivery] = []
    /// Events that are claimed and not settled on disk.
    private var openEvents = 0
    private(set) var isSettling = false

    init(provider: ProviderName) {
        self.provider = provider
    }

    /// Whether there is room for more claimed events.
    var hasRoom: Bool { openEvents < Self.limit }

    /// Whether an outcome that is not on its way to the disk yet is a retry.
    var hasRetries: Bool { exceptions.contains { $0.nextAttemptAt != nil } }

    /// Brings the times of those retries forward.
    mutating func bringForward(by step: Duration) {
        exceptions = exceptions.map { $0.broughtForward(by: step) }
    }

    /// Whether everything that was claimed is settled.
    var isEmpty: Bool { openEvents == 0 && !isSettling && delivered.isEmpty && exceptions.isEmpty }

    /// Takes note of claimed events that will have an outcome.
    mutating func opened(_ events: Int) {
        openEvents += events
    }

    /// An outcome of an event that was counted by ``opened(_:)``.
    mutating func add(_ settled: SettledDelivery) {
        exceptions.append(settled)
    }

    /// Events that were counted by ``opened(_:)``, and which one request has delivered.
    mutating func add(_ run: DeliveredRun) {
        delivered.append(run)
    }

    /// The next settlement; nil if there is none, or one is in progress. ``settled(_:)`` must follow.
    mutating func next() -> Settlement? {
        guard !isSettling, !delivered.isEmpty || !exceptions.isEmpty else { return nil }
        isSettling = true
        defer { (delivered, exceptions) = ([], []) }
        return Settlement(provider: provider, delivered: delivered, exceptions: exceptions)
    }

    /// The settlement is on disk.
    mutating func settled(_ settlement: Settlement) {
        isSettling = false
        openEvents -= settlement.eventCount
    }
}

extension SettledDelivery {
    fileprivate func broughtForward(by step: Duration) -> SettledDelivery {
        guard let nextAttemptAt else { return self }
        return SettledDelivery(
            sequence: sequence,
            status: status,
            newAttempts: newAttempts,
            nextAttemptAt: nextAttemptAt + (.zero - step),
            reachedAt: reachedAt,
            fault: fault
        )
    }
}

extension Settlement {
    /// How many events it settles.
    var eventCount: Int {
        delivered.reduce(exceptions.count) { $0 + $1.sequences.count }
    }
}
