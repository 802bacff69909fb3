package import Events

/// Says which of a migration's two providers is of record for a customer at a time: whose bill the usage of that time is on.
///
/// A pure function of the customer, the time, the boundaries and the log, so that all gateways with the same log agree, and there is no
/// table of customers. Always exactly one provider. An entry of the log changes nothing up to its own time, so what was decided stays.
package struct RecordKeeping: Sendable {
    private let boundaries: BillingBoundaries
    private let log: MigrationLog

    package init(boundaries: BillingBoundaries, log: MigrationLog) {
        self.boundaries = boundaries
        self.log = log
    }

    /// The provider of record for usage of this time.
    /// - Parameter time: the event's own, not that of its acceptance: a late event belongs to the bill of its time.
    package func side(for customer: CustomerID, at time: Timestamp) -> Side { tenure(for: customer, at: time).side }

    /// The provider of record for usage of this time, and since which time it is that; nil if it was always.
    package func tenure(for customer: CustomerID, at time: Timestamp) -> (side: Side, since: Timestamp?) {
        var tenure = (side: Side.from, since: Timestamp?.none)
        forEachSwitch(of: customer) { change in
            guard change.at <= time else { return false }
            tenure = (change.to, change.at)
            return true
        }
        return tenure
    }

    /// Whether nobody has moved or will, as far as the log goes.
    package var isUnused: Bool {
        !log.entries.contains { entry in
            switch entry.action {
            case .ramp(let share): share > 0
            case .cut: true
            case .stage, .hold, .resume, .goBack, .close: false
            }
        }
    }

    /// All changes of the provider of record for a customer, in the order of their times; before the first it is ``Side/from``.
    package func switches(of customer: CustomerID) -> [(at: Timestamp, to: Side)] {
        var changes: [(at: Timestamp, to: Side)] = []
        forEachSwitch(of: customer) { change in
            changes.append((change.at, change.to))
            return true
        }
        return changes
    }

    // MARK: - When all have moved

    /// From when on the new provider is of record for every customer, as far as the log goes; nil if it never is: somebody has not moved
    /// and does not, or returns.
    ///
    /// It follows the log and not the times of the orders: a hold puts a move off until the first boundary after it is resumed, a cut in the
    /// past moves nobody before it was ordered, and whoever returned alone takes no part until the next ramp or cut.
    package func lastMove() -> Timestamp? {
        // Whoever is at a smaller point moves no later, and goes back no earlier.
        var records = boundaries.distinctCycles.map { CustomerRecord(at: CustomerShare.last, cycle: $0) }
        records += log.returned.map { CustomerRecord($0, cycle: boundaries.cycle(of: $0)) }
        var last: Timestamp?
        for record in records {
            guard let move = lastMove(of: record) else { return nil }
            last = max(last ?? move, move)
        }
        return last
    }

    private func lastMove(of record: CustomerRecord) -> Timestamp? {
        var last: CustomerRecord.Switch?
        forEachSwitch(of: record) { change in
            last = change
            return true
        }
        return last.flatMap { $0.to == .to ? $0.at : nil }
    }

    // MARK: - What comes next

    /// Which customers change their provider of record next, as far as the log goes: another order may change that.
    /// - Parameters:
    ///   - limit: maximum number of times; those after them are counted.
    ///   - mostCustomers: of those with periods of their own, how many are examined.
    package func upcoming(after now: Timestamp, limit: Int, mostCustomers: Int = 50_000) -> UpcomingMoves {
        var groups: [UpcomingMoves.Key: UpcomingMoves.Group] = [:]
        for customer in boundaries.customers.prefix(mostCustomers) {
            let record = CustomerRecord(customer, cycle: boundaries.cycle(of: customer))
            guard let key = next(of: record, after: now) else { continue }
            groups[key, default: UpcomingMoves.Group(key)].add(customer)
        }
        // The last to enter by the share as it is; where none is left, the first that entered.
        let share = log.share
        let other = CustomerRecord(at: share > 0 ? share.nextDown : 0, cycle: boundaries.otherwise)
        if let key = next(of: other, after: now) {
            groups[key, default: UpcomingMoves.Group(key)].includesOthers = true
        }
        let sorted = groups.values.sorted { ($0.at, $0.to.rawValue) < ($1.at, $1.to.rawValue) }
        return UpcomingMoves(
            groups: Array(sorted.prefix(max(0, limit))),
            later: max(0, sorted.count - max(0, limit)),
            notLookedAt: max(0, boundaries.count - mostCustomers)
        )
    }

    private func next(of record: CustomerRecord, after now: Timestamp) -> UpcomingMoves.Key? {
        var found: UpcomingMoves.Key?
        forEachSwitch(of: record) { change in
            guard change.at > now else { return true }
            found = UpcomingMoves.Key(at: change.at, to: change.to)
            return false
        }
        return found
    }

    /// - Parameter body: tells whether to go on.
    private func forEachSwitch(of customer: CustomerID, _ body: (CustomerRecord.Switch) -> Bool) {
        forEachSwitch(of: CustomerRecord(customer, cycle: boundaries.cycle(of: customer)), body)
    }

    private func forEachSwitch(of start: CustomerRecord, _ body: (CustomerRecord.Switch) -> Bool) {
        guard let first = log.entries.first else { return }
        var record = start
        var time = first.at
        for entry in log.entries {
            // One at most: the customer moves, or a return that waited for its boundary takes place and what follows moves him again.
            while let change = record.next(after: time), change.at <= entry.at {
                guard body(change) else { return }
                record.apply(change)
                time = change.at
            }
            time = entry.at
            if let change = record.apply(entry) {
                guard body(change) else { return }
                record.apply(change)
            }
        }
        while let change = record.next(after: time) {
            guard body(change) else { return }
            record.apply(change)
            time = change.at
        }
    }
}
