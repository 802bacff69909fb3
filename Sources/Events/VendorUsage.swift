/// What a vendor can bill by.
package struct CatalogueMetric: Sendable, Equatable {
    /// By which the vendor is asked for usage, and `metrics` of `routes.json` names it.
    package let id: String
    /// For people.
    package let name: String
    /// The event name that it takes, as the vendor knows it; nil for one that is not distinguished by one name.
    package let eventName: String?
    /// Nil for one that the gateway does not have.
    package let aggregate: MetricAggregate?
    /// The aggregate in the vendor's words.
    package let vendorAggregate: String
    /// The metered property; nil for none.
    package let property: String?
    /// What an event must have beside the name, in the vendor's words; nil for nothing.
    package let filter: String?

    package init(
        id: String,
        name: String,
        eventName: String?,
        aggregate: MetricAggregate?,
        vendorAggregate: String,
        property: String?,
        filter: String?
    ) {
        self.id = id
        self.name = name
        self.eventName = eventName
        self.aggregate = aggregate
        self.vendorAggregate = vendorAggregate
        self.property = property
        self.filter = filter
    }
}

/// Whose usage is asked for.
package struct UsageCustomer: Sendable, Hashable {
    /// The application's id; nil if its events name a subscription only.
    package let id: String?
    /// Where the vendor bills by subscription, the application's id of one; else nil.
    package let subscriptionID: String?

    package init(id: String?, subscriptionID: String?) {
        self.id = id
        self.subscriptionID = subscriptionID
    }
}

/// What a vendor bills a customer for, of one metric.
package struct VendorUsage: Sendable, Equatable {
    /// As in ``CatalogueMetric/id``.
    package let metric: String
    /// The application's id of the customer; nil if the vendor does not tell.
    package let customerID: String?
    /// A decimal number.
    package let units: String
    /// How many events are in it; nil if the vendor does not tell.
    package let events: Int?
    /// For which period it is; nil if the vendor does not tell, or if it is the one that was asked for.
    package let period: ReadWindow?
    /// What these units cost; nil if the vendor does not tell.
    package let billed: BilledAmount?

    package init(
        metric: String,
        customerID: String?,
        units: String,
        events: Int?,
        period: ReadWindow?,
        billed: BilledAmount? = nil
    ) {
        self.billed = billed
        self.metric = metric
        self.customerID = customerID
        self.units = units
        self.events = events
        self.period = period
    }
}

/// What a vendor bills, without taxes.
package struct BilledAmount: Sendable, Equatable {
    /// A decimal number, in the currency's main unit.
    package let amount: String
    /// ISO 4217.
    package let currency: String

    package init(amount: String, currency: String) {
        self.amount = amount
        self.currency = currency
    }
}

/// How a vendor shows what it bills.
package struct UsageTraits: Sendable, Equatable {
    /// What one question is about.
    package enum Scope: Sendable {
        /// All metrics of a customer.
        case customer
        /// All metrics of a subscription.
        case subscription
        /// All customers of a metric.
        case metric
    }

    package let scope: Scope
    /// Whether it adds numbers as 64-bit floats.
    package let isFloat: Bool
    /// Which values of a metered property it adds up.
    package let numbers: MeteredNumbers
    /// The longest time from the vendor's success until usage has an event, as far as it is known.
    package let lag: Duration

    package init(scope: Scope, isFloat: Bool, numbers: MeteredNumbers, lag: Duration) {
        precondition(lag > .zero, "usage takes some time")
        self.scope = scope
        self.isFloat = isFloat
        self.numbers = numbers
        self.lag = lag
    }
}

/// Which values of a metered property are numbers to whoever adds them up.
package enum MeteredNumbers: Sendable, CaseIterable {
    /// JSON numbers, and text that is one: what the gateway takes.
    case all
    /// JSON numbers alone.
    case numbersOnly
    /// JSON numbers, and text of digits with a point at most.
    case plainText
    /// As ``all``, but whatever is negative or no number is 0, and is not left out.
    case atLeastZero
}
