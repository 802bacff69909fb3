import Events
import Journal
import Routing

/// Finds earlier corrections of an event.
struct CorrectionsMade: Sendable {
    /// With more corrections an event can only be voided.
    static let most = 50
    /// Maximum number of corrections per event, with voids whose deliveries were discarded.
    static let mostWithVoids = 2 * most

    private let archive: any EventArchive

    init(_ archive: any EventArchive) {
        self.archive = archive
    }

    /// The corrections of an event, oldest first, with the events that carry them.
    /// - Throws: ``Problem`` if the journal cannot be read.
    func corrections(of event: AcceptedEvent) async throws -> [(id: CorrectionID, archived: ArchivedEvent)] {
        var found: [(id: CorrectionID, archived: ArchivedEvent)] = []
        // A correction for several destinations can take several numbers.
        for number in 1...(3 * Self.most) {
            let ids = CorrectionID.all(number: number, of: event.id)
            let own = try await events(ids.map(\.eventID), of: event.tenant)
                .filter { $0.event.isCorrection(of: event) }
            guard !own.isEmpty else { break }
            for archived in own {
                if let id = archived.event.corrects { found.append((id, archived)) }
            }
        }
        return found.sorted { $0.archived.sequence < $1.archived.sequence }
    }

    private func events(_ ids: [EventID], of tenant: TenantID) async throws -> [ArchivedEvent] {
        do { return try await archive.events(withIDs: ids, of: tenant) } catch { throw Problem(error) }
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
