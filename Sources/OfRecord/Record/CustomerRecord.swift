import Events

/// Which of a migration's two providers is of record for one customer, as the log's entries come one after another.
///
/// A fold over the log. Between two entries the rules do not change, so that at most one switch is due, and its time is known.
struct CustomerRecord {
    /// A change of the provider of record, from this time on.
    struct Switch: Equatable {
        let at: Timestamp
        let to: Side
    }

    private let customer: CustomerID
    private let point: Double
    private let cycle: BillingCycle

    private(set) var side = Side.from
    private var share = 0.0
    /// From when on all customers move at their boundaries; nil if no cut was ordered.
    private var cut: Timestamp?
    private var isHeld = false
    /// Whether the customer was sent back alone, and so takes no part in the share that holds for others.
    private var isExcluded = false
    /// When a return is due that waits for a boundary.
    private var returning: Timestamp?

    init(_ customer: CustomerID, cycle: BillingCycle) {
        self.customer = customer
        self.cycle = cycle
        point = CustomerShare.point(of: customer.rawValue)
    }

    /// Any customer at a point of the share whom no order names.
    init(at point: Double, cycle: BillingCycle) {
        customer = ""
        self.cycle = cycle
        self.point = point
    }

    /// The switch that comes next, if no further entry comes before it.
    /// - Parameter time: of the last entry; the switch is after it.
    func next(after time: Timestamp) -> Switch? {
        switch side {
        case .from: return entry(after: time).map { Switch(at: $0, to: .to) }
        case .to: return returning.map { Switch(at: $0, to: .from) }
        }
    }

    /// The boundary at which the customer moves; nil if nothing moves him.
    private func entry(after time: Timestamp) -> Timestamp? {
        guard !isHeld else { return nil }
        let byShare = point < share && !isExcluded ? cycle.boundary(after: time) : nil
        // A boundary at the very time of the cut belongs to it.
        let byCut = cut.flatMap { cycle.boundary(after: max(time, $0 + .milliseconds(-1))) }
        guard let byShare, let byCut else { return byShare ?? byCut }
        return min(byShare, byCut)
    }

    mutating func apply(_ change: Switch) {
        side = change.to
        returning = nil
    }

    /// Takes in the next entry.
    /// - Returns: the switch that it makes at once, just after its time; nil if none.
    mutating func apply(_ entry: MigrationEntry) -> Switch? {
        switch entry.action {
        case .ramp(let share):
            (self.share, cut, isExcluded) = (share, nil, false)
            if point < share { returning = nil }
        case .cut(let time): (cut, returning) = (time, nil)
        case .stage, .close: break
        case .hold: isHeld = true
        case .resume: isHeld = false
        case .goBack(let when, let customers):
            guard let customers else {
                (share, cut) = (0, nil)
                return goBack(when, at: entry.at)
            }
            guard customers.contains(customer) else { return nil }
            (isExcluded, cut) = (true, nil)
            return goBack(when, at: entry.at)
        }
        return nil
    }

    private mutating func goBack(_ when: MigrationEntry.ReturnTime, at time: Timestamp) -> Switch? {
        guard side == .to else { return nil }
        switch when {
        case .now: return Switch(at: time + .milliseconds(1), to: .from)
        case .boundary:
            returning = returning ?? cycle.boundary(after: time)
            return nil
        }
    }
}

/// One of a migration's two providers.
package enum Side: String, Sendable, CaseIterable {
    /// The provider that the customers leave.
    case from
    /// The provider that they move to.
    case to
}
