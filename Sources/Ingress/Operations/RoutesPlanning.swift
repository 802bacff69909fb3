package import Access
package import ConfigurationFile
package import Events
package import Journal

/// Previews new routes on recorded traffic; implemented by `Gateway`.
package protocol RoutesPlanning: Sendable {
    /// Starts a plan, or finds an existing one with the same basis.
    /// - Returns: the plan as JSON, and whether it is finished.
    func plan(_ order: PlanOrder, by caller: Caller) async throws(PlanError) -> PlanAnswer

    /// The plan with this id.
    /// - Throws: ``PlanError/unknown`` also for a plan that the client is not allowed to see.
    func plan(_ id: String, for client: Client) async throws(PlanError) -> PlanAnswer
}

/// An order for a plan.
package struct PlanOrder: Sendable {
    /// What to try on recorded traffic.
    package enum Subject: Sendable {
        /// A new `routes.json`.
        case file([UInt8])
        /// A migration of the active routes, with all events assigned to the new provider.
        case migration(MigrationName)
    }

    package let subject: Subject
    package let clock: RecordedWindow.Clock
    /// Nil: from the oldest event.
    package let from: Timestamp?
    /// Nil: until now.
    package let until: Timestamp?
    /// Percentage of the events that are translated.
    package let sample: Double

    package init(
        _ subject: Subject,
        clock: RecordedWindow.Clock,
        from: Timestamp?,
        until: Timestamp?,
        sample: Double
    ) {
        self.subject = subject
        self.clock = clock
        self.from = from
        self.until = until
        self.sample = sample
    }
}

/// The current state of a plan.
package struct PlanAnswer: Sendable {
    package let json: [UInt8]
    /// Whether it has its result, or an error in place of it.
    package let isFinished: Bool

    package init(json: [UInt8], isFinished: Bool) {
        self.json = json
        self.isFinished = isFinished
    }
}

/// Why there is no plan.
package enum PlanError: Error, Sendable {
    case faulty(FaultyConfiguration)
    /// The active routes have no such migration, or the client is not allowed to see it.
    case unknownMigration(MigrationName)
    /// The window begins before the oldest event that is kept.
    case beforeRetention(earliest: Timestamp)
    /// Too many plans are waiting.
    case busy
    case unknown
    case store(StoreError)
    /// The plan's file cannot be read or written; the reason is the operating system's.
    case file(reason: String)
}
