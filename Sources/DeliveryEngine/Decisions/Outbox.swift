import Events
import Journal

/// Outcomes that wait to be written, one settlement at a time.
///
/// Outcomes that are not on disk are sent again after a crash, so there must not be many.
struct Outbox: Sendable {
    /// How many events may be claimed and not settled.
    private static let limit = 10_000

    private let provider: ProviderName
    private var delivered: [DeliveredRun] = []
    private var skipped: [SkippedRun] = []
    private var exceptions: [SettledDelivery] = []
    private var shadow: [ShadowTally] = []
    /// Events that are claimed and whose outcome is not on disk.
    private var openEvents = 0
    private(set) var isSettling = false

    init(provider: ProviderName) {
        self.provider = provider
    }

    /// Whether there is room for more claimed events.
    var hasRoom: Bool { openEvents < Self.limit }

    /// Whether everything that was claimed is settled.
    var isEmpty: Bool { openEvents == 0 && !isSettling }

    /// Whether one of the outcomes that are not being written yet is a retry.
    var hasRetries: Bool { exceptions.contains { $0.nextAttemptAt != nil } }

    /// Makes those retries due earlier.
    mutating func bringForward(by step: Duration) {
        exceptions = exceptions.map { $0.broughtForward(by: step) }
    }

    /// Counts claimed events that will have an outcome.
    mutating func opened(_ events: Int) {
        openEvents += events
    }

    /// Adds the outcome of an event that was counted by ``opened(_:)``.
    mutating func add(_ settled: SettledDelivery) {
        exceptions.append(settled)
    }

    /// Adds events that were counted by ``opened(_:)`` and delivered by one request.
    mutating func add(_ run: DeliveredRun) {
        delivered.append(run)
    }

    /// Adds claimed events of shadow destinations, and their results.
    mutating func add(_ runs: [SkippedRun], _ tallies: [ShadowTally]) {
        skipped += runs
        shadow += tallies
        openEvents += runs.reduce(0) { $0 + $1.sequences.count }
    }

    /// The next settlement; nil if there is none, or one is in progress. ``settled(_:)`` must follow.
    mutating func next() -> Settlement? {
        guard !isSettling else { return nil }
        let next = Settlement(
            provider: provider,
            delivered: delivered,
            skipped: skipped,
            exceptions: exceptions,
            shadow: shadow
        )
        guard !next.isEmpty else { return nil }
        isSettling = true
        (delivered, skipped, exceptions, shadow) = ([], [], [], [])
        return next
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
        delivered.reduce(exceptions.count) { $0 + $1.sequences.count } + skipped.reduce(0) { $0 + $1.sequences.count }
    }
}
