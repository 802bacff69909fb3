import Events
import Parity

extension MigrationFacts {
    /// The comparisons of events, newest first; those of amounts alone are others.
    var eventComparisons: [ParityRun] { comparisons.filter(\.order.level.readsEvents) }

    /// The comparisons of billed amounts, newest first.
    var amountComparisons: [ParityRun] { comparisons.filter { $0.order.level == .usage } }
}

/// What the newest comparisons of all accounts say together.
struct LatestComparisons {
    /// Up to which time all of them say something.
    let comparedUpTo: Timestamp
    /// The sum of what they have found.
    let unexplained: Int
    /// On how many events they rest.
    let events: Int

    /// - Parameters:
    ///   - runs: of one kind, newest first.
    ///   - count: on how many events a comparison of two accounts rests.
    /// - Returns: nil if no complete comparison includes one of the pairs.
    init?(of runs: [ParityRun], at accounts: [AccountPair], counting count: (ParityRun, AccountPair) -> Int) {
        // One comparison may include several pairs, and its findings count once.
        var found: [Int64: Int] = [:]
        var (upTo, events): (Timestamp?, Int) = (nil, 0)
        for pair in accounts {
            guard let latest = LatestComparison(of: runs.filter(pair.isCompared)) else { return nil }
            found[latest.complete.id] = max(found[latest.complete.id] ?? 0, latest.unexplained)
            upTo = min(upTo ?? latest.complete.comparedUpTo, latest.complete.comparedUpTo)
            events += count(latest.complete, pair)
        }
        guard let upTo else { return nil }
        comparedUpTo = upTo
        unexplained = found.values.reduce(0, +)
        self.events = events
    }
}

/// What the comparisons since the newest complete one say, itself included.
private struct LatestComparison {
    let complete: ParityRun
    /// The most that one of them has found: what a newer one found before it failed is there too.
    let unexplained: Int

    /// - Parameter runs: newest first.
    /// - Returns: nil if none is complete.
    init?(of runs: [ParityRun]) {
        guard let index = runs.firstIndex(where: \.isComplete) else { return nil }
        complete = runs[index]
        unexplained = runs[...index].map(\.unexplained).max() ?? 0
    }
}

extension ParityRun {
    /// Whether all was compared that it was to compare.
    var isComplete: Bool {
        switch verdict {
        case .equal, .different: true
        case .incomplete, nil: false
        }
    }

    /// How many events the new account should have: only these show what it makes of them. The old one may get nothing any more.
    func compared(at accounts: AccountPair) -> Int {
        reports.first { $0.provider == accounts.to }?.totals.expected ?? 0
    }

    /// Up to which time it says something.
    var comparedUpTo: Timestamp { min(order.window.until, endedAt ?? order.window.until) }

    /// Differences that concern a bill or have no known cause, and that nobody has accepted. Refused deliveries and those with unknown
    /// outcome have gates of their own.
    var unexplained: Int {
        reports.flatMap(\.causes).reduce(0) { sum, count in
            sum + (count.cause.isUnexplained ? max(0, count.count - count.accepted) : 0)
        }
    }
}

extension Cause {
    fileprivate var isUnexplained: Bool {
        switch self {
        case .unexplained, .foreign: true
        default: urgency == .money
        }
    }
}
