/// A metric that a vendor can bill by.
package struct CatalogueMetric: Sendable, Equatable {
    /// The vendor's id of the metric; `metrics` of `routes.json` uses it.
    package let id: String
    /// Its name for people.
    package let name: String
    /// The event name that it counts, in the vendor's format; nil if it does not select by one name.
    package let eventName: String?
    /// How it aggregates; nil if the gateway does not support that.
    package let aggregate: MetricAggregate?
    /// The vendor's name of the aggregate.
    package let vendorAggregate: String
    /// The metered property; nil for none.
    package let property: String?
    /// Further conditions on its events, as the vendor writes them; nil if there are none.
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

/// The customer whose usage is wanted.
package struct UsageCustomer: Sendable, Hashable {
    /// The application's id; nil if its events name a subscription only.
    package let id: String?
    /// The application's id of a subscription, where the vendor bills by subscription; otherwise nil.
    package let subscriptionID: String?

    package init(id: String?, subscriptionID: String?) {
        self.id = id
        self.subscriptionID = subscriptionID
    }
}

/// Byte for byte, as vendors tell customers.
extension UsageCustomer {
    package static func == (left: UsageCustomer, right: UsageCustomer) -> Bool {
        left.id?.exact == right.id?.exact && left.subscriptionID?.exact == right.subscriptionID?.exact
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(id?.exact)
        hasher.combine(subscriptionID?.exact)
    }
}

/// What a vendor bills a customer for, for one metric.
package struct VendorUsage: Sendable, Equatable {
    /// As in ``CatalogueMetric/id``.
    package let metric: String
    /// The application's id of the customer; nil if the vendor does not show it.
    package let customerID: String?
    /// A decimal number.
    package let units: String
    /// How many events it includes; nil if the vendor does not show it.
    package let events: Int?
    /// Its period; nil if it is the requested one, or if the vendor does not show it.
    package let period: ReadWindow?
    /// The price of these units; nil if the vendor does not show it.
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

/// What a vendor bills, before taxes.
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
    /// What one question covers.
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
    /// The longest time from the vendor's confirmation until usage includes an event, as far as it is known.
    package let lag: Duration

    package init(scope: Scope, isFloat: Bool, numbers: MeteredNumbers, lag: Duration) {
        precondition(lag > .zero, "usage takes some time")
        self.scope = scope
        self.isFloat = isFloat
        self.numbers = numbers
        self.lag = lag
    }
}

/// Which values of a metered property count as numbers when they are added up.
package enum MeteredNumbers: Sendable, CaseIterable {
    /// JSON numbers, and text that is a number: what the gateway accepts.
    case all
    /// JSON numbers alone.
    case numbersOnly
    /// JSON numbers, and text of digits with at most a decimal point.
    case plainText
    /// As ``all``, but negative values and values that are not numbers count as 0 instead of being left out.
    case atLeastZero
}
