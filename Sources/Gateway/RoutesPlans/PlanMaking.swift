import Events
import Journal
import Migration
import OfRecord
import ParityRuns
import Routing
import Vendors

/// A requested plan, with what it applies to the recorded events.
struct PlanJob: Sendable {
    var plan: RoutesPlan
    let routes: Routes
    /// The orders of migrations; in a plan for a migration, with all events assigned to its new provider.
    let logs: MigrationLogs
    /// The migration that the plan is for, with its current log; nil for new routes.
    let migration: (configuration: MigrationConfiguration, log: MigrationLog)?
}

/// Makes one plan: walks through the journal's window, and asks a migration's vendors.
struct PlanMaking {
    /// Number of events per read.
    private static let pieceSize = 4096

    let job: PlanJob
    let traffic: any RecordedTraffic
    let vendors: any VendorAsking
    /// Is called with the number of events that were examined.
    let progress: (Int) -> Void

    /// - Throws: `CancellationError`, or ``StoreError``.
    func make() async throws -> RoutesPlan.State {
        let basis = job.plan.basis
        var preview = RoutesPreview(
            of: job.routes,
            logs: job.logs,
            adapters: VendorRegistry.all,
            sample: basis.sample
        )
        var migration = job.migration.map { migration in
            MigrationPreview(
                of: migration.configuration,
                in: job.routes.ordered(by: job.logs),
                log: migration.log,
                at: job.plan.createdAt
            )
        }
        var unreadable = UnreadableRanges()
        var position: JournalPosition?
        var events = 0
        while true {
            try Task.checkCancellation()
            let piece = try await traffic.recorded(basis.window, after: position, limit: Self.pieceSize)
            // Events that were accepted later are not in the plan.
            for recorded in piece.events
            where recorded.event.acceptedAt <= job.plan.createdAt && !recorded.event.plan.isOfCanaries {
                preview.add(recorded.event)
                migration?.add(recorded.event)
                events += 1
            }
            for damage in piece.damage { unreadable.add(damage) }
            progress(events)
            position = piece.through
            if piece.isLast || basis.journal.isCovered(by: piece.through) { break }
        }
        guard let migration else { return .done(preview.report, unreadable: unreadable) }
        let survey = try await MigrationSurveyor(vendors: vendors).survey(for: migration)
        let forecast = MigrationForecast(migration, survey, preview.report)
        return .done(preview.report, migration: forecast, unreadable: unreadable)
    }
}
