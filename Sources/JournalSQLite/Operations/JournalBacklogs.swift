package import Events
import Foundation
import GRDB
package import Journal
import JournalFormat

/// What waits for one provider.
package struct ProviderBacklog: Sendable, Equatable {
    package let provider: ProviderName
    package let backlog: Backlog

    package init(provider: ProviderName, backlog: Backlog) {
        self.provider = provider
        self.backlog = backlog
    }
}

extension JournalFile {
    /// What waits for each provider for which something does, by name; backfills are left out. Reads the part of the journal that is not
    /// delivered yet.
    /// - Throws: ``StoreError/unusable(path:reason:)`` if the layout is an older one.
    package func backlogs() throws(StoreError) -> [ProviderBacklog] {
        try requireCurrent()
        return try read { db in
            let reader = try reader(db)
            let newest = try JournalBounds(of: db).newest
            let lanes = try LaneTable.entries(in: db)
            let progress = try LedgerLoading(db: db, reader: reader, newest: newest, lanes: lanes).load()
            return try progress.filter { !$1.isLane && $1.pending + $1.retrying > 0 }
                .map { provider, progress in
                    let oldest = try oldestWaiting(for: provider, progress, reader, newest, db)
                    let backlog = Backlog(events: progress.pending + progress.retrying, oldest: oldest)
                    return ProviderBacklog(provider: provider, backlog: backlog)
                }
                .sorted { $0.provider < $1.provider }
        }
    }

    /// - Throws: ``StoreError/unusable(path:reason:)`` if the layout is an older one.
    func requireCurrent() throws(StoreError) {
        guard !isCurrent else { return }
        throw .unusable(
            path: folder.path,
            reason:
                "the journal has layout \(layout); the start of a gateway of this version raises it to \(Schema.version)"
        )
    }

    private func oldestWaiting(
        for provider: ProviderName,
        _ progress: ProviderProgress,
        _ reader: JournalReader,
        _ newest: Int64,
        _ db: Database
    ) throws -> Timestamp? {
        guard let number = reader.names.current.providerNumbers[provider] else { return nil }
        let pending =
            progress.pending == 0
            ? nil
            : try reader.firstEvent(after: progress.position, through: newest, for: number, in: db) {
                progress.isSettledAhead($0)
            }
        let candidates = [pending, try DueDelivery.oldest(provider: number, in: db)].compactMap(\.self).sorted()
        return try reader.events(at: candidates, in: db).values.map(\.event.acceptedAt).min()
    }
}
