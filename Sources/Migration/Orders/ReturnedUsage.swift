package import Events
package import JSON
import Journal
package import OfRecord

/// The usage that was on the new provider's bill when customers returned at once: in their running periods, and so not invoiced yet. It must
/// be voided there, since the old provider bills the whole period.
package struct ReturnedUsage: Sendable {
    /// What one customer has there.
    package struct Customer: Sendable, Equatable {
        package let customer: CustomerID
        package fileprivate(set) var events: Int
        /// Of the events' own times.
        package fileprivate(set) var first: Timestamp
        package fileprivate(set) var last: Timestamp
    }

    /// What the old provider was not sent of the returned customers' running periods.
    package struct Missing: Sendable, Equatable {
        package fileprivate(set) var events = 0
        /// From when on each customer's events are missing: the start of the running period, by the customer's id.
        package fileprivate(set) var starts: [CustomerID: Timestamp] = [:]
        /// Events of customers beyond ``ReturnedUsage/mostCustomers``, which ``starts`` does not have.
        package fileprivate(set) var moreEvents = 0

        package init() {}
    }

    /// Maximum number of customers that are counted one by one.
    package static let mostCustomers = 10_000
    /// After a return, an event can still come with a plan of before it for so long: no request takes longer.
    private static let longestRequest = Duration.seconds(60)

    private let outline: MigrationOutline
    private let record: RecordKeeping
    private let customers: Set<CustomerID>?
    private let end: Timestamp
    private var found: [CustomerID: Customer] = [:]
    /// Events of customers beyond ``mostCustomers``.
    package private(set) var moreEvents = 0
    /// What the old provider lacks of the usage, and of what came around the return.
    package private(set) var missing = Missing()
    /// Parts of the journal that could not be read, and that may have events of the period.
    package var unreadableParts = 0

    /// - Parameters:
    ///   - log: before the return.
    ///   - customers: those that return; nil: all.
    ///   - end: when they return.
    package init(
        of outline: MigrationOutline,
        log: MigrationLog,
        customers: Set<CustomerID>?,
        until end: Timestamp
    ) {
        self.outline = outline
        self.customers = customers
        self.end = end
        record = RecordKeeping(boundaries: outline.boundaries, log: log)
    }

    /// From when on there can be such usage; nil if nobody has moved.
    package static func start(of log: MigrationLog) -> Timestamp? {
        log.entries.first { entry in
            switch entry.action {
            case .ramp(let share): share > 0
            case .cut: true
            case .stage, .hold, .resume, .goBack, .close: false
            }
        }?.at
    }

    /// By the number of their events, the most first.
    package var list: [Customer] {
        found.values.sorted { ($1.events, $0.customer) < ($0.events, $1.customer) }
    }

    /// Takes in an event of the journal.
    package mutating func add(_ event: AcceptedEvent) {
        guard event.plan.route == outline.route, let name = event.customerID ?? event.subscriptionID else { return }
        let customer = CustomerID(name)
        guard customers?.contains(customer) ?? true else { return }
        let cycle = outline.boundaries.cycle(of: customer)
        if event.timestamp <= end {
            guard record.side(for: customer, at: event.timestamp) == .to,
                cycle.boundary(after: event.timestamp).map({ $0 > end }) ?? true
            else { return }
            count(event, of: customer)
        } else {
            // On the old provider's bill; what was accepted long after the return has a plan that knows it.
            guard event.acceptedAt <= end + Self.longestRequest else { return }
        }
        if event.isOpenToLanes(of: outline.from) { countMissing(event, of: customer, in: cycle) }
    }

    private mutating func count(_ event: AcceptedEvent, of customer: CustomerID) {
        guard var known = found[customer] else {
            guard found.count < Self.mostCustomers else {
                moreEvents += 1
                return
            }
            found[customer] = Customer(customer: customer, events: 1, first: event.timestamp, last: event.timestamp)
            return
        }
        known.events += 1
        known.first = min(known.first, event.timestamp)
        known.last = max(known.last, event.timestamp)
        found[customer] = known
    }

    private mutating func countMissing(_ event: AcceptedEvent, of customer: CustomerID, in cycle: BillingCycle) {
        guard let start = missing.starts[customer] else {
            guard missing.starts.count < Self.mostCustomers else {
                missing.moreEvents += 1
                return
            }
            missing.events += 1
            missing.starts[customer] = cycle.boundary(through: end) ?? event.timestamp
            return
        }
        missing.events += 1
        missing.starts[customer] = min(start, event.timestamp)
    }

    /// As the API shows it.
    package func write(to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("provider", string: outline.to.rawValue)
        writer.key("customers")
        writer.beginArray()
        for customer in list {
            writer.beginObject()
            writer.member("customer_id", string: customer.customer.rawValue)
            writer.member("events", integer: customer.events)
            writer.member("first", string: customer.first.rfc3339)
            writer.member("last", string: customer.last.rfc3339)
            writer.endObject()
        }
        writer.endArray()
        writer.member("more_events", integer: moreEvents)
        writer.member("unreadable_parts", integer: unreadableParts)
        writer.endObject()
    }
}
