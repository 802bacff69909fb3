import Foundation
import Synchronization

/// What a simulated vendor got, what it would bill after its own deduplication, and what its lists show.
///
/// Lists are read from rows in order, not by going through everything: a page costs as much at a million events as at a hundred.
final class Books: Sendable {
    private let ledger: Mutex<Ledger>
    private let order: RowLists.Order
    private let container: String
    private let kept = Mutex<[Closing]>([])
    /// By the vendor's own IDs and the application's.
    let customers = Records()
    /// What says which customer's usage an event is.
    let subscriptions = Records()
    /// What is billed: meters, or metrics.
    let meters = Records()
    /// What is sold by a meter.
    let features = Records()

    /// - Parameters:
    ///   - order: how the vendor orders lists by time.
    ///   - container: the member of an event that holds its properties.
    ///   - settings: how the vendor behaves until told otherwise.
    init(order: RowLists.Order, container: String, settings: SimulatorSettings) {
        self.order = order
        self.container = container
        ledger = Mutex(Ledger(order: order, container: container, settings: settings))
    }

    var settings: SimulatorSettings { ledger.withLock { $0.settings } }

    /// - Returns: the settings after the change.
    @discardableResult
    func changeSettings(_ change: (SimulatorSettings) throws -> SimulatorSettings) rethrows -> SimulatorSettings {
        try ledger.withLock { ledger in
            ledger.settings = try change(ledger.settings)
            return ledger.settings
        }
    }

    /// Notes an event, with the damage that is set.
    /// - Returns: whether the vendor has one of this identity already.
    @discardableResult
    func record(_ arrival: Arrival) -> Bool {
        ledger.withLock { $0.record(arrival).isRepeat }
    }

    /// Notes an event, with the damage that is set.
    /// - Returns: the UUID that the vendor gives it, by which lists show it too.
    func recordNaming(_ arrival: Arrival) -> String {
        ledger.withLock { ledger in
            let row = ledger.record(arrival).row
            return ledger.vendorIDs.id(of: row)
        }
    }

    /// Whether an event with this identity was received.
    func has(_ identity: String) -> Bool {
        ledger.withLock { $0.has(identity) }
    }

    /// A page of a list, as it is shown at a time.
    func page(_ query: BookQuery, _ page: BookPage = BookPage(), at now: Date) -> Found {
        ledger.withLock { ledger in
            ledger.settle(at: now)
            return ledger.search(query).page(page)
        }
    }

    /// Each row that a list has, upward.
    func forEach(_ query: BookQuery, at now: Date, _ body: (RowTable.Row) -> Void) {
        ledger.withLock { ledger in
            ledger.settle(at: now)
            ledger.search(query).forEach { body($0) }
        }
    }

    /// The number of a text among the names of properties; nil if no amount has it.
    func property(_ name: String) -> Int32? {
        ledger.withLock { $0.table.properties.number(name) }
    }

    /// An event name that a list has: how many rows have it, and the first and last time, in the unit of the vendor's lists.
    struct Name: Equatable {
        let name: String
        var count = 0
        var first: Int
        var last: Int
    }

    /// Each name that is listed, in no order.
    /// - Parameter customers: whose events are counted; none: those of all.
    func names(ofCustomers customers: [String] = [], at now: Date) -> [Name] {
        ledger.withLock { ledger in
            ledger.settle(at: now)
            return customers.isEmpty ? ledger.names : ledger.names(ofCustomers: customers)
        }
    }

    /// For each name among the rows of a customer how many rows have it.
    func counts(ofCustomer customer: String, at now: Date) -> [String: Int] {
        var query = BookQuery()
        query.customers = [customer]
        var counts: [Int32: Int] = [:]
        forEach(query, at: now) { counts[$0.name, default: 0] += 1 }
        let names = ledger.withLock { $0.table.names.all }
        return Dictionary(uniqueKeysWithValues: counts.map { (names[Int($0.key)], $0.value) })
    }

    /// A row by the UUID that the vendor gave it, if it is listed.
    func listed(vendorID: String, at now: Date) -> Listed? {
        ledger.withLock { ledger in
            ledger.settle(at: now)
            return ledger.vendorIDs.row(of: vendorID).flatMap { ledger.listed(Int($0)) }
        }
    }

    /// The ends of periods, in the order in which they were closed.
    var closings: [Closing] { kept.withLock { $0 } }

    /// Closes periods.
    func close(_ closing: Closing) { kept.withLock { $0.append(closing) } }

    /// In the order of arrival.
    var received: [Entry] { ledger.withLock { $0.table.entries(where: \.isReceived) } }

    /// In the order of arrival.
    var billed: [Entry] { ledger.withLock { $0.table.entries(where: \.isBilled) } }

    var counts: (received: Int, billed: Int) { ledger.withLock { ($0.received, $0.billed) } }

    /// The ids of events that the vendor damaged, by kind.
    var planted: SandboxJSON { ledger.withLock { $0.planting.json } }

    /// Forgets all events and records; settings stay.
    func forget() {
        ledger.withLock { $0 = Ledger(order: order, container: container, settings: $0.settings) }
        kept.withLock { $0 = [] }
        customers.forget()
        subscriptions.forget()
        meters.forget()
        features.forget()
    }
}
