import Events
import Journal
import Parity
import Routing

/// What the journal's events come to, by provider, metric and customer.
struct UsageLedger {
    /// One amount.
    struct Key: Hashable {
        let metric: String
        let customer: UsageCustomer

        /// Metrics have the names of events, which are compared byte for byte.
        static func == (left: Key, right: Key) -> Bool {
            left.metric.exact == right.metric.exact && left.customer == right.customer
        }

        func hash(into hasher: inout Hasher) {
            hasher.combine(metric.exact)
            hasher.combine(customer)
        }
    }

    private let window: ReadWindow
    private let metrics: UsageMetrics
    private let providers: [(configuration: ProviderConfiguration, rules: UsageRules)]
    private(set) var totals: [ProviderName: [Key: UsageTotals]] = [:]
    /// What the vendor calls the events of a metric.
    private(set) var vendorNames: [ProviderName: [ExactText: String]] = [:]
    /// When the events of an amount occurred, if some are on the bill of the period that did not occur in it.
    private var times: [ProviderName: [Key: SearchedTimes]] = [:]
    /// What was read of the journal for it.
    private(set) var sources: [RecordedWindow] = []
    private(set) var events = 0
    private(set) var isDamaged = false
    private(set) var isTooLarge = false
    private var amounts = 0
    /// Different values of all amounts.
    private var values = 0
    /// Replacements of events, wherever they stand in the window.
    private let known: Replacements
    /// Those among the events that were added.
    private(set) var replacements = Replacements()

    /// - Parameter known: the replacements among the events that will be added, which come behind what they replace.
    init(
        _ run: ParityRun,
        _ metrics: UsageMetrics,
        _ providers: [ProviderConfiguration],
        readAt: Timestamp,
        knowing known: Replacements = Replacements()
    ) {
        self.known = known
        window = run.order.window
        self.metrics = metrics
        self.providers = providers.compactMap { provider in
            guard let traits = provider.traits.reads?.usage else { return nil }
            let rules = UsageRules(
                traits: traits,
                clock: provider.traits.billing.clock,
                window: run.order.window,
                readAt: readAt,
                lag: Self.lag(of: provider, traits)
            )
            return (provider, rules)
        }
    }

    /// A lag that is set for a provider is that of its usage, too.
    private static func lag(of provider: ProviderConfiguration, _ traits: UsageTraits) -> Duration {
        provider.reads.lag == provider.traits.reads?.lag ? traits.lag : provider.reads.lag
    }

    /// Whether events count that occurred outside of the window.
    var needsArrivals: Bool { providers.contains { $0.rules.clock == .receipt } }

    func rules(at provider: ProviderName) -> UsageRules? {
        providers.first { $0.configuration.name == provider }?.rules
    }

    /// When the events of an amount occurred.
    func times(of key: Key, at provider: ProviderName) -> SearchedTimes {
        times[provider]?[key] ?? SearchedTimes(window)
    }

    /// Spans of time of the amount that has most of them.
    func mostSpans(at provider: ProviderName) -> Int { times[provider]?.values.map(\.windows.count).max() ?? 1 }

    /// Notes that a window of the journal is read for it.
    mutating func begin(_ window: RecordedWindow) { sources.append(window) }

    func customers(at provider: ProviderName) -> Int { Set((totals[provider] ?? [:]).keys.map(\.customer)).count }

    mutating func add(
        _ piece: RecordedPiece,
        by clock: RecordedWindow.Clock,
        _ lanes: [LaneNumber: any LaneMembership]
    ) {
        isDamaged = isDamaged || !piece.damage.isEmpty
        // Those of the window were added by the other clock.
        let wanted = piece.events.filter { archived in
            metrics[archived.event.name] != nil && !archived.event.plan.isOfCanaries
                && (clock == .occurred || !window.contains(archived.event.timestamp))
        }
        if clock == .occurred { events += wanted.count }
        for archived in wanted { replacements.add(archived) }
        let recorded = JournalWindow(events: wanted, isDamaged: false, replacements: known)
        for (provider, rules) in providers where clock == .occurred || rules.clock == .receipt {
            for expected in recorded.expected(at: provider.name, provider.adapter, lanes) {
                add(expected, at: provider.name, rules)
            }
        }
    }

    private mutating func add(_ expected: ExpectedEvent, at provider: ProviderName, _ rules: UsageRules) {
        let membership = rules.membership(of: expected)
        guard let metric = metrics[expected.event.name], metric.ids[provider] != nil, membership.isKnown else { return }
        let customer = UsageCustomer(of: expected, rules.traits)
        let key = Key(metric: metric.name, customer: customer)
        if totals[provider]?[key] == nil {
            guard amounts < UsageMaking.mostAmounts else {
                isTooLarge = true
                return
            }
            amounts += 1
        }
        if membership.isMine, !window.contains(expected.event.timestamp) {
            times[provider, default: [:]][key, default: SearchedTimes(window)].add(expected.event.timestamp)
        }
        let before = totals[provider]?[key]?.planned.keptValues ?? 0
        totals[provider, default: [:]][key, default: UsageTotals(metric, rules)].add(expected)
        values += (totals[provider]?[key]?.planned.keptValues ?? 0) - before
        isTooLarge = isTooLarge || values > UsageAmount.mostValues
        if let sent = expected.sent { vendorNames[provider, default: [:]][metric.name.exact] = sent.name }
    }
}

extension UsageCustomer {
    /// Whom a provider bills for an event.
    init(of expected: ExpectedEvent, _ traits: UsageTraits) {
        let subscription = expected.sent?.subscriptionID ?? expected.event.subscriptionID
        self.init(
            id: expected.sent?.customerID ?? expected.event.customerID,
            subscriptionID: traits.scope == .subscription ? subscription : nil
        )
    }
}
