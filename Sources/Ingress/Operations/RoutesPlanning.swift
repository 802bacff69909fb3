package import Access
package import ConfigurationFile
package import Events
package import Journal

/// Previews new routes on recorded traffic; `Gateway` fills it.
package protocol RoutesPlanning: Sendable {
    /// Begins a plan, or finds it if there is one on the same basis.
    /// - Returns: the plan as JSON, and whether it is finished.
    func plan(_ order: PlanOrder, by caller: Caller) async throws(PlanError) -> PlanAnswer

    /// The plan with this id.
    /// - Throws: ``PlanError/unknown`` also for a plan that the client is not allowed to see.
    func plan(_ id: String, for client: Client) async throws(PlanError) -> PlanAnswer
}

/// What a plan is wanted for.
package struct PlanOrder: Sendable {
    /// What is tried on recorded traffic.
    package enum Subject: Sendable {
        /// A new `routes.json`.
        case file([UInt8])
        /// A migration of the routes in force, with the new provider getting all events.
        case migration(MigrationName)
    }

    package let subject: Subject
    package let clock: RecordedWindow.Clock
    /// Nil: all that is kept.
    package let from: Timestamp?
    /// Nil: until now.
    package let until: Timestamp?
    /// Percent of the events that are translated.
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

/// A plan as it stands.
package struct PlanAnswer: Sendable {
    package let json: [UInt8]
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
    /// The window begins before the events that are kept.
    case beforeRetention(earliest: Timestamp)
    /// Too many plans wait already.
    case busy
    case unknown
    case store(StoreError)
    /// The plan's file; the reason is the operating system's.
    case file(reason: String)
}
