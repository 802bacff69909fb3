package import Events
package import Journal
package import Routing

/// A backfill that somebody wants.
package struct BackfillOrder: Sendable, Equatable {
    /// As `routes.json` names it.
    package var provider: ProviderName
    /// Events that occurred at this time or later.
    package var since: Timestamp
    /// From when on, for each customer; nil: ``since``, for all.
    package var starts: BackfillStarts?
    /// Events that occurred before this time; nil: up to the newest.
    package var until: Timestamp?
    /// Names of events, in which `*` stands for any text; empty: all.
    package var names: [String]
    /// Empty: all.
    package var customerIDs: [String]
    /// Maximum share of the provider's rate limit that it uses, in percent.
    package var rate: Double
    /// Whether events that come from now on may be missing at the provider.
    package var withoutLive = false
    /// Whether it may go to a vendor that does not tell repeats apart and cannot be read.
    package var acceptsUnreadable = false
    /// Whether a person has read what it does to the bill.
    package var isConfirmed: Bool
    /// Whether customers are left out whose ``starts`` lie before the oldest events that the journal has.
    package var withoutIncomplete = false

    /// ``rate`` where nothing is said.
    package static let standardRate = 50.0

    package init(
        provider: ProviderName,
        since: Timestamp,
        starts: BackfillStarts? = nil,
        until: Timestamp? = nil,
        names: [String] = [],
        customerIDs: [String] = [],
        rate: Double = standardRate,
        isConfirmed: Bool = false
    ) {
        self.provider = provider
        self.since = since
        self.starts = starts
        self.until = until
        self.names = names
        self.customerIDs = customerIDs
        self.rate = rate
        self.isConfirmed = isConfirmed
    }

    /// The filter of its lanes.
    /// - Parameter tenant: whose events alone are meant; nil: all.
    package func filter(for tenant: TenantID?) -> LaneFilter {
        LaneFilter(tenant: tenant, names: names, customerIDs: customerIDs, from: since, until: until)
    }
}
