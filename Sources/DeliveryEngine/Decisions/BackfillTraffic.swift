import Events

/// A provider's backfills as its pipeline sees them: whose request leaves next, and what delays the others.
package struct BackfillTraffic: Sendable {
    /// A request of a backfill that may leave.
    struct Turn: Sendable, Equatable, Hashable {
        let backfill: LaneNumber
        /// Distinguishes the turns of this pipeline from those of its predecessor.
        let pipeline: UInt64
        /// The number of the request at the provider's gates.
        let ticket: Int
    }

    private struct Entry {
        var throttle: BackfillThrottle
        /// How many requests wait for a turn.
        var waiting = 0
        var hold: BackfillThrottle.Hold?
        var lastTurn = 0
    }

    private let pipeline: UInt64
    /// For all backfills together.
    private var pace: BackfillPace
    private var entries: [LaneNumber: Entry] = [:]
    /// How many requests wait for a turn of backfills that have not joined yet.
    private var early: [LaneNumber: Int] = [:]
    private var inFlight: Set<Turn> = []
    private var turns = 0
    private var load = AcceptanceLoad()
    /// When to check the waiting requests again, whatever happens.
    private(set) var lookAgainAt: ContinuousClock.Instant?

    /// - Parameters:
    ///   - pipeline: a different number for each pipeline.
    ///   - events: maximum number of events per request.
    init(of pipeline: UInt64, batchesOf events: Int) {
        self.pipeline = pipeline
        pace = BackfillPace(batchesOf: events)
    }

    /// Whether there are none.
    var isEmpty: Bool { entries.isEmpty }
    /// How many of their requests are in flight.
    var requests: Int { inFlight.count }
    /// Whether any request waits for a turn.
    var isWaiting: Bool { entries.values.contains { $0.waiting > 0 } }
    /// Whether accepting clients' events takes too long.
    var acceptanceIsSlow: Bool { load.isSlow }

    /// How long the next request waits to leave the gateway to its clients.
    func paceWait(at now: ContinuousClock.Instant) -> Duration {
        pace.wait(besideClients: load.clientsSend(at: now), at: now)
    }

    /// A backfill begins, or continues at another rate.
    /// - Parameter limit: the provider's rate limit.
    mutating func join(
        _ backfill: LaneNumber,
        percent: Double,
        at now: ContinuousClock.Instant,
        _ limit: RateLimit?
    ) {
        if entries[backfill] == nil {
            let waiting = early.removeValue(forKey: backfill) ?? 0
            let throttle = BackfillThrottle(percent: percent, of: limit, at: now)
            entries[backfill] = Entry(throttle: throttle, waiting: waiting)
        } else {
            entries[backfill]?.throttle.change(to: percent, at: now)
        }
    }

    /// A backfill asks for no more turns. Those that it has stay valid.
    mutating func leave(_ backfill: LaneNumber) {
        entries[backfill] = nil
        early[backfill] = nil
    }

    /// A request waits for its turn.
    mutating func ask(_ backfill: LaneNumber) {
        guard entries[backfill] != nil else { return early[backfill, default: 0] += 1 }
        entries[backfill]?.waiting += 1
    }

    /// Adds a reading of how long accepting clients' events takes.
    mutating func read(_ counts: AcceptanceLoad.Counts, at now: ContinuousClock.Instant) {
        load.read(counts, at: now)
    }

    /// The backfill whose request leaves now: of those that may send, the one whose last turn was longest ago.
    mutating func next(_ conditions: BackfillThrottle.Conditions, at now: ContinuousClock.Instant) -> LaneNumber? {
        lookAgainAt = nil
        var next: (number: LaneNumber, lastTurn: Int)?
        for (number, entry) in entries where entry.waiting > 0 {
            switch entry.throttle.decide(conditions, at: now) {
            case .go:
                entries[number]?.hold = nil
                let isFirst = next.map { (entry.lastTurn, number.rawValue) < ($0.lastTurn, $0.number.rawValue) } ?? true
                if isFirst { next = (number, entry.lastTurn) }
            case .wait(let hold, let until):
                entries[number]?.hold = hold
                if let until { lookAgainAt = min(lookAgainAt ?? until, until) }
            }
        }
        return next?.number
    }

    /// A backfill's request leaves with this number.
    mutating func pass(_ backfill: LaneNumber, ticket: Int, at now: ContinuousClock.Instant) -> Turn {
        turns += 1
        entries[backfill]?.waiting -= 1
        entries[backfill]?.lastTurn = turns
        entries[backfill]?.throttle.pass(at: now)
        pace.pass(at: now)
        let turn = Turn(backfill: backfill, pipeline: pipeline, ticket: ticket)
        inFlight.insert(turn)
        return turn
    }

    /// A request has ended.
    /// - Returns: false if it was not in flight.
    mutating func end(_ turn: Turn, wasLimited: Bool, at now: ContinuousClock.Instant) -> Bool {
        if wasLimited { entries[turn.backfill]?.throttle.limited(at: now) }
        return inFlight.remove(turn) != nil
    }

    /// A backfill's state, for people.
    package struct Snapshot: Sendable, Equatable {
        /// What delays it; nil if nothing does.
        package let hold: BackfillThrottle.Hold?
        /// The part of its rate that it may use now: less than 1 after a 429.
        package let factor: Double
        /// Its requests in flight.
        package let requests: Int
    }

    /// The state of all backfills, for people.
    func snapshot(at now: ContinuousClock.Instant) -> [LaneNumber: Snapshot] {
        entries.reduce(into: [:]) { snapshots, entry in
            snapshots[entry.key] = Snapshot(
                hold: entry.value.waiting > 0 ? entry.value.hold : nil,
                factor: entry.value.throttle.factor(at: now),
                requests: inFlight.count { $0.backfill == entry.key }
            )
        }
    }
}
