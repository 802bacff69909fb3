import Events
import Journal
import Routing

@testable import DeliveryEngine

/// The machine of a provider and that of a backfill, with a simulated clock, journal and vendor.
struct SharedProvider {
    enum Side: CaseIterable {
        case live, backfill
    }

    /// A request as the vendor saw it.
    struct Request: Equatable {
        let side: Side
        let at: Duration
        let sequences: [Int64]
    }

    static let number: LaneNumber = 1
    private static let start = ClockReading(instant: .now, wall: Timestamp(milliseconds: 1_700_000_000_000))

    private(set) var requests: [Request] = []
    /// How each event of a side has ended; a retry is no end.
    private(set) var ends: [Side: [Int64: [DeliveryStatus]]] = [:]
    /// When live events were settled, after their arrival.
    private(set) var liveWaits: [Duration] = []
    private(set) var backfillIsDone = false
    private(set) var backfillGaveBack: [SequenceNumber] = []
    /// What the vendor answers to a request that leaves now.
    var answer: (Side, Duration) -> Verdict = { _, _ in .all(.delivered(deduplicated: false)) }
    var latency = Duration.milliseconds(20)
    /// Requests of the gateway's clients, and how many of them are slow, by the time.
    var acceptance: (Duration) -> AcceptanceLoad.Counts = { _ in AcceptanceLoad.Counts() }

    private var live: PipelineMachine
    private var backfill: PipelineMachine
    private var now = start
    private let arrivals: [Duration]
    private var claimedLive = 0
    private var toFill: Int
    private var filled = 0
    /// Whether the backfill has begun.
    private var hasJoined = false
    private var retries: [Side: [Int64: Timestamp]] = [.live: [:], .backfill: [:]]
    private var attempts: [Side: [Int64: Int]] = [.live: [:], .backfill: [:]]
    private var isWatching = false
    private var agenda: [(at: Duration, order: Int, act: (inout SharedProvider) -> Void)] = []
    private var order = 0
    private static let fillFrom: Int64 = 1_000_000

    /// - Parameters:
    ///   - arrivals: of live events, ascending.
    ///   - fill: how many events the backfill takes.
    ///   - join: when the backfill begins.
    init(
        _ settings: PipelineSettings,
        arrivals: [Duration],
        fill: Int,
        percent: Double = 50,
        joiningAt join: Duration = .zero
    ) {
        self.arrivals = arrivals
        toFill = fill
        var own = settings
        own.provider = "p#1"
        own.rateLimit = nil
        live = PipelineMachine(settings: settings, seed: 1, at: Self.start)
        backfill = PipelineMachine(settings: own, isBackfill: true, seed: 2, at: Self.start)
        if join == .zero {
            self.join(percent)
        } else {
            plan(in: join) { provider in
                provider.join(percent)
                provider.carryOut(.backfill)
            }
        }
    }

    private mutating func join(_ percent: Double) {
        hasJoined = true
        live.backfillJoined(Self.number, percent: percent, at: now)
    }

    /// What the provider's pipeline has counted.
    var counts: PipelineMachine.Counts { live.counts }
    var elapsed: Duration { now.instant - Self.start.instant }
    var hold: BackfillThrottle.Hold? { live.backfills.snapshot(at: now.instant)[Self.number]?.hold }
    /// What the backfill's own pipeline waits for.
    var ownHold: BackfillThrottle.Hold? { backfill.backfillHold(at: now) }
    var factor: Double { live.backfills.snapshot(at: now.instant)[Self.number]?.factor ?? 0 }
    func requests(of side: Side) -> [Request] { requests.filter { $0.side == side } }

    /// Lets time pass.
    mutating func run(until end: Duration, while condition: (SharedProvider) -> Bool = { _ in true }) {
        for side in Side.allCases { carryOut(side) }
        while condition(self) {
            var times = agenda.map(\.at)
            if isWatching, claimedLive < arrivals.count { times.append(arrivals[claimedLive]) }
            guard let next = times.min(), next <= end else { break }
            now = Self.start + max(next, elapsed)
            if isWatching, claimedLive < arrivals.count, arrivals[claimedLive] <= elapsed {
                isWatching = false
                tell(.live) { $0.eventsArrived(at: $1) }
            }
            let due = agenda.filter { $0.at <= elapsed }.sorted { $0.order < $1.order }
            let passed = elapsed
            agenda.removeAll { $0.at <= passed }
            for entry in due { entry.act(&self) }
        }
        if elapsed < end, condition(self) { now = Self.start + end }
    }

    /// The journal has more events for the backfill.
    mutating func add(toFill count: Int) {
        toFill += count
    }

    mutating func closeBackfill() {
        tell(.backfill) { machine, _ in machine.close() }
    }

    mutating func change(to percent: Double) {
        tell(.live) { $0.backfillJoined(Self.number, percent: percent, at: $1) }
    }

    // MARK: - The shell

    private mutating func tell(_ side: Side, _ report: (inout PipelineMachine, ClockReading) -> Void) {
        let now = now
        switch side {
        case .live: report(&live, now)
        case .backfill: report(&backfill, now)
        }
        carryOut(side)
    }

    private mutating func plan(in time: Duration, _ act: @escaping (inout SharedProvider) -> Void) {
        order += 1
        agenda.append((elapsed + time, order, act))
    }

    private func due(_ side: Side) -> Timestamp? { retries[side]?.values.min() }

    private mutating func carryOut(_ side: Side) {
        guard side == .live || hasJoined else { return }
        if side == .live {
            let counts = acceptance(elapsed)
            live.acceptance(counts, at: now)
        }
        while let step = next(of: side) {
            switch step {
            case .claim(let limit): plan(in: .milliseconds(1)) { $0.claim(side, limit) }
            case .claimDue: plan(in: .milliseconds(1)) { $0.claimDue(side) }
            case .intend: plan(in: .milliseconds(2)) { $0.tell(side) { machine, _ in machine.intended(true) } }
            case .send(let batch): send(batch, side)
            case .settle(let settlement): plan(in: .milliseconds(2)) { $0.settle(side, settlement) }
            case .save: plan(in: .milliseconds(2)) { $0.tell(side) { machine, _ in machine.saved() } }
            case .bringForward: plan(in: .zero) { $0.tell(side) { $0.broughtForward(true, at: $1) } }
            case .watch: isWatching = true
            case .admitRead: break
            case .admitBackfill(let turn): tell(.backfill) { machine, _ in machine.turnCame(turn) }
            case .askTurn: tell(.live) { machine, _ in machine.backfillAsks(Self.number) }
            case .endTurn(let end): tell(.live) { $0.backfillEnded(end, at: $1) }
            case .wake(let instant):
                plan(in: instant - now.instant) { $0.tell(side) { machine, _ in machine.woke() } }
            case .finish(let sequences):
                backfillIsDone = sequences.isEmpty
                backfillGaveBack = sequences
                return
            }
        }
    }

    private mutating func next(of side: Side) -> PipelineMachine.Step? {
        let (now, due) = (now, due(side))
        return side == .live ? live.next(at: now, due: due) : backfill.next(at: now, due: due)
    }

    private mutating func claim(_ side: Side, _ limit: BlockLimit) {
        let numbers: [Int64]
        var isEnd = false
        switch side {
        case .live:
            let there = arrivals[claimedLive...].prefix { $0 <= elapsed }.count
            let count = min(there, limit.events)
            numbers = (claimedLive..<(claimedLive + count)).map { Int64($0 + 1) }
            claimedLive += count
            isEnd = count == there
        case .backfill:
            let count = min(toFill - filled, limit.events)
            numbers = (filled..<filled + count).map { Self.fillFrom + Int64($0) }
            filled += count
        }
        guard !numbers.isEmpty else { return tell(side) { machine, _ in machine.foundNothing() } }
        let items = numbers.map { item($0, side) }
        tell(side) { $0.claimed(.init(items: items), toTheEnd: isEnd, at: $1) }
    }

    private func item(_ number: Int64, _ side: Side, attempts: Int = 0) -> DeliveryItem {
        let acceptedAt =
            side == .live ? Self.start.wall + arrivals[Int(number) - 1] : Self.start.wall - .seconds(86_400)
        return DeliveryItem(
            sequence: SequenceNumber(number),
            id: EventID("\(number)"),
            acceptedAt: acceptedAt,
            translated: TranslatedEvent(bytes: [0], identity: "\(number)"),
            attemptsBefore: attempts
        )
    }

    private mutating func claimDue(_ side: Side) {
        let due = (retries[side] ?? [:]).filter { $0.value <= now.wall }.map(\.key).sorted()
        for number in due { retries[side]?[number] = nil }
        let items = due.map { item($0, side, attempts: attempts[side]?[$0] ?? 0) }
        tell(side) { machine, _ in machine.claimedDue(.init(items: items)) }
    }

    private mutating func send(_ batch: DeliveryBatch, _ side: Side) {
        requests.append(Request(side: side, at: elapsed, sequences: batch.items.map(\.sequence.rawValue)))
        let verdict = answer(side, elapsed)
        let status: Int = if case .all(.delivered) = verdict { 200 } else { 429 }
        let facts = AttemptFacts(at: now.wall, latency: latency, httpStatus: status)
        for item in batch.items { attempts[side]?[item.sequence.rawValue, default: 0] += 1 }
        plan(in: latency) { $0.tell(side) { $0.called(batch, verdict, facts, at: $1) } }
    }

    private mutating func settle(_ side: Side, _ settlement: Settlement) {
        let delivered = settlement.delivered.flatMap(\.sequences).map(\.rawValue)
        for number in delivered { end(side, number, .delivered) }
        for exception in settlement.exceptions {
            if let next = exception.nextAttemptAt {
                retries[side]?[exception.sequence.rawValue] = next
            } else {
                end(side, exception.sequence.rawValue, exception.status)
            }
        }
        tell(side) { machine, _ in machine.settled(settlement) }
    }

    private mutating func end(_ side: Side, _ number: Int64, _ status: DeliveryStatus) {
        ends[side, default: [:]][number, default: []].append(status)
        if side == .live { liveWaits.append(elapsed - arrivals[Int(number) - 1]) }
    }
}

private func - (timestamp: Timestamp, duration: Duration) -> Timestamp { timestamp + (.zero - duration) }
