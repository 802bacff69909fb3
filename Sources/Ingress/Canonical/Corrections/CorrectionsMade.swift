import Events
import Journal
import Routing

/// Finds earlier corrections of an event.
struct CorrectionsMade: Sendable {
    /// Maximum number of corrections per event.
    static let most = 50

    private let archive: any EventArchive

    init(_ archive: any EventArchive) {
        self.archive = archive
    }

    /// The corrections of an event, oldest first, with the events that carry them.
    /// - Throws: ``Problem`` if the journal cannot be read.
    func corrections(of event: AcceptedEvent) async throws -> [(id: CorrectionID, archived: ArchivedEvent)] {
        var found: [(id: CorrectionID, archived: ArchivedEvent)] = []
        // A correction for several destinations can take several numbers.
        for number in 1...(2 * Self.most) {
            let before = found.count
            for id in CorrectionID.all(number: number, of: event.id) {
                let same = try await events(id.eventID, of: event.tenant)
                guard let own = same.first(where: { $0.event.isCorrection(of: event) }) else { continue }
                found.append((id, own))
            }
            if found.count == before { break }
        }
        return found.sorted { $0.archived.sequence < $1.archived.sequence }
    }

    private func events(_ id: EventID, of tenant: TenantID) async throws -> [ArchivedEvent] {
        do { return try await archive.events(withID: id, of: tenant) } catch { throw Problem(error) }
    }
}

extension AcceptedEvent {
    /// Whether the event corrects another one of the same tenant and scope.
    func isCorrection(of event: AcceptedEvent) -> Bool {
        idScope.utf8.elementsEqual(event.idScope.utf8) && corrects?.original == event.id
    }
}

extension Routes {
    /// How the vendors' metric for events of a name aggregates, by the first migration that says so; nil if none does.
    func metricOfMigrations(for name: String) -> MigrationMetric? {
        migrations.lazy.compactMap { $0.metrics.first { $0.key.exact == name.exact }?.value }.first
    }
}
