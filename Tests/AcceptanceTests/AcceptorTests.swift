import Acceptance
import Access
import ConfigurationFile
import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import Routing
import Synchronization
import TestSupport
import Testing

@Suite struct AcceptorTests {
    /// A wall clock that goes on by a second at each look.
    private final class TickingClock: WallClock, Sendable {
        private let looks = Mutex<Int64>(0)

        var now: Timestamp {
            looks.withLock { looks in
                looks += 1
                return StoppedClock().now + .seconds(looks)
            }
        }
    }

    /// A wall clock that stands still.
    private struct StoppedClock: WallClock {
        let now = Timestamp(milliseconds: 1_700_000_000_123)
    }

    private let client = Client(name: "shop", tenant: "shop", scopes: [.writeEvents])

    private func withAcceptor(
        clock: any WallClock = StoppedClock(),
        _ body: (Acceptor) async throws -> Void
    ) async throws {
        let traits = VendorTraits(
            adapter: "acme",
            vendor: "Acme",
            api: VendorAPI(
                defaultBaseURL: "https://acme.example",
                credential: .query(name: "key")
            ),
            requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none)
        )
        let text = #"""
            {"version":1,"providers":{"p":{"adapter":"acme","credential":{"env":"K"}}},
             "routes":[{"name":"r","match":{"name":"api_*"},"to":[{"provider":"p"}]}],"clients":[]}
            """#
        let routes = CurrentRoutes(try RoutesReader(vendors: [SampleAdapter(traits)]).read(Array(text.utf8)).routes)
        try await withTemporaryFolder { folder in
            let store = try SQLiteEventStore(
                opening: folder,
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
            )
            try await body(Acceptor(store: store, routes: routes, clock: clock))
            await store.close()
        }
    }

    @Test func `gives a repeat without a timestamp the one that was fixed the first time`() async throws {
        try await withAcceptor(clock: TickingClock()) { acceptor in
            let event = [CanonicalEvent(id: "a", name: "api_x", customerID: "c")]
            let first = try await acceptor.accept(event, from: client, policy: .each).accepted
            let again = try await acceptor.accept(event, from: client, policy: .each).accepted
            #expect(again.first?.isDuplicate == true)
            #expect(again.first?.timestamp == first.first?.timestamp)
            #expect(again.first?.acceptedAt == first.first?.acceptedAt)
        }
    }

    /// What collectors do that leave the timestamp out, or put one in at each try.
    @Test(arguments: [nil, 0, 5, 9] as [Int?], [nil, 0, 5, 9] as [Int?])
    func `takes a repeat for a conflict only if both have a timestamp of their own`(first: Int?, again: Int?)
        async throws
    {
        func event(_ seconds: Int?) -> CanonicalEvent {
            CanonicalEvent(
                id: "e",
                name: "api_x",
                customerID: "c",
                timestamp: seconds.map { StoppedClock().now + .seconds($0) }
            )
        }
        try await withAcceptor(clock: TickingClock()) { acceptor in
            let stored = try await acceptor.accept([event(first)], from: client, policy: .each).accepted
            let new = CanonicalEvent(id: "new", name: "api_x", customerID: "c")
            let second = try await acceptor.accept(
                [event(again), new],
                from: client,
                policy: .allOrNothing
            )
            if let first, let again, first != again {
                #expect(second.accepted.isEmpty && second.faults.map(\.code) == [.conflict])
                #expect(second.faults.first?.eventID == "e")
            } else {
                #expect(second.accepted.map(\.isDuplicate) == [true, false] && second.faults.isEmpty)
                #expect(second.accepted.first?.timestamp == stored.first?.timestamp, "that of the stored event holds")
            }
        }
    }

    @Test func `refuses a timestamp outside of the client's window, and takes the rest of the batch`() async throws {
        try await withAcceptor { acceptor in
            let now = StoppedClock().now
            func event(_ id: EventID, _ offset: Duration) -> CanonicalEvent {
                CanonicalEvent(id: id, name: "api_x", customerID: "c", timestamp: now + offset)
            }
            let batch = [
                event("old", .seconds(-7201)), event("in", .seconds(-7200)), event("edge", .seconds(60)),
                event("ahead", .seconds(61)), CanonicalEvent(id: "none", name: "api_x", customerID: "c"),
            ]
            let strict = Client(
                name: "shop",
                tenant: "shop",
                scopes: [.writeEvents],
                timestamps: TimestampWindow(past: .seconds(7200), future: .seconds(60))
            )
            let whole = try await acceptor.accept(batch, from: strict, policy: .allOrNothing)
            #expect(whole.accepted.isEmpty && whole.faults.map(\.index) == [0, 3])
            #expect(whole.faults.allSatisfy { $0.code == .range && $0.field == "timestamp" })
            let part = try await acceptor.accept(batch, from: strict, policy: .each)
            #expect(part.accepted.map(\.id) == ["in", "edge", "none"])
            #expect(throws: EventFault.self) { try acceptor.preview(batch[0], from: strict) }
            #expect(try acceptor.preview(batch[1], from: strict).id == "in")
            let usual = try await acceptor.accept(batch, from: client, policy: .allOrNothing)
            #expect(usual.faults.isEmpty && usual.accepted.count == 5)
        }
    }

    @Test func `mints an id and a timestamp where none is given`() async throws {
        try await withAcceptor { acceptor in
            let result = try await acceptor.accept(
                [CanonicalEvent(name: "api_x", customerID: "c")],
                from: client,
                policy: .each
            )
            let accepted = try #require(result.accepted.first)
            #expect(accepted.id.rawValue.count == 36)
            #expect(accepted.timestamp == StoppedClock().now)
            #expect(!accepted.isDuplicate)
        }
    }

    @Test(arguments: [
        (Allowance(names: [Glob("api_y*")]), #"this client may not send "api_x"; routes.json allows "api_y*""#),
        (Allowance(routes: ["other"]), #""api_x" goes by the route r, and routes.json allows this client other"#),
    ])
    func `refuses what the client may not send, and keeps the rest`(allowance: Allowance, message: String) async throws
    {
        try await withAcceptor { acceptor in
            let limited = Client(name: "shop", tenant: "shop", scopes: [.writeEvents], allowance: allowance)
            let both = [
                CanonicalEvent(id: "x", name: "api_x", customerID: "c"),
                CanonicalEvent(id: "y", name: "api_yy", customerID: "c"),
            ]
            let result = try await acceptor.accept(both, from: limited, policy: .each)
            let fault = try #require(result.faults.first)
            #expect(fault.index == 0 && fault.field == "name" && fault.code == .forbidden)
            #expect(fault.message == message)
            #expect(result.accepted.map(\.id) == (allowance.names.isEmpty ? [] : ["y"]))
            let whole = try await acceptor.accept(both, from: limited, policy: .allOrNothing)
            #expect(whole.accepted.isEmpty)
        }
    }

    @Test func `tells a repeat from a conflict, and names what differs`() async throws {
        try await withAcceptor { acceptor in
            func event(customer: String = "c", properties: String = #"{"a":1,"b":2}"#) -> CanonicalEvent {
                CanonicalEvent(
                    id: "e",
                    name: "api_x",
                    customerID: customer,
                    properties: JSONText(checked: properties)
                )
            }
            _ = try await acceptor.accept([event()], from: client, policy: .each)
            let same = event(properties: #"{"b":2.0,"a":1}"#)
            let other = event(customer: "d")
            let result = try await acceptor.accept([same, other], from: client, policy: .each)
            #expect(result.accepted.map(\.isDuplicate) == [true])
            #expect(result.faults.map(\.code) == [.conflict])
            #expect(result.faults.first?.message.contains("customer_id") == true)
        }
    }

    @Test func `stores nothing of a request that stands or falls together when one event is in conflict`() async throws
    {
        try await withAcceptor { acceptor in
            _ = try await acceptor.accept(
                [CanonicalEvent(id: "e", name: "api_x", customerID: "c")],
                from: client,
                policy: .each
            )
            let good = CanonicalEvent(id: "new", name: "api_x", customerID: "c")
            let bad = CanonicalEvent(id: "e", name: "api_y", customerID: "c")
            let refused = try await acceptor.accept([good, bad], from: client, policy: .allOrNothing)
            #expect(refused.accepted.isEmpty && refused.faults.count == 1)
            let again = try await acceptor.accept([good], from: client, policy: .allOrNothing)
            #expect(again.accepted.map(\.isDuplicate) == [false])
        }
    }

    @Test func `refuses an event that no route takes, with the routes there are`() async throws {
        try await withAcceptor { acceptor in
            let result = try await acceptor.accept(
                [CanonicalEvent(name: "other", customerID: "c")],
                from: client,
                policy: .each
            )
            #expect(result.faults.map(\.code) == [.unrouted])
            #expect(result.faults.first?.message.contains("r") == true)
        }
    }

    @Test func `previews an event only if the client may send it`() async throws {
        try await withAcceptor { (acceptor) async throws in
            let narrow = Client(
                name: client.name,
                tenant: client.tenant,
                scopes: [.writeEvents],
                allowance: Allowance(names: [Glob("other*")])
            )
            let event = CanonicalEvent(name: "api_call", customerID: "c")
            #expect(throws: EventFault.self) { try acceptor.preview(event, from: narrow) }
            let previewed = try acceptor.preview(event, from: client)
            #expect(previewed.name == "api_call")
        }
    }

    @Test func `an event that no route takes keeps all out where routes are needed, a known id does not`() async throws
    {
        try await withAcceptor { acceptor in
            let known = CanonicalEvent(id: "e", name: "api_x", customerID: "c")
            _ = try await acceptor.accept([known], from: client, policy: .each)
            let good = CanonicalEvent(id: "new", name: "api_x", customerID: "c")
            let unrouted = CanonicalEvent(name: "other", customerID: "c")
            let refused = try await acceptor.accept(
                [good, unrouted],
                from: client,
                policy: .firstWins
            )
            #expect(refused.accepted.isEmpty && refused.faults.map(\.code) == [.unrouted])
            let changed = CanonicalEvent(id: "e", name: "api_y", customerID: "c")
            let taken = try await acceptor.accept(
                [good, changed],
                from: client,
                policy: .firstWins
            )
            #expect(taken.accepted.map(\.isDuplicate) == [false])
            #expect(taken.faults.map(\.code) == [.conflict])
        }
    }

    /// What becomes of a new event, a repeat, a conflict, and an event without a route, in this order.
    @Test(arguments: [
        (WritePolicy.each, ["accepted", "duplicate", "conflict", "unrouted"], ["accepted", "duplicate", "conflict"]),
        (.firstWins, ["withheld", "withheld", "withheld", "unrouted"], ["accepted", "duplicate", "conflict"]),
        (.allOrNothing, ["withheld", "withheld", "withheld", "unrouted"], ["withheld", "duplicate", "conflict"]),
    ])
    func `returns a result an event in the order of the request`(
        policy: WritePolicy,
        all: [String],
        withoutUnrouted: [String]
    ) async throws {
        try await withAcceptor { acceptor in
            let known = CanonicalEvent(id: "e", name: "api_x", customerID: "c")
            let other = CanonicalEvent(id: "f", name: "api_x", customerID: "c")
            _ = try await acceptor.accept([known, other], from: client, policy: .each)
            let new = CanonicalEvent(id: "new", name: "api_x", customerID: "c")
            let changed = CanonicalEvent(id: "f", name: "api_x", customerID: "d")
            let unrouted = CanonicalEvent(id: "u", name: "other", customerID: "c")
            let events = [new, known, changed, unrouted]
            let results = try await acceptor.accept(events, from: client, policy: policy)
            #expect(results.map(\.word) == all)
            let rest = try await acceptor.accept(Array(events.dropLast()), from: client, policy: policy)
            #expect(rest.map(\.word) == withoutUnrouted.map { policy == .each && $0 == "accepted" ? "duplicate" : $0 })
        }
    }

    @Test func `returns what the reader refused beside the rest, in the order of the body`() async throws {
        try await withAcceptor { acceptor in
            let bad = #"{"name":"api_x"}"#
            let good = #"{"id":"a","name":"api_x","customer_id":"c"}"#
            let batch = EventReader().read(Array("[\(bad),\(good),\(bad)]".utf8), as: .json)
            let part = try await acceptor.accept(batch, from: client, policy: .each)
            #expect(part.map(\.word) == ["required", "accepted", "required"])
            #expect(part.flatMap(\.faults).map(\.index) == [0, 2])
            let whole = try await acceptor.accept(batch, from: client, policy: .allOrNothing)
            #expect(whole.map(\.word) == ["required", "withheld", "required"])
        }
    }
}

extension [Acceptor.Result] {
    fileprivate var accepted: [Acceptor.Accepted] { compactMap(\.accepted) }
    fileprivate var faults: [EventFault] { flatMap(\.faults) }
}

extension Acceptor.Result {
    fileprivate var word: String {
        switch self {
        case .accepted(let event): event.isDuplicate ? "duplicate" : "accepted"
        case .refused(let faults): faults.map(\.code.rawValue).joined(separator: " ")
        case .withheld: "withheld"
        }
    }
}
