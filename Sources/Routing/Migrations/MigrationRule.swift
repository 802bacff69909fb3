import Events
import OfRecord

/// What a migration and its log make of the deliveries to its two providers.
///
/// A pure function of the event, of the time of its acceptance and of the log. The provider of record always gets the event.
struct MigrationRule: Sendable {
    /// Which of the two get an event.
    struct Recipients: Equatable {
        /// Whose bill the event is on.
        let record: Side
        /// Whether the provider that customers leave gets it.
        let old: Bool
        /// How the provider that customers move to gets it; `off` if it does not.
        let new: DeliveryMode
    }

    /// One of the two providers.
    private struct Party {
        let side: Side
        let billing: BillingClock
    }

    /// A delivery may wait this long, while its provider or the gateway is not there, and must not be on the wrong bill then.
    static let longestWait = Duration.seconds(3600)

    let migration: MigrationConfiguration
    private let record: RecordKeeping
    private let isClosed: Bool
    private let old: Party
    private let new: Party
    /// How the new provider gets events before the move.
    private let mode: DeliveryMode

    /// - Returns: nil if the times of the route's destinations decide, and not the log.
    init?(_ migration: MigrationConfiguration, in routes: Routes, by log: MigrationLog) {
        guard migration.fixed == nil, let route = routes.routes.first(where: { $0.name == migration.route }) else {
            return nil
        }
        self.migration = migration
        record = migration.record(by: log)
        isClosed = log.isClosed
        func billing(_ name: ProviderName) -> BillingClock {
            routes.providers.first { $0.name == name }?.traits.billing.clock ?? .eventTime
        }
        old = Party(side: .from, billing: billing(migration.from))
        new = Party(side: .to, billing: billing(migration.to))
        let written = routes.possibleDestinations(of: route).first { $0.destination.provider == migration.to }
        let mode = written?.destination.mode ?? .off
        self.mode = log.delivery.map { mode.changed(by: $0) } ?? mode
    }

    /// - Parameters:
    ///   - time: of the event.
    ///   - now: when it is accepted.
    func recipients(of customer: CustomerID, at time: Timestamp, acceptedAt now: Timestamp) -> Recipients {
        let tenure = record.tenure(for: customer, at: time)
        switch tenure.side {
        case .from:
            let isSent = mode != .off && (mode == .shadow || !isBilledTwice(by: new, customer, time, now))
            return Recipients(record: .from, old: true, new: isSent ? mode : .off)
        case .to:
            let isKept = migration.keep == .all && !isClosed && !isOver(since: tenure.since, now)
            return Recipients(
                record: .to,
                old: isKept && !isBilledTwice(by: old, customer, time, now),
                new: mode.isDelivered ? mode : .mirror
            )
        }
    }

    private func isOver(since move: Timestamp?, _ now: Timestamp) -> Bool {
        move.map { now - $0 >= migration.keepFor } ?? false
    }

    /// Whether nobody has moved or will, as far as the log goes.
    var isUnused: Bool { record.isUnused }

    /// Whether a provider would bill an event of before or after its time there that is sent to it now: it is not of record for the event.
    /// - Parameter provider: one of the migration's two.
    func isBilledTwice(by provider: ProviderName, _ customer: CustomerID, _ time: Timestamp, sentAt now: Timestamp)
        -> Bool
    {
        let party = provider == migration.from ? old : new
        return record.side(for: customer, at: time) != party.side && isBilledTwice(by: party, customer, time, now)
    }

    /// Whether a provider that is not of record for the event would bill it: its vendor bills by receipt, and it is of record then.
    private func isBilledTwice(by party: Party, _ customer: CustomerID, _ time: Timestamp, _ now: Timestamp) -> Bool {
        guard party.billing == .receipt else { return false }
        // An event of the future is not sent before its time.
        let earliest = max(time, now)
        return [earliest, earliest + Self.longestWait].contains { record.side(for: customer, at: $0) == party.side }
    }
}

extension DeliveryMode {
    /// The mode that a migration's log has ordered for the new provider; `primary` is a form of mirror.
    func changed(by delivery: MigrationEntry.Delivery) -> DeliveryMode {
        switch delivery {
        case .shadow: .shadow
        case .mirror: isDelivered ? self : .mirror
        }
    }
}
