package import Events

/// A step of a migration that somebody ordered, or that a red gate ordered.
package struct MigrationEntry: Sendable, Equatable {
    /// What an entry changes for what comes after it.
    package enum Action: Sendable, Equatable {
        /// What the new provider gets from now on. It changes nothing about who is of record.
        case stage(Delivery)
        /// Customers of this share of all, 0 to 100, move at their next boundaries.
        case ramp(share: Double)
        /// All customers move at their first boundaries from this time on.
        case cut(at: Timestamp)
        /// Nobody moves until ``resume``.
        case hold
        case resume
        /// Customers go back, all or these. It ends the ramp for them: they take part again from the next ramp or cut on.
        case goBack(when: ReturnTime, customers: Set<CustomerID>?)
        /// The migration has ended: the old provider gets nothing any more.
        case close
    }

    /// What the new provider gets.
    package enum Delivery: String, Sendable, CaseIterable {
        /// Events are translated, and not sent.
        case shadow
        /// All events that the route sends there.
        case mirror
    }

    /// When a return takes effect.
    package enum ReturnTime: String, Sendable, CaseIterable {
        /// At once, in the middle of a period.
        case now
        /// At each customer's next boundary.
        case boundary
    }

    /// Its position in the log, as whoever keeps the log has counted it.
    package let number: Int
    /// When it was recorded. It changes nothing up to and at this time.
    package let at: Timestamp
    package let action: Action

    package init(number: Int, at: Timestamp, action: Action) {
        self.number = number
        self.at = at
        self.action = action
    }
}

/// The entries of one migration, in the order of their numbers.
package struct MigrationLog: Sendable, Equatable {
    package let entries: [MigrationEntry]

    /// - Parameter entries: in any order. No two have the same number.
    package init(_ entries: [MigrationEntry] = []) {
        let sorted = entries.sorted { $0.number < $1.number }
        precondition(
            zip(sorted, sorted.dropFirst()).allSatisfy { $0.number < $1.number },
            "two entries with one number have no order"
        )
        var latest = Timestamp(milliseconds: .min)
        self.entries = sorted.map { entry in
            // A clock that was set back must not reach behind what an earlier entry has decided.
            latest = max(latest, entry.at)
            return MigrationEntry(number: entry.number, at: latest, action: entry.action)
        }
    }

    /// Whether nobody moves for now.
    package var isHeld: Bool {
        for entry in entries.reversed() {
            switch entry.action {
            case .hold: return true
            case .resume: return false
            case .stage, .ramp, .cut, .goBack, .close: continue
            }
        }
        return false
    }

    /// Whose customers move, of all, in percent: as the newest order says that changes it.
    var share: Double {
        for entry in entries.reversed() {
            switch entry.action {
            case .ramp(let share): return share
            case .goBack(_, nil): return 0
            case .stage, .cut, .hold, .resume, .goBack, .close: continue
            }
        }
        return 0
    }

    /// The customers that returned, or were to return, by their IDs.
    var returned: Set<CustomerID> {
        entries.reduce(into: []) { returned, entry in
            if case .goBack(_, let customers?) = entry.action { returned.formUnion(customers) }
        }
    }

    /// What the new provider gets; nil before the migration was started.
    package var delivery: MigrationEntry.Delivery? {
        for entry in entries.reversed() {
            if case .stage(let delivery) = entry.action { return delivery }
        }
        return nil
    }

    /// This log with the order that the new provider gets all events, unless that was ordered.
    package func mirroring(from time: Timestamp) -> MigrationLog {
        guard delivery != .mirror else { return self }
        let number = (entries.last?.number ?? 0) + 1
        return MigrationLog(entries + [MigrationEntry(number: number, at: time, action: .stage(.mirror))])
    }

    /// Whether the old provider gets nothing any more.
    package var isClosed: Bool {
        entries.contains { $0.action == .close }
    }
}
