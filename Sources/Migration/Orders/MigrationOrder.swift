package import Events
package import OfRecord

/// What somebody orders for a migration.
package struct MigrationOrder: Sendable, Equatable {
    /// What is ordered.
    package enum Command: Sendable, Equatable {
        /// Begins the migration: the new provider gets this from now on.
        case start(MigrationEntry.Delivery)
        /// Changes what the new provider gets.
        case stage(MigrationEntry.Delivery)
        /// Moves customers of this share of all, over 0 up to 100, at their next boundaries.
        case ramp(share: Double)
        /// Moves all customers at their first boundaries from this time on.
        case cut(at: Timestamp)
        /// Lets nobody move.
        case hold
        case resume
        /// Sends customers back, all or these.
        case goBack(when: MigrationEntry.ReturnTime, customers: Set<CustomerID>?)
        /// Ends the migration.
        case close
    }

    /// Maximum number of customers that are named in one order.
    package static let mostCustomers = 1000
    /// Maximum number of bytes of a reason.
    package static let reasonLimitBytes = 500

    package let command: Command
    /// The id of the plan that it rests on; nil if there is none.
    package var plan: String?
    package var reason: String?
    /// Gates that need not be green.
    package var despite: Set<Gate>
    /// Whether nothing is to be changed.
    package var isDryRun: Bool

    package init(
        _ command: Command,
        plan: String? = nil,
        reason: String? = nil,
        despite: Set<Gate> = [],
        isDryRun: Bool = false
    ) {
        self.command = command
        self.plan = plan
        self.reason = reason
        self.despite = despite
        self.isDryRun = isDryRun
    }

    /// What the migration's log gets.
    package var action: MigrationEntry.Action {
        switch command {
        case .start(let delivery), .stage(let delivery): .stage(delivery)
        case .ramp(let share): .ramp(share: share)
        case .cut(let time): .cut(at: time)
        case .hold: .hold
        case .resume: .resume
        case .goBack(let when, let customers): .goBack(when: when, customers: customers)
        case .close: .close
        }
    }
}
