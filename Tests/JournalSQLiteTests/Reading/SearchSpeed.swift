import Events
import Foundation
import Journal
import JournalBehaviour
import JournalFormat
import Logging
import TestSupport
import Testing

@testable import JournalSQLite

/// Measures lists: `TOLLGATE_MEASURE=1 swift test -c release --filter SearchSpeed`, with
/// `TOLLGATE_MEASURE_EVENTS` for another number of events than a million.
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["TOLLGATE_MEASURE"] != nil))
struct SearchSpeed {
    private static let plan = Plan(
        route: "default",
        destinations: ["lago", "polar", "flexprice", "knetik"].map {
            Destination(provider: ProviderName($0), adapter: AdapterName($0), mode: .primary)
        }
    )

    static let total = ProcessInfo.processInfo.environment["TOLLGATE_MEASURE_EVENTS"].flatMap(Int.init) ?? 1_000_000
    static let customers = 10_000
    static let start = Timestamp(milliseconds: 1_750_000_000_000)

    /// What a page of 100 may take.
    static let goal = Duration.milliseconds(50)

    @Test func `a page of a hundred, and the names`() async throws {
        try await withTemporaryFolder { folder in
            let store = try SQLiteEventStore(opening: folder, logger: Logger(label: "speed"))
            try await Self.fill(store)
            try await Self.reject(store)
            try await Self.measure(store, "first")
            let again = try await Self.measure(store, "again")
            #expect(again.allSatisfy { $0 < Self.goal })
            await store.close()
            try await Self.measureFilling(folder)
        }
    }

    /// A start with the index's files, and one without, as after an update from a version that had none.
    private static func measureFilling(_ folder: URL) async throws {
        for (what, keeps) in [("with", true), ("without", false)] {
            if !keeps { try FileManager.default.removeItem(at: folder.appending(path: "columns")) }
            var start = ContinuousClock.now
            let store = try SQLiteEventStore(opening: folder, logger: Logger(label: "speed"))
            print("start \(what) the index: \(ContinuousClock.now - start)")
            start = .now
            try await waitUntil("the index is whole") {
                store.parts.columns.snapshot().gaps.isEmpty
            }
            print("until the index is whole: \(ContinuousClock.now - start)")
            try await measure(store, "after a start \(what) the index")
            await store.close()
        }
    }

    @discardableResult
    private static func measure(_ store: SQLiteEventStore, _ what: String) async throws -> [Duration] {
        let half = start + .milliseconds(total / 2)
        let hour = EventFilter(customerIDs: ["customer-77"], from: half, before: half + .seconds(3600))
        let searches: [(String, EventSearch)] = [
            ("one customer, an hour in the middle", EventSearch(hour, limit: 100)),
            ("one customer, the hour, oldest first", EventSearch(hour, order: .oldestFirst, limit: 100)),
            ("one customer", EventSearch(EventFilter(customerIDs: ["customer-77"]), limit: 100)),
            ("an unknown customer", EventSearch(EventFilter(customerIDs: ["nobody"]), limit: 100)),
            ("one name", EventSearch(EventFilter(names: ["name-3"]), limit: 100)),
            ("all", EventSearch(EventFilter(), limit: 100)),
            ("the oldest", EventSearch(order: .oldestFirst, limit: 100)),
            ("one customer and the total", EventSearch(hour, limit: 100, wantsTotal: true)),
            (
                "one customer and the total of all time",
                EventSearch(EventFilter(customerIDs: ["customer-77"]), limit: 100, wantsTotal: true)
            ),
            ("rejected ones", EventSearch(EventFilter(deliveryStatuses: [.rejected]), limit: 100)),
            ("all and the total", EventSearch(limit: 100, wantsTotal: true)),
        ]
        var times: [Duration] = []
        for (name, search) in searches {
            let begin = ContinuousClock.now
            let page = try await store.search(search, of: "shop")
            times.append(ContinuousClock.now - begin)
            print(
                "\(what), \(name): \(page.events.count) events, total \(page.total ?? -1), in \(times[times.count - 1])"
            )
        }
        for (name, filter) in [
            ("all names", EventFilter()), ("names of the hour", EventFilter(from: half, before: half + .seconds(3600))),
        ] {
            let begin = ContinuousClock.now
            let names = try await store.names(filter, of: "shop")
            times.append(ContinuousClock.now - begin)
            print(
                "\(what), \(name): \(names.count) of \(names.reduce(0) { $0 + $1.count }) events in \(times[times.count - 1])"
            )
        }
        return times
    }

    /// Eight callers with a hundred events a request.
    private static func fill(_ store: SQLiteEventStore) async throws {
        let begin = ContinuousClock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for first in stride(from: task * 100, to: total, by: 800) {
                        let events = (first..<(first + 100)).map(event)
                        _ = try await store.append(AppendRequest(events: events, policy: .allOrNothing))
                    }
                }
            }
            try await group.waitForAll()
        }
        print("\(total) events appended in \(ContinuousClock.now - begin)")
    }

    /// A thousand of the oldest events.
    private static func reject(_ store: SQLiteEventStore) async throws {
        let block = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 1000, bytes: 1 << 30))
        let fault = DeliveryFault(code: .unknownCustomer, message: "no such customer")
        let rejected = (block?.deliveries ?? []).map {
            SettledDelivery(sequence: $0.sequence, status: .rejected, fault: fault)
        }
        try await store.settle(Settlement(provider: "lago", exceptions: rejected))
    }

    private static func event(_ number: Int) -> AcceptedEvent {
        // A millisecond apart, so that ten million are three hours; customers come in no order, each as often as any other.
        let moment = start + .milliseconds(number)
        let customer = number &* 0x9E37_79B1 % customers
        return AcceptedEvent(
            CanonicalEvent(
                name: "name-\(number % 20)",
                customerID: "customer-\(customer)",
                subscriptionID: "subscription-\(customer)",
                timestamp: moment,
                source: "api",
                properties: properties
            ),
            id: EventID("0197f5c2-7a3e-7c4d-9b1a-\(number + 100_000_000_000)"),
            in: Submission(tenant: "shop", client: "web", acceptedAt: moment, plan: Self.plan)
        )
    }

    private static let properties = JSONText(
        checked:
            #"{"request_size":1024,"response_size":20480,"region":"eu-central-1","model":"large-2","cached":false}"#
    )
}
