package import Events
package import OfRecord

/// The move of one route's customers from one provider to another, as `routes.json` describes it. How far it has come is in its log.
package struct MigrationConfiguration: Sendable, Equatable {
    package let name: MigrationName
    /// Whose events are meant.
    package let route: RouteName
    /// The provider that the customers leave.
    package let from: ProviderName
    /// The provider that they move to.
    package let to: ProviderName
    package let boundary: BoundarySettings
    /// When the customers' billing periods begin: they move at these times alone.
    package let boundaries: BillingBoundaries
    /// What the old provider gets of customers that have moved.
    package let keep: KeptEvents
    /// How long after a customer's move the old provider gets that.
    package let keepFor: Duration
    /// What must hold for the migration to go on.
    package let gates: GateSettings
    /// Whether a gate that is not green holds the migration.
    package let autoHold: Bool
    /// Whether a gate that says that the new provider's bill lacks events returns the customers.
    package let autoReturn: Bool
    /// How the events of a name become a figure of a bill, by the name.
    package let metrics: [String: MigrationMetric]
    /// Who is of record at each time, if the destinations' own times decide it and not the log.
    let fixed: FixedRecord?

    /// Whose bill a customer's usage of a time is on, with this log.
    package func record(by log: MigrationLog) -> RecordKeeping { RecordKeeping(boundaries: boundaries, log: log) }

    /// When the provider of record changes for a customer whose events are accepted at their own times, in order.
    package func changes(of customer: CustomerID, by log: MigrationLog) -> [Timestamp] {
        guard let fixed else { return record(by: log).switches(of: customer).map(\.at) }
        let spans = fixed.windows.flatMap { [$0.event, $0.acceptance] }
        let times = Set(spans.flatMap { [$0.from, $0.until].compactMap(\.self) }).sorted()
        // Of windows that meet, the provider stays.
        return times.filter { fixed.side(of: $0) != fixed.side(of: $0 + .milliseconds(-1)) }
    }

    /// Whether a customer's usage of a time is on the bill of the provider that customers move to, if it is accepted at that time.
    package func isOfRecordAtNew(_ customer: CustomerID, at time: Timestamp, by log: MigrationLog) -> Bool {
        providerOfRecord(for: customer, at: time, acceptedAt: time, by: log) == to
    }

    /// The one provider whose bill a customer's usage of a time is on.
    /// - Parameters:
    ///   - customer: the customer's ID, or the subscription's where events have no other.
    ///   - now: when the event is accepted; it counts only where the destinations' own times say so.
    package func providerOfRecord(
        for customer: CustomerID,
        at time: Timestamp,
        acceptedAt now: Timestamp,
        by log: MigrationLog
    ) -> ProviderName {
        switch fixed?.side(at: time, acceptedAt: now) ?? record(by: log).side(for: customer, at: time) {
        case .from: from
        case .to: to
        }
    }
}

/// When billing periods begin, as `routes.json` says it.
package struct BoundarySettings: Sendable, Equatable {
    /// The name of the file with the customers' anchors; nil without one.
    package let anchors: String?
    /// The length of the periods.
    package let interval: BillingCycle.Interval
    /// The name of the time zone whose clocks count.
    package let timezone: String

    package init(anchors: String?, interval: BillingCycle.Interval, timezone: String) {
        self.anchors = anchors
        self.interval = interval
        self.timezone = timezone
    }
}

/// What the provider that customers leave gets of them after their move.
package enum KeptEvents: String, Sendable, CaseIterable {
    /// All events, so that a return loses nothing.
    case all
    /// Only events of before the move that arrive late.
    case late
}

/// Who is of record where the times of a route's destinations say it: for every event exactly one of two providers.
struct FixedRecord: Sendable, Equatable {
    /// Of the provider that the customers move to.
    let windows: [EventWindow]

    func side(at time: Timestamp, acceptedAt now: Timestamp) -> Side {
        windows.contains { $0.contains(time, acceptedAt: now) } ? .to : .from
    }

    /// Of an event that is accepted at its own time.
    func side(of time: Timestamp) -> Side { side(at: time, acceptedAt: time) }
}
