package import Events
package import OfRecord

/// What may be ordered for a migration as it stands. Decisions alone.
package struct MigrationRules: Sendable, Equatable {
    /// After so many entries, nothing but ``MigrationOrder/Command/hold``, ``MigrationOrder/Command/goBack(when:customers:)`` and
    /// ``MigrationOrder/Command/resume`` is taken: which provider is of record follows from all of them, for each event.
    package static let mostEntries = 900
    /// After so many entries, nothing is taken.
    package static let mostEntriesOfAll = 1000

    private let course: MigrationCourse
    private let delivery: MigrationEntry.Delivery?
    private let gates: [GateStatus]
    private let drainedAt: Timestamp?
    private let entries: Int
    private let now: Timestamp

    /// - Parameters:
    ///   - delivery: what the new provider gets, by the log or else by the file.
    ///   - gates: how all gates stand.
    ///   - drainedAt: when the old provider's last invoice is final; nil if customers are still with it.
    package init(
        log: MigrationLog,
        delivery: MigrationEntry.Delivery?,
        gates: [GateStatus],
        drainedAt: Timestamp?,
        at now: Timestamp
    ) {
        course = MigrationCourse(log)
        entries = log.entries.count
        self.delivery = delivery
        self.gates = gates
        self.drainedAt = drainedAt
        self.now = now
    }

    /// Why an order is not carried out; nil if it may be.
    package func refusal(of order: MigrationOrder) -> MigrationRefusal? {
        if let close = course.close { return .closed(at: close.at) }
        if let refusal = fullness(for: order.command) { return refusal }
        switch order.command {
        // What the file says already may be said again: from then on the log decides.
        case .start: return course.delivery == nil ? nil : .alreadyStarted
        case .stage(let stage): return self.stage(stage)
        case .ramp(let share): return ramp(share) ?? closedGates(order)
        case .cut(let time): return cut(time) ?? closedGates(order)
        case .hold: return course.hold.map { .unchanged("the migration is held since \($0.at.rfc3339)") }
        case .resume: return course.hold == nil ? .notHeld : closedGates(order)
        case .goBack: return course.hasMoved ? nil : .nothingToReturn
        case .close: return close
        }
    }

    private func fullness(for command: MigrationOrder.Command) -> MigrationRefusal? {
        let limit =
            switch command {
            case .hold, .resume, .goBack: Self.mostEntriesOfAll
            case .start, .stage, .ramp, .cut, .close: Self.mostEntries
            }
        return entries < limit ? nil : .full(limit: limit)
    }

    private func stage(_ stage: MigrationEntry.Delivery) -> MigrationRefusal? {
        guard let current = course.delivery else { return .notStarted }
        guard stage != current else { return .unchanged("the stage is \(stage.rawValue) already") }
        guard stage == .mirror || !course.isRamping else { return .customersMoved }
        return nil
    }

    private func ramp(_ share: Double) -> MigrationRefusal? {
        guard delivery == .mirror else { return .notMirrored }
        if let hold = course.hold { return .held(since: hold.at) }
        guard share != course.share || course.cut != nil || course.leavesOut else {
            return .unchanged("\(MigrationEntry.Action.text(of: share))% of the customers move already")
        }
        return nil
    }

    private func cut(_ time: Timestamp) -> MigrationRefusal? {
        guard delivery == .mirror else { return .notMirrored }
        if let hold = course.hold { return .held(since: hold.at) }
        guard time != course.cut || course.leavesOut else { return .unchanged("the cut is at \(time.rfc3339) already") }
        return nil
    }

    private var close: MigrationRefusal? {
        if let hold = course.hold { return .held(since: hold.at) }
        guard let drainedAt else { return .notCut }
        return now < drainedAt ? .notDrained(until: drainedAt) : nil
    }

    private func closedGates(_ order: MigrationOrder) -> MigrationRefusal? {
        let closed = gates.filter { !$0.isGreen && !order.despite.contains($0.gate) }
        return closed.isEmpty ? nil : .gates(closed)
    }
}
