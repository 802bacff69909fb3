import Events
import Journal
import Routing

@testable import DeliveryEngine

/// A pipeline's machine with a simulated clock, journal and vendor: days of delivery in a moment, the same for the same seed.
struct SimulatedDelivery {
    /// What the vendor does with every request that carries a poisoned event.
    enum Poison: CaseIterable {
        case failure, forbidden, notFound, hang, unavailable, unnamed
        /// A rate limit for this event alone, for ever.
        case limited

        /// Whether the event is rejected in the end; a rate limit never is the reason for that.
        var ends: Bool { self != .limited }
    }

    /// What the vendor does with all requests.
    enum Weather {
        case fine, unavailable, limited, refused, unreachable
    }

    struct End: Equatable {
        let status: DeliveryStatus
        let at: Duration
    }

    private enum Report {
        case claim(BlockLimit), claimDue(BlockLimit)
        case called(DeliveryBatch, Verdict, AttemptFacts)
        case settled(Settlement)
        case intended, saved, broughtForward(Duration), woke
    }

    private struct Retry {
        var due: Timestamp?
        var attempts = 0
        var reachedAt: Timestamp?
        var isClaimed = false
    }

    private static let start = ClockReading(instant: .now, wall: Timestamp(milliseconds: 1_700_000_000_000))

    /// The weather by its beginning, in order.
    var weather: [(from: Duration, Weather)] = []
    var retryAfter: Duration?
    private(set) var ends: [Int64: End] = [:]
    /// How many requests left while the weather was not fine.
    private(set) var requestsInBadWeather = 0
    private(set) var requests = 0

    private var machine: PipelineMachine
    private var now = start
    private let arrivals: [Duration]
    private let poisons: [Int64: Poison]
    private var walked = 0
    private var retries: [Int64: Retry] = [:]
    private var agenda: [(at: ContinuousClock.Instant, order: Int, report: Report)] = []
    private var order = 0
    private var isWatching = false

    /// - Parameters:
    ///   - arrivals: when each event arrives, ascending; the first has the number 1.
    ///   - poisons: by number.
    init(_ settings: PipelineSettings, arrivals: [Duration], poisons: [Int64: Poison], seed: UInt64) {
        self.arrivals = arrivals
        self.poisons = poisons
        machine = PipelineMachine(settings: settings, seed: seed, at: Self.start)
    }

    /// The time since the start.
    var elapsed: Duration { now.instant - Self.start.instant }
    var circuit: String { machine.snapshot(at: now).circuit }
    var parked: DeliveryFault? { machine.snapshot(at: now).parked }

    /// Lets time pass until every event has ended, or `limit` is over.
    mutating func run(for limit: Duration) {
        carryOut()
        while ends.count < arrivals.count {
            let arrival = isWatching && walked < arrivals.count ? Self.start.instant + arrivals[walked] : nil
            let first = agenda.indices.min { (agenda[$0].at, agenda[$0].order) < (agenda[$1].at, agenda[$1].order) }
            guard let next = [first.map { agenda[$0].at }, arrival].compactMap(\.self).min(),
                next - Self.start.instant <= limit
            else { return }
            now = Self.start + max(next - Self.start.instant, elapsed)
            if let first, agenda[first].at <= now.instant {
                take(agenda.remove(at: first).report)
            } else {
                isWatching = false
                machine.eventsArrived(at: now)
            }
            carryOut()
        }
    }

    private var due: Timestamp? { retries.values.lazy.filter { !$0.isClaimed }.compactMap(\.due).min() }
    private var arrived: Int { arrivals[walked...].prefix { $0 <= elapsed }.count }

    private mutating func plan(_ report: Report, in time: Duration) {
        order += 1
        agenda.append((now.instant + time, order, report))
    }

    private mutating func carryOut() {
        while let step = machine.next(at: now, due: due) {
            switch step {
            case .claim(let limit): plan(.claim(limit), in: .milliseconds(1))
            case .claimDue(let limit): plan(.claimDue(limit), in: .milliseconds(1))
            case .intend: plan(.intended, in: .milliseconds(2))
            case .send(let batch): send(batch)
            case .settle(let settlement): plan(.settled(settlement), in: .milliseconds(2))
            case .save: plan(.saved, in: .milliseconds(2))
            case .bringForward(let step): plan(.broughtForward(step), in: .milliseconds(2))
            case .watch: isWatching = true
            case .admitRead, .admitBackfill, .askTurn, .endTurn: break
            case .wake(let instant):
                agenda.removeAll { if case .woke = $0.report { true } else { false } }
                plan(.woke, in: instant - now.instant)
            case .finish: return
            }
        }
    }

    private mutating func take(_ report: Report) {
        switch report {
        case .claim(let limit): claim(limit)
        case .claimDue(let limit): claimDue(limit)
        case .called(let batch, let verdict, let facts): machine.called(batch, verdict, facts, at: now)
        case .settled(let settlement): settle(settlement)
        case .intended: machine.intended(true)
        case .saved: machine.saved()
        case .broughtForward(let step):
            for number in retries.keys {
                if let due = retries[number]?.due { retries[number]?.due = due + (.zero - step) }
            }
            machine.broughtForward(true, at: now)
        case .woke: machine.woke()
        }
    }

    // MARK: - Journal

    private mutating func claim(_ limit: BlockLimit) {
        let count = min(arrived, limit.events)
        guard count > 0 else { return machine.foundNothing() }
        let items = (walked..<walked + count).map { DeliveryItem.sample(Int64($0 + 1)) }
        walked += count
        machine.claimed(.init(items: items), toTheEnd: arrived == 0, at: now)
    }

    private mutating func claimDue(_ limit: BlockLimit) {
        let ready = retries.filter { entry in !entry.value.isClaimed && entry.value.due.map { $0 <= now.wall } ?? false
        }
        var items: [DeliveryItem] = []
        for number in ready.keys.sorted().prefix(limit.events) {
            guard let retry = retries[number] else { continue }
            retries[number]?.isClaimed = true
            items.append(.sample(number, attemptsBefore: retry.attempts, reachedAt: retry.reachedAt))
        }
        machine.claimedDue(.init(items: items))
    }

    private mutating func settle(_ settlement: Settlement) {
        for sequence in settlement.delivered.flatMap(\.sequences) {
            ends[sequence.rawValue] = End(status: .delivered, at: elapsed)
        }
        for exception in settlement.exceptions {
            let number = exception.sequence.rawValue
            guard exception.status == .retrying else {
                retries[number] = nil
                ends[number] = End(status: exception.status, at: elapsed)
                continue
            }
            let attempts = (retries[number]?.attempts ?? 0) + exception.newAttempts.count
            let reachedAt = retries[number]?.reachedAt ?? exception.reachedAt
            retries[number] = Retry(due: exception.nextAttemptAt, attempts: attempts, reachedAt: reachedAt)
        }
        machine.settled(settlement)
    }

    // MARK: - Vendor

    private mutating func send(_ batch: DeliveryBatch) {
        requests += 1
        let weather = weather.last { $0.from <= elapsed }?.1 ?? .fine
        if weather != .fine { requestsInBadWeather += 1 }
        let (verdict, status, latency) = answer(to: batch, in: weather)
        let facts = AttemptFacts(at: now.wall, latency: latency, httpStatus: status)
        plan(.called(batch, verdict, facts), in: latency)
    }

    private func answer(to batch: DeliveryBatch, in weather: Weather) -> (Verdict, Int?, Duration) {
        func fault(_ code: DeliveryErrorCode) -> DeliveryFault { DeliveryFault(code: code, message: "simulated") }
        let after = retryAfter.map { RetryAfter.delay($0) }
        switch weather {
        case .unavailable: return (.all(.ambiguous(fault(.vendorUnavailable), after: after)), 503, .milliseconds(20))
        case .limited: return (.all(.retry(fault(.rateLimited), after: after)), 429, .milliseconds(20))
        case .refused: return (.all(.park(fault(.unauthorized))), 401, .milliseconds(20))
        case .unreachable: return (.all(.retry(fault(.connectionFailed), after: nil)), nil, .milliseconds(1))
        case .fine: break
        }
        switch batch.items.lazy.compactMap({ poisons[$0.sequence.rawValue] }).first {
        case .failure?: return (.all(.ambiguous(fault(.vendorError))), 500, .milliseconds(20))
        case .forbidden?: return (.all(.park(fault(.forbidden))), 403, .milliseconds(20))
        case .notFound?: return (.all(.park(fault(.notFound))), 404, .milliseconds(20))
        case .hang?: return (.all(.ambiguous(fault(.timeout))), nil, .seconds(30))
        case .unavailable?: return (.all(.ambiguous(fault(.vendorUnavailable))), 502, .milliseconds(20))
        case .unnamed?:
            return (
                batch.items.count > 1 ? .unnamed(fault(.invalidEvent)) : .all(.reject(fault(.invalidEvent))), 400,
                .milliseconds(20)
            )
        case .limited?: return (.all(.retry(fault(.rateLimited), after: after)), 429, .milliseconds(20))
        case nil: return (.all(.delivered(deduplicated: false)), 200, .milliseconds(20))
        }
    }
}
