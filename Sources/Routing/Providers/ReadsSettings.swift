/// How a provider is read.
package struct ReadsSettings: Sendable, Equatable {
    /// Percent of the rate limit that reads and passed calls may take together.
    package let share: Double
    /// How long after its success the vendor may take to show an event. Before that, an event that is not shown is not missing.
    package let lag: Duration
    /// What is added up at the vendor, by the event's name there.
    package let metered: [String: MeteredProperty]

    package init(share: Double, lag: Duration, metered: [String: MeteredProperty] = [:]) {
        self.share = share
        self.lag = lag
        self.metered = metered
    }
}

/// The property of an event name that a vendor bills, and where the vendor shows its sums.
package struct MeteredProperty: Sendable, Equatable {
    package let property: String
    /// The vendor's id of the meter that adds it up.
    package let meter: String

    package init(property: String, meter: String) {
        self.property = property
        self.meter = meter
    }
}
