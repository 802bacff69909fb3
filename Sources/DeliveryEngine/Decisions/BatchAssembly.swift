import Events

/// The events that wait for a request, and how they become batches within the vendor's limits.
///
/// Events of different standing never share a request, and take turns. So retries, however many are due, leave a share of the requests to
/// new events, and an event that makes the vendor fail does so alone.
struct BatchAssembly: Sendable {
    /// What may be sent now.
    struct Permission: Sendable, Equatable {
        /// Whether new events that do not fill a batch may leave, because no more are expected soon.
        var partlyFilled = true
        /// Whether events that were tried before may leave.
        var retries = true
        /// Whether events for which the account was refused may leave.
        var accused = false

        init(partlyFilled: Bool = true, retries: Bool = true, accused: Bool = false) {
            self.partlyFilled = partlyFilled
            self.retries = retries
            self.accused = accused
        }
    }

    /// Limits of one request.
    private let limit: BatchLimit
    private var fresh = BatchQueue()
    private var repeated = BatchQueue()
    private var suspects = BatchQueue()
    private var accused = BatchQueue()
    private var lastTurn = Standing.accused

    init(limit: BatchLimit) {
        self.limit = limit
    }

    /// How many events wait.
    var count: Int { fresh.count + repeatedCount }
    var bytes: Int { fresh.bytes + repeatedBytes }
    /// How many of them were never tried.
    var freshCount: Int { fresh.count }
    var freshBytes: Int { fresh.bytes }
    /// When the oldest of those was accepted that were never tried; nil if there is none.
    var oldestFresh: Timestamp? { fresh.waiting.first?.acceptedAt }
    var repeatedCount: Int { repeated.count + suspects.count + accused.count }
    var repeatedBytes: Int { repeated.bytes + suspects.bytes + accused.bytes }

    /// Whether an event waits that has nothing against it.
    var hasUnsuspected: Bool { fresh.count + repeated.count > 0 }
    /// Whether only events wait for which the account was refused.
    var hasOnlyAccused: Bool { accused.count > 0 && fresh.count + repeated.count + suspects.count == 0 }

    /// Whether new events may leave.
    /// - Parameter partlyFilled: whether they may leave even if they do not fill a batch.
    func hasFresh(partlyFilled: Bool) -> Bool {
        fresh.count > 0 && (partlyFilled || fresh.count >= limit.events || fresh.bytes >= limit.bytes)
    }

    mutating func append(_ item: DeliveryItem) {
        change(item.standing) { $0.append(item) }
    }

    /// Puts a batch back unchanged, ahead of everything that waits.
    mutating func putBack(_ batch: DeliveryBatch) {
        change(batch.standing == .fresh ? .repeated : batch.standing) { $0.putBack(batch) }
    }

    /// Puts an event that was never tried in front of the others, for the next probe.
    mutating func bringForward(freshAt index: Int) {
        fresh.bringForward(index)
    }

    /// Takes the next batch; nil if none may leave.
    /// - Parameter most: maximum number of events in it; nil: as many as the vendor accepts.
    mutating func next(_ permission: Permission = Permission(), most: Int? = nil) -> DeliveryBatch? {
        let turns = Self.turns(after: lastTurn)
        for turn in turns where isReady(turn, permission) {
            lastTurn = turn
            return take(turn, most: most)
        }
        return nil
    }

    /// Takes one event for a probe: preferably one with nothing against it, then one that failed alone, last one for which the account
    /// was refused.
    ///
    /// - Parameter choose: picks one of so many; the first is the oldest.
    mutating func probe(_ choose: (Int) -> Int = { _ in 0 }) -> DeliveryBatch? {
        fresh.takeOne(choose) ?? repeated.takeOne(choose) ?? suspects.takeOne(choose) ?? accused.takeOne(choose)
    }

    /// Takes all waiting events, to return them unsent.
    mutating func removeAll() -> [DeliveryItem] {
        accused.removeAll() + suspects.removeAll() + repeated.removeAll() + fresh.removeAll()
    }

    private static func turns(after last: Standing) -> [Standing] {
        switch last {
        case .accused: [.fresh, .repeated, .suspect, .accused]
        case .fresh: [.repeated, .suspect, .accused, .fresh]
        case .repeated: [.suspect, .accused, .fresh, .repeated]
        case .suspect: [.accused, .fresh, .repeated, .suspect]
        }
    }

    private func isReady(_ turn: Standing, _ permission: Permission) -> Bool {
        switch turn {
        case .fresh: hasFresh(partlyFilled: permission.partlyFilled)
        case .repeated: repeated.count > 0 && permission.retries
        case .suspect: suspects.count > 0 && permission.retries
        case .accused: accused.count > 0 && permission.accused
        }
    }

    private mutating func take(_ turn: Standing, most: Int?) -> DeliveryBatch? {
        let limit = most.map { self.limit.events(atMost: $0) } ?? self.limit
        return change(turn) { queue in
            queue.takeFixed() ?? queue.takeBatch(within: limit)
        }
    }

    private mutating func change<Result>(_ standing: Standing, _ body: (inout BatchQueue) -> Result) -> Result {
        switch standing {
        case .fresh: body(&fresh)
        case .repeated: body(&repeated)
        case .suspect: body(&suspects)
        case .accused: body(&accused)
        }
    }
}
