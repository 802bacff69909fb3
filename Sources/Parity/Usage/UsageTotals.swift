package import Events

/// What the journal says of one metric of one customer at one provider.
///
/// Beside the figure that is right it holds those that explain another one: what was delivered, what the vendor makes of its values, what it
/// had some time ago, and what lies in the period by another clock.
package struct UsageTotals: Sendable {
    /// All events of the period that are planned for the provider, as the gateway reads them.
    package private(set) var planned: UsageAmount
    /// Those that were delivered.
    package private(set) var delivered: UsageAmount
    /// Those that were delivered, with the numbers that the vendor takes.
    package private(set) var readByVendor: UsageAmount
    /// The same, without the events that the vendor might not have counted yet.
    package private(set) var settled: UsageAmount
    /// Those that were delivered and lie in the period by the clock that the vendor does not use.
    package private(set) var otherClock: UsageAmount
    private let metric: UsageMetric
    private let rules: UsageRules

    /// Starts at zero.
    /// - Parameter rules: which events belong to the period.
    package init(_ metric: UsageMetric, _ rules: UsageRules) {
        self.metric = metric
        self.rules = rules
        let empty = UsageAmount(for: metric.aggregate)
        (planned, delivered, readByVendor, settled, otherClock) = (empty, empty, empty, empty, empty)
    }

    /// Adds an event of the journal, if it is of the period.
    package mutating func add(_ expected: ExpectedEvent) {
        let event = expected.event
        guard expected.state != .notPlanned else { return }
        let membership = rules.membership(of: expected)
        let (isMine, isOthers) = (membership.isMine, membership.isOthers)
        let own = MeteredValue(metric.property, of: event.properties, reading: .all, for: metric.aggregate)
        if isMine, let own { planned.add(own, at: event.timestamp, expected.sequence) }
        guard let received = membership.received else { return }
        if isMine, let own { delivered.add(own, at: event.timestamp, expected.sequence) }
        guard
            let shown = MeteredValue(
                metric.property,
                of: expected.sent?.properties ?? event.properties,
                reading: rules.traits.numbers,
                for: metric.aggregate
            )
        else { return }
        if isMine {
            readByVendor.add(shown, at: event.timestamp, expected.sequence)
            if received + rules.lag <= rules.readAt { settled.add(shown, at: event.timestamp, expected.sequence) }
        }
        if isOthers { otherClock.add(shown, at: event.timestamp, expected.sequence) }
    }
}

/// How usage at a provider is compared.
package struct UsageRules: Sendable {
    package let traits: UsageTraits
    /// By which time of an event the vendor bills.
    package let clock: BillingClock
    /// The billing period.
    package let window: ReadWindow
    /// When the vendor was asked.
    package let readAt: Timestamp
    /// How long the vendor may take to count an event.
    package let lag: Duration

    package init(traits: UsageTraits, clock: BillingClock, window: ReadWindow, readAt: Timestamp, lag: Duration) {
        self.traits = traits
        self.clock = clock
        self.window = window
        self.readAt = readAt
        self.lag = lag
    }

    /// Whether an event is in the period, by either clock.
    package struct Membership {
        /// When the vendor got it; nil if it did not.
        package let received: Timestamp?
        /// Whether it is in the period by the vendor's clock.
        package let isMine: Bool
        /// Whether it is in the period by the other clock.
        package let isOthers: Bool

        /// Whether the period has anything of it.
        package var isKnown: Bool { isMine || isOthers }
    }

    /// Whether an event that is planned for the vendor is in the period.
    package func membership(of expected: ExpectedEvent) -> Membership {
        let event = expected.event
        let received: Timestamp? =
            switch expected.state {
            case .delivered(_, let at): max(at ?? event.acceptedAt, event.acceptedAt)
            case .waiting, .rejected, .uncertain, .discarded, .notPlanned: nil
            }
        let occurred = window.contains(event.timestamp)
        // What has not arrived is planned for the period in which it occurred.
        let arrived = received.map(window.contains) ?? occurred
        return clock == .eventTime
            ? Membership(received: received, isMine: occurred, isOthers: arrived)
            : Membership(received: received, isMine: arrived, isOthers: occurred)
    }
}
