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
        /// When the running period began.
        package let periodStart: Timestamp
        /// How many of the events the old provider was not sent.
        package fileprivate(set) var missing: Int
    }

    /// Maximum number of customers that are counted one by one.
    package static let mostCustomers = 10_000

    private let outline: MigrationOutline
    private let record: RecordKeeping
    private let customers: Set<CustomerID>?
    private let end: Timestamp
    private var found: [CustomerID: Customer] = [:]
    /// Events of customers beyond ``mostCustomers``.
    package private(set) var moreEvents = 0
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

    /// What the old provider lacks of it: how many events, and from when on each customer's.
    package var missing: (events: Int, starts: [String: Timestamp]) {
        let lacking = found.values.filter { $0.missing > 0 }
        let starts = lacking.map { ($0.customer.rawValue, $0.periodStart) }
        return (lacking.reduce(0) { $0 + $1.missing }, Dictionary(uniqueKeysWithValues: starts))
    }

    /// Takes in an event of the journal.
    package mutating func add(_ event: AcceptedEvent) {
        guard event.plan.route == outline.route, event.timestamp <= end,
            let name = event.customerID ?? event.subscriptionID
        else { return }
        let customer = CustomerID(name)
        guard customers?.contains(customer) ?? true, record.side(for: customer, at: event.timestamp) == .to,
            outline.boundaries.cycle(of: customer).boundary(after: event.timestamp).map({ $0 > end }) ?? true
        else { return }
        let missing = event.isOpenToLanes(of: outline.from) ? 1 : 0
        guard var known = found[customer] else {
            guard found.count < Self.mostCustomers else {
                moreEvents += 1
                return
            }
            found[customer] = Customer(
                customer: customer,
                events: 1,
                first: event.timestamp,
                last: event.timestamp,
                periodStart: outline.boundaries.cycle(of: customer).boundary(through: end) ?? event.timestamp,
                missing: missing
            )
            return
        }
        known.events += 1
        known.missing += missing
        known.first = min(known.first, event.timestamp)
        known.last = max(known.last, event.timestamp)
        found[customer] = known
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
