import Dashboard
import Events
import Journal
import Parity

/// Finds what comparisons with vendors found about one event.
struct EventComparisonsReader: Sendable {
    private let parity: any ParityRunning
    private let access: ParityAccess
    private let hidesProperties: Bool

    /// Comparisons whose windows are examined.
    private static let mostListed = 200
    /// Comparisons that are looked into, the newest ones: each may hold 100,000 findings, which have no index by event.
    private static let mostRuns = 5
    /// Findings of one event that are shown of a comparison.
    private static let mostFindings = 50

    init(_ services: EndpointServices) {
        parity = services.given.operations.parity
        access = ParityAccess(services.given.routes)
        hidesProperties = services.dashboard?.settings.hidesProperties ?? false
    }

    /// The newest comparisons that the client may see and whose window the event is in.
    /// - Throws: ``Problem``
    func comparisons(of archived: ArchivedEvent, for call: PageCall) async throws -> EventComparisons {
        let event = archived.event
        do {
            let runs = try await parity.runs(before: nil, limit: Self.mostListed)
            let covering = runs.filter { run in
                run.order.window.contains(event.timestamp) && access.maySee(run, call.client)
            }
            var found: [(run: ParityRun, findings: [NumberedFinding])] = []
            for run in covering.prefix(Self.mostRuns) {
                let findings = try await parity.findings(
                    of: run.id,
                    FindingFilter(eventID: event.id.rawValue),
                    after: 0,
                    limit: Self.mostFindings
                )
                // Another event may have the same ID; what only the vendor has is no event of the journal.
                found.append(
                    (run, findings.filter { $0.finding.subject.sequence.map { $0 == archived.sequence } ?? true })
                )
            }
            return EventComparisons(found, hidesProperties: hidesProperties)
        } catch {
            throw Problem(error)
        }
    }
}
