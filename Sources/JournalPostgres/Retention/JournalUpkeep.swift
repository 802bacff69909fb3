import Events
import Journal
import Logging

/// What one node does for all periodically: it makes the tables of the next days, and changes the part of the identities.
struct JournalUpkeep: Sendable {
    let parts: StoreParts
    /// This node; nil while it is in nobody's list.
    let node: @Sendable () -> Int64?

    private static let pause = Duration.seconds(60)

    /// Goes on until the task is cancelled.
    func run() async {
        while !Task.isCancelled {
            do throws(PostgresFailure) {
                try await parts.partitions.prepare(at: parts.clock.now, through: newest)
                try await changeIdentities()
                try await contractSchema()
            } catch {
                // Left in the middle; others, or the next start, continue.
                if Task.isCancelled { return }
                // The next time comes soon, and all of it can be repeated.
                parts.logger.warning("the journal's upkeep failed", metadata: ["reason": "\(error.reason)"])
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// When the highest number was given, as far as numbers tell: they may be ahead of the clock.
    private var newest: Timestamp? {
        let position = parts.newest.position
        return position.streams.map { position.number(inStream: $0).rawValue }.max().map { SlotNumbers.time(of: $0) }
    }

    /// Removes what only gateways of older versions used, once those have ended.
    private func contractSchema() async throws(PostgresFailure) {
        guard let node = node() else { return }
        let upgrade = SchemaUpgrade(settings: parts.settings, history: .current, logger: parts.logger)
        try await upgrade.contract(as: node, over: parts.duties)
    }

    private func changeIdentities() async throws(PostgresFailure) {
        guard let node = node() else { return }
        guard let duty = try await DutyLease.take(.identities, for: node, over: parts.duties) else { return }
        do throws(PostgresFailure) {
            let rotation = IdentityRotation(connection: parts.duties, logger: parts.logger)
            try await rotation.run(parts.settings.identityPart)
            try await IdentityFilters.make(parts.duties)
        } catch {
            try await duty.giveBack()
            throw error
        }
        try await duty.giveBack()
    }
}
