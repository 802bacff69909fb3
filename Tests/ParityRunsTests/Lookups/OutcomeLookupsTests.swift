import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import OfRecord
import Parity
import Routing
import Synchronization
import TestSupport
import Testing

@testable import ParityRuns

/// What becomes of deliveries with an unknown outcome, with a real journal and a vendor in memory that does not show IDs.
@Suite struct OutcomeLookupsTests {
    private static let sent = Timestamp(milliseconds: 1_772_366_400_000)
    private static let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private struct LaterClock: WallClock {
        let now = OutcomeLookupsTests.sent + .seconds(3600)
    }

    private struct Stage {
        let store: SQLiteEventStore
        let shelf: AnonymousVendor.Shelf
        let lookups: OutcomeLookups
        let nudged: Nudged
        let lease: AccountLease

        /// Accepts events of one customer and one millisecond, and sends them.
        /// - Parameter names: of the events, whose IDs are e1, e2, …
        func send(_ names: [String]) async throws {
            let destination = Destination(provider: "listed", adapter: "listed", mode: .primary)
            let plan = Plan(route: "r", destinations: [destination])
            let events = names.enumerated().map { index, name in
                AcceptedEvent(
                    CanonicalEvent(
                        name: name,
                        customerID: "c",
                        timestamp: OutcomeLookupsTests.sent,
                        properties: JSONText(checked: #"{"units":7}"#)
                    ),
                    id: EventID("e\(index + 1)"),
                    in: Submission(tenant: "t", client: "shop", acceptedAt: OutcomeLookupsTests.sent, plan: plan)
                )
            }
            _ = try await store.append(AppendRequest(events: events, policy: .each))
            let limit = BlockLimit(events: 100, bytes: 1 << 20)
            let block = try #require(try await store.claimBlock(under: lease, limit: limit))
            let sequences = block.deliveries.map(\.sequence)
            #expect(sequences.count == names.count)
            // The outcome of the last one is unknown.
            let timeout = DeliveryFault(code: .timeout, message: "no response")
            try await store.settle(
                Settlement(
                    provider: "listed",
                    exceptions: sequences.map { sequence in
                        let isLast = sequence == sequences.last
                        let status = isLast ? DeliveryStatus.uncertain : .delivered
                        let fault = isLast ? timeout : nil
                        let attempt = Attempt(
                            at: OutcomeLookupsTests.sent,
                            latency: .zero,
                            httpStatus: nil,
                            status: status,
                            fault: fault
                        )
                        return SettledDelivery(
                            sequence: sequence,
                            status: status,
                            newAttempts: [attempt],
                            reachedAt: OutcomeLookupsTests.sent,
                            fault: fault
                        )
                    }
                ),
                under: lease
            )
        }

        /// Accepts events of one customer and one time that the vendor does not have, as was found.
        func sendAbsent(_ ids: [EventID], at time: Timestamp) async throws {
            let plan = Plan(
                route: "r",
                destinations: [Destination(provider: "listed", adapter: "listed", mode: .primary)]
            )
            let events = ids.map { id in
                AcceptedEvent(
                    CanonicalEvent(name: "api", customerID: "c", timestamp: time),
                    id: id,
                    in: Submission(tenant: "t", client: "shop", acceptedAt: time, plan: plan)
                )
            }
            _ = try await store.append(AppendRequest(events: events, policy: .each))
            var left = ids.count
            while left > 0 {
                let limit = BlockLimit(events: 1000, bytes: 1 << 20)
                let block = try #require(try await store.claimBlock(under: lease, limit: limit))
                let fault = DeliveryFault(code: .absentAtVendor, message: "absent")
                let exceptions = block.deliveries.map {
                    SettledDelivery(sequence: $0.sequence, status: .uncertain, fault: fault)
                }
                try await store.settle(Settlement(provider: "listed", exceptions: exceptions), under: lease)
                left -= exceptions.count
            }
        }

        func delivery(of id: EventID) async throws -> Delivery {
            try #require(try await store.events(withID: id, of: "t").first?.deliveries.first)
        }

        func pass() async throws {
            var book = LookupBook()
            try await lookups.pass(&book)
        }
    }

    /// The accounts whose pipelines were told that something is due.
    private final class Nudged: Sendable {
        private let state = Mutex<[ProviderName]>([])

        var accounts: [ProviderName] { state.withLock { $0 } }

        func add(_ account: ProviderName) { state.withLock { $0.append(account) } }
    }

    /// - Parameter move: when all customers have moved to the vendor, at the start of a month; nil: nobody has.
    private static func with(
        onUncertain: String = "hold",
        move: Timestamp? = nil,
        _ body: (Stage) async throws -> Void
    ) async throws {
        let text = #"""
            {"version": 1,
             "providers": {"old": {"adapter": "listed", "credential": {"env": "O"}},
                           "listed": {"adapter": "listed", "credential": {"env": "A"},
                                      "on_uncertain": "\#(onUncertain)"}},
             "routes": [{"name": "r", "to": [{"provider": "old"}, {"provider": "listed", "mode": "mirror"}]}],
             "migrations": {"m": {"route": "r", "from": "old", "to": "listed"}}, "clients": []}
            """#
        let shelf = AnonymousVendor.Shelf()
        let reader = RoutesReader(vendors: [AnonymousVendor(shelf: shelf)])
        let routes = CurrentRoutes(try reader.read(Array(text.utf8)).routes)
        if let move {
            let cut = MigrationEntry(number: 1, at: move + .seconds(-86_400), action: .cut(at: move))
            routes.replace(by: MigrationLogs(["m": MigrationLog([cut])], version: 1))
        }
        let nudged = Nudged()
        try await withTemporaryFolder { folder in
            let store = try SQLiteEventStore(opening: folder.appending(path: "data"), logger: quiet)
            let lookups = OutcomeLookups(
                journal: store,
                routes: routes,
                reading: ReadableVendors(asking: AnonymousAsking()),
                lanes: { () async throws(StoreError) in [:] },
                nudging: { nudged.add($0) },
                clock: LaterClock(),
                logger: quiet
            )
            let lease = try await store.lease("listed")
            try await body(Stage(store: store, shelf: shelf, lookups: lookups, nudged: nudged, lease: lease))
            await store.close()
        }
    }

    private static func shown(_ name: String = "api") -> VendorEvent {
        VendorEvent(
            id: nil,
            name: name,
            customerID: "c",
            timestamp: sent,
            properties: JSONText(checked: #"{"units":7}"#)
        )
    }

    @Test func `takes a row that says the same for the event if there is no other`() async throws {
        try await Self.with { stage in
            try await stage.send(["other", "api"])
            stage.shelf.events = [Self.shown("other"), Self.shown()]
            try await stage.pass()
            #expect(try await stage.delivery(of: "e2").status == .delivered)
        }
    }

    @Test func `does not take the row of an equal event for one of which nobody knows`() async throws {
        try await Self.with(onUncertain: "probe") { stage in
            try await stage.send(["api", "api"])
            stage.shelf.events = [Self.shown()]
            try await stage.pass()
            let delivery = try await stage.delivery(of: "e2")
            #expect(delivery.status == .uncertain, "a person decides")
            #expect(delivery.fault?.code == .otherAtVendor)
            #expect(delivery.fault?.message.contains("but not which one") ?? false)
            #expect(stage.nudged.accounts.isEmpty)
        }
    }

    @Test(arguments: ["probe", "hold"])
    func `sends again what was found to be absent before a crash, if the routes say so`(onUncertain: String)
        async throws
    {
        try await Self.with(onUncertain: onUncertain) { stage in
            try await stage.send(["api"])
            let block = try await stage.store.deliveries(
                matching: DeliveryFilter(tenant: "t"),
                after: nil,
                limit: 9
            )
            let look = RecordedLookup(
                sequence: try #require(block.deliveries.first).cursor.sequence,
                account: "listed",
                attempt: Attempt(
                    at: Self.sent + .seconds(60),
                    latency: .zero,
                    httpStatus: nil,
                    status: .uncertain,
                    fault: DeliveryFault(code: .absentAtVendor, message: "absent")
                )
            )
            // The gateway ended before it had the event sent again.
            #expect(try await stage.store.record(look))
            try await stage.pass()
            let isSentAgain = onUncertain == "probe"
            #expect(try await stage.delivery(of: "e1").status == (isSentAgain ? .retrying : .uncertain))
            #expect(stage.nudged.accounts == (isSentAgain ? ["listed"] : []))
        }
    }

    @Test(arguments: [(refused: 501, passes: 1), (refused: 2001, passes: 2)])
    func `sends again what is absent after any number of others that must not be sent`(refused: Int, passes: Int)
        async throws
    {
        let move = try #require(Timestamp(rfc3339: "2026-03-01T00:00:00Z"))
        try await Self.with(onUncertain: "probe", move: move) { stage in
            try await stage.sendAbsent((1...refused).map { EventID("before-\($0)") }, at: move + .seconds(-60))
            try await stage.sendAbsent(["after"], at: Self.sent)
            var book = LookupBook()
            for _ in 0..<passes { try await stage.lookups.pass(&book) }
            #expect(try await stage.delivery(of: "after").status == .retrying)
            #expect(try await stage.delivery(of: "before-1").status == .uncertain)
            #expect(stage.nudged.accounts == ["listed"])
        }
    }
}
