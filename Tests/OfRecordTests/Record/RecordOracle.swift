import Events
import OfRecord

/// The rules of a migration's log once more, the slow way: every boundary of a customer is visited, and the log decides there.
struct RecordOracle {
    let boundaries: [Timestamp]
    let log: MigrationLog

    /// The boundaries of a cycle between two times.
    static func boundaries(of cycle: BillingCycle, from start: Timestamp, until end: Timestamp) -> [Timestamp] {
        var (found, time): ([Timestamp], Timestamp) = ([], start)
        while let next = cycle.boundary(after: time), next < end {
            found.append(next)
            time = next
        }
        return found
    }

    private struct State {
        var (side, share, cut, isHeld) = (Side.from, 0.0, Timestamp?.none, false)
        var (isExcluded, isReturning) = (false, false)
    }

    func switches(of customer: CustomerID) -> [String] {
        let point = CustomerShare.point(of: customer.rawValue)
        var (state, changes): (State, [String]) = (State(), [])
        func change(to side: Side, at time: Timestamp) {
            (state.side, state.isReturning) = (side, false)
            changes.append("\(time.milliseconds) \(side)")
        }
        func visit(_ boundary: Timestamp) {
            guard state.side == .from else {
                if state.isReturning { change(to: .from, at: boundary) }
                return
            }
            let isIn = point < state.share && !state.isExcluded || state.cut.map { $0 <= boundary } ?? false
            if isIn, !state.isHeld { change(to: .to, at: boundary) }
        }
        var rest = boundaries[...]
        for entry in log.entries {
            while let boundary = rest.first, boundary <= entry.at {
                visit(boundary)
                rest.removeFirst()
            }
            switch entry.action {
            case .ramp(let share):
                (state.share, state.cut, state.isExcluded) = (share, nil, false)
                if point < share { state.isReturning = false }
            case .cut(let time): (state.cut, state.isReturning) = (time, false)
            case .stage, .close: break
            case .hold: state.isHeld = true
            case .resume: state.isHeld = false
            case .goBack(let when, let customers):
                if let customers, !customers.contains(customer) { continue }
                state.cut = nil
                if customers == nil { state.share = 0 } else { state.isExcluded = true }
                guard state.side == .to else { continue }
                switch when {
                case .now: change(to: .from, at: entry.at + .milliseconds(1))
                case .boundary: state.isReturning = true
                }
            }
        }
        for boundary in rest { visit(boundary) }
        return changes
    }
}
