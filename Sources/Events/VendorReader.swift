/// What a vendor can be asked about events: to read them back, to price one.
///
/// A value without state that does no I/O, like an ``Adapter``: each question is a ``VendorInquiry``, which holds the requests and
/// interprets the responses. What a vendor cannot do is ``VendorInquiry/unsupported(_:)``, which is the default.
package protocol VendorReader: Sendable {
    /// The questions that this vendor's API can answer.
    var abilities: Set<VendorAbility> { get }

    /// The events with an id; empty if the vendor has none, or none yet.
    func find(_ wanted: WantedEvent) -> VendorInquiry<[VendorEvent]>

    /// Why the vendor may have an event without showing it, in one sentence for people; nil if no reason is known.
    func reasonNotFound(_ wanted: WantedEvent) -> String?

    /// The vendor's store that has an event which it shows: a ``CorrectionTraits/store``; nil if that cannot be seen.
    func store(of shown: VendorEvent) -> String?

    /// A page of events.
    func list(_ query: VendorListQuery) -> VendorInquiry<VendorEventPage>

    /// The names of events that occur, with counts.
    func names(_ filter: EventFilter) -> VendorInquiry<[EventNameSummary]>

    /// What an event would cost now. The vendor stores nothing.
    func estimate(_ event: TranslatedEvent) -> VendorInquiry<Estimate>

    /// Which of the following questions the vendor answers.
    var obstacles: ObstacleTraits { get }

    /// Why the vendor does not bill an event that it has; nil if it does, or if that is unknown. The vendor stores nothing.
    func obstacle(to event: TranslatedEvent) -> VendorInquiry<BillingObstacle?>

    /// Which names of events the vendor's metrics count.
    func countedNames() -> VendorInquiry<CountedNames>

    /// The times whose events the vendor bills to a subscription; empty for one that was never active, nil if that is unknown.
    /// - Parameter subscription: the application's id.
    func billedTimes(of subscription: String) -> VendorInquiry<[ReadWindow]?>

    /// Whether the vendor has a customer with this id of the application.
    func hasCustomer(_ id: String) -> VendorInquiry<Bool>

    /// How many events the vendor has in a window; counted as ``WindowPage/total``.
    /// - Parameter owner: whose events; nil for everybody's.
    func count(_ window: ReadWindow, of owner: WindowOwner?) -> VendorInquiry<Int>

    /// A page of all events that the vendor has in a window.
    /// - Parameters:
    ///   - owner: whose events; nil for everybody's.
    ///   - cursor: from ``WindowPage/Next/page(_:)`` of the previous page; nil for the first.
    func events(in window: ReadWindow, of owner: WindowOwner?, after cursor: String?) -> VendorInquiry<WindowPage>

    /// All events that the vendor has with some ids, whenever they occurred.
    /// - Parameters:
    ///   - ids: at most ``ReadTraits/idsPerRequest``.
    ///   - property: which of the events' properties has the id; one of ``ComparisonRules/idProperties``.
    func events(withIDs ids: [String], in property: String) -> VendorInquiry<[WindowRow]>

    /// Sends events again that the vendor has confirmed, in one request. Those that it has stay as they are.
    /// - Parameter events: at most what ``RequestTraits/batch`` allows.
    /// - Returns: how many of them the vendor did not have, and has now; see ``ReadTraits/countsNewEvents``.
    func resend(_ events: [TranslatedEvent]) -> VendorInquiry<Int>

    /// What a vendor's meter adds up, by whole parts of time. Parts without events may be absent.
    /// - Parameters:
    ///   - meter: the vendor's id of the meter.
    ///   - window: of whole parts, at most ``SumTraits/longest``.
    func sums(of meter: String, in window: ReadWindow) -> VendorInquiry<[MeteredPart]>

    /// What the vendor bills a customer for, by metric; empty for a customer that it does not bill.
    /// - Parameters:
    ///   - customer: with all subscriptions that are wanted, where the vendor bills by subscription.
    ///   - metrics: the vendor's ids, as in ``CatalogueMetric/id``.
    ///   - window: a billing period. A vendor with periods of its own says which it used; see ``VendorUsage/period``.
    func usage(of customer: UsageCustomer, metrics: [String], in window: ReadWindow) -> VendorInquiry<[VendorUsage]>

    /// What the vendor bills all its customers for, for one metric, in the current period.
    func usage(of metric: String) -> VendorInquiry<[VendorUsage]>

    /// The metrics that the vendor can bill by.
    func catalogue() -> VendorInquiry<[CatalogueMetric]>

    /// A page of all customers that the vendor has.
    /// - Parameter cursor: ``VendorCustomerPage/next`` of the previous page; nil for the first.
    func customers(after cursor: String?) -> VendorInquiry<VendorCustomerPage>

    /// A page of all active subscriptions.
    /// - Parameter cursor: ``VendorSubscriptionPage/next`` of the previous page; nil for the first.
    func subscriptions(after cursor: String?) -> VendorInquiry<VendorSubscriptionPage>

    /// The event as the vendor's lists would show it if nothing is changed; nil if the bytes are not in this vendor's format.
    func echo(of event: TranslatedEvent) -> VendorEvent?

    /// How to compare what the vendor shows with what it was sent.
    /// - Parameters:
    ///   - shown: the events of the window, by which some vendors' stores can be distinguished.
    ///   - settings: those that the events were sent with.
    func comparison(of shown: [VendorEvent], sentWith settings: [DestinationSettings]) -> ComparisonRules
}

/// A kind of question that a vendor may be able to answer.
package enum VendorAbility: String, Sendable, CaseIterable {
    case find, list, names, estimate
    /// ``VendorReader/count(_:)`` and ``VendorReader/events(in:after:)``.
    case compare
    /// ``VendorReader/catalogue()`` and one of the questions for usage.
    case usage
    case subscriptions
}

extension VendorReader {
    package func find(_ wanted: WantedEvent) -> VendorInquiry<[VendorEvent]> { .unsupported(nil) }
    package func reasonNotFound(_ wanted: WantedEvent) -> String? { nil }
    package func store(of shown: VendorEvent) -> String? { nil }
    package func list(_ query: VendorListQuery) -> VendorInquiry<VendorEventPage> { .unsupported(nil) }
    package func names(_ filter: EventFilter) -> VendorInquiry<[EventNameSummary]> { .unsupported(nil) }
    package func estimate(_ event: TranslatedEvent) -> VendorInquiry<Estimate> { .unsupported(nil) }
    package var obstacles: ObstacleTraits { .none }
    package func obstacle(to event: TranslatedEvent) -> VendorInquiry<BillingObstacle?> { .unsupported(nil) }
    package func countedNames() -> VendorInquiry<CountedNames> { .unsupported(nil) }
    package func billedTimes(of subscription: String) -> VendorInquiry<[ReadWindow]?> { .unsupported(nil) }
    package func hasCustomer(_ id: String) -> VendorInquiry<Bool> { .unsupported(nil) }
    package func events(withIDs ids: [String], in property: String) -> VendorInquiry<[WindowRow]> { .unsupported(nil) }
    package func count(_ window: ReadWindow, of owner: WindowOwner?) -> VendorInquiry<Int> { .unsupported(nil) }
    package func events(in window: ReadWindow, of owner: WindowOwner?, after cursor: String?)
        -> VendorInquiry<WindowPage>
    { .unsupported(nil) }

    /// How many events the vendor has in a window, of all customers.
    package func count(_ window: ReadWindow) -> VendorInquiry<Int> { count(window, of: nil) }

    /// A page of the events in a window, of all customers.
    package func events(in window: ReadWindow, after cursor: String?) -> VendorInquiry<WindowPage> {
        events(in: window, of: nil, after: cursor)
    }
    package func resend(_ events: [TranslatedEvent]) -> VendorInquiry<Int> { .unsupported(nil) }
    package func sums(of meter: String, in window: ReadWindow) -> VendorInquiry<[MeteredPart]> { .unsupported(nil) }
    package func usage(of customer: UsageCustomer, metrics: [String], in window: ReadWindow)
        -> VendorInquiry<[VendorUsage]>
    { .unsupported(nil) }
    package func usage(of metric: String) -> VendorInquiry<[VendorUsage]> { .unsupported(nil) }
    package func catalogue() -> VendorInquiry<[CatalogueMetric]> { .unsupported(nil) }
    package func customers(after cursor: String?) -> VendorInquiry<VendorCustomerPage> { .unsupported(nil) }
    package func subscriptions(after cursor: String?) -> VendorInquiry<VendorSubscriptionPage> { .unsupported(nil) }
    package func echo(of event: TranslatedEvent) -> VendorEvent? { nil }
    package func comparison(of shown: [VendorEvent], sentWith settings: [DestinationSettings]) -> ComparisonRules {
        ComparisonRules(identity: nil)
    }
}

/// A question to a vendor, which may take several requests.
package indirect enum VendorInquiry<Value: Sendable>: Sendable {
    case done(Value)
    /// The vendor failed or refused, or its response is not understood.
    case failed(DeliveryFault)
    /// The vendor cannot answer this. The text says what it can answer instead; nil if it answers no such questions at all.
    case unsupported(String?)
    case ask(VendorRequest, next: @Sendable (VendorAnswer) -> VendorInquiry<Value>)
}

/// An event to look for at a vendor.
package struct WantedEvent: Sendable {
    /// The application's id.
    package let id: EventID
    /// The event as the journal has it, with the id that it was sent with; nil if it is not in the journal.
    package let known: AcceptedEvent?
    /// Where it was sent; nil if it was not sent there.
    package let destination: Destination?

    /// - Parameter known: the event of the journal; its id is replaced by the one that `destination` sends.
    package init(id: EventID, known: AcceptedEvent?, destination: Destination?) {
        self.id = id
        self.known = destination.flatMap { known?.asSent(to: $0) } ?? known
        self.destination = destination
    }
}

/// Which events of a vendor, in which order.
package struct VendorListQuery: Sendable {
    /// Without conditions on deliveries, which only the journal knows.
    package let filter: EventFilter
    package let order: EventSearch.Order
    /// Maximum number of events per page; at least 1. A page may have fewer even if more follow.
    package let limit: Int
    /// ``VendorEventPage/next`` of the previous page.
    package let cursor: String?

    package init(filter: EventFilter, order: EventSearch.Order, limit: Int, cursor: String?) {
        self.filter = filter
        self.order = order
        self.limit = limit
        self.cursor = cursor
    }
}

/// A page of a vendor's events.
package struct VendorEventPage: Sendable {
    package var events: [VendorEvent]
    /// Where the next page begins; nil at the end.
    package var next: String?
    /// The parameters that the vendor does not support, so that the gateway filtered its page by them.
    package var filteredByGateway: [String]
    package var notes: [String]

    package init(events: [VendorEvent], next: String?, filteredByGateway: [String] = [], notes: [String] = []) {
        self.events = events
        self.next = next
        self.filteredByGateway = filteredByGateway
        self.notes = notes
    }
}

/// What an event would cost.
package struct Estimate: Sendable, Equatable {
    package let charges: [Charge]

    /// One charge that the event would cause. Amounts are decimal numbers in the currency's main unit: `"0.02"`.
    package struct Charge: Sendable, Equatable {
        package let name: String?
        /// ISO 4217.
        package let currency: String
        package let units: String?
        /// Price of one unit; nil if the vendor does not say.
        package let unitAmount: String?
        /// Before taxes.
        package let amount: Money
        package let taxes: Money
        package let total: Money

        package init(
            name: String?,
            currency: String,
            units: String?,
            unitAmount: String?,
            amount: Money,
            taxes: Money,
            total: Money
        ) {
            self.name = name
            self.currency = currency
            self.units = units
            self.unitAmount = unitAmount
            self.amount = amount
            self.taxes = taxes
            self.total = total
        }
    }

    package init(charges: [Charge]) {
        self.charges = charges
    }

    /// The sum of the charges' totals; nil if they are in several currencies, or there are none.
    package var total: (amount: Money, currency: String)? {
        guard let currency = charges.first?.currency, charges.allSatisfy({ $0.currency == currency }) else {
            return nil
        }
        var sum: Int64 = 0
        for charge in charges {
            let (next, overflows) = sum.addingReportingOverflow(charge.total.minor)
            guard !overflows else { return nil }
            sum = next
        }
        return (Money(minor: sum, decimals: charges[0].total.decimals), currency)
    }
}

/// An amount in whole minor units, such as cents: money is never a binary float.
package struct Money: Sendable, Equatable {
    package let minor: Int64
    /// How many decimals the currency has.
    package let decimals: Int

    /// - Parameter decimals: from 0, as ISO 4217 defines it for the currency.
    package init(minor: Int64, decimals: Int) {
        precondition(decimals >= 0, "no currency has fewer decimals than none")
        self.minor = minor
        self.decimals = decimals
    }

    /// - Parameter currency: ISO 4217. Most currencies have two decimals; the lists name those with none or three.
    package init(minor: Int64, currency: String) {
        let decimals = Self.withoutDecimals.contains(currency) ? 0 : Self.withThreeDecimals.contains(currency) ? 3 : 2
        self.init(minor: minor, decimals: decimals)
    }

    /// In the main unit: `"12.50"`, `"-0.02"`.
    package var text: String {
        let digits = String(minor.magnitude)
        let padded = String(repeating: "0", count: max(0, decimals + 1 - digits.count)) + digits
        let sign = minor < 0 ? "-" : ""
        guard decimals > 0 else { return sign + padded }
        return "\(sign)\(padded.dropLast(decimals)).\(padded.suffix(decimals))"
    }

    private static let withoutDecimals: Set<String> = [
        "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF",
        "XPF",
    ]
    private static let withThreeDecimals: Set<String> = ["BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"]
}
