import Access
import Events
import Journal
import JournalSQLite
import Logging
import Routing
import TestSupport
import Testing

@testable import Gateway
@testable import Ingress

/// Finds the journal's events by what vendors know them by.
@Suite struct KnownEventSearchTests {
    private static let time = Timestamp(milliseconds: 1_767_225_600_500)

    private static let routes = #"""
        {"version": 1, "providers": {
           "lago": {"adapter": "lago", "credential": {"env": "L"}},
           "polar": {"adapter": "polar", "credential": {"env": "P"}},
           "flexprice": {"adapter": "flexprice", "base_url": "http://127.0.0.1:1", "credential": {"env": "F"}}},
         "routes": [
           {"name": "old", "match": {"name": "old"}, "to": [
             {"provider": "lago", "subscription_id": "sub_{customer_id}", "id_prefix": "gw-"}]},
           {"name": "both", "match": {"name": "both"}, "to": [
             {"provider": "flexprice"}, {"provider": "polar", "id_property": "tollgate_id", "customer_id": "x-{subscription_id}"}]},
           {"name": "shadow", "to": [{"provider": "flexprice"}, {"provider": "lago", "subscription_id": "s", "mode": "shadow"}]}],
         "clients": [{"name": "shop", "tenant": "shop"}]}
        """#

    /// Runs `body` with a journal of some events, and what looks for events as a vendor knows them.
    private func with(
        _ events: [(id: String, scope: String, name: String, customer: String?, subscription: String?)],
        _ body: ((AdapterName?, KnownEventsBody.Identity) async throws -> String?) async throws -> Void
    ) async throws {
        try await withMany(events) { (find) async throws in
            try await body { try await find($0, [$1])[0] }
        }
    }

    /// Does the same with what looks for many events at once.
    private func withMany(
        _ events: [(id: String, scope: String, name: String, customer: String?, subscription: String?)],
        _ settings: SQLiteStoreSettings = SQLiteStoreSettings(),
        _ body: (@escaping (AdapterName?, [KnownEventsBody.Identity]) async throws -> [String?]) async throws -> Void
    ) async throws {
        let quiet = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let routes = try RoutesFile.reader(allowsInlineSecrets: false).read(Array(Self.routes.utf8)).routes
        let table = RoutingTable(routes)
        try await withTemporaryFolder { folder in
            let store = try SQLiteEventStore(opening: folder, settings: settings, logger: quiet)
            let accepted = try events.map { event in
                AcceptedEvent(
                    CanonicalEvent(
                        idScope: event.scope,
                        name: event.name,
                        customerID: event.customer,
                        subscriptionID: event.subscription,
                        timestamp: Self.time
                    ),
                    id: EventID(event.id),
                    in: Submission(
                        tenant: "shop",
                        client: "shop",
                        acceptedAt: Self.time,
                        plan: try #require(
                            table.plan(
                                for: event.name,
                                customerID: event.customer,
                                subscriptionID: event.subscription,
                                at: Self.time,
                                acceptedAt: Self.time,
                                client: "shop"
                            )
                        )
                    )
                )
            }
            for event in accepted { _ = try await store.append(AppendRequest(events: [event], policy: .each)) }
            try await body { name, identities in
                let adapter = routes.providers.first { $0.traits.adapter == name }?.adapter
                var search = KnownEventSearch(store, sentTo: adapter, by: routes, of: "shop")
                return try await search.events(with: identities).map { $0.map { "\($0.scope)|\($0.id)" } }
            }
            await store.close()
        }
    }

    private static func identity(
        _ id: String,
        customer: String? = nil,
        subscription: String? = nil,
        source: String? = nil,
        after seconds: Double? = nil
    ) -> KnownEventsBody.Identity {
        KnownEventsBody.Identity(
            id: id,
            customerID: customer,
            subscriptionID: subscription,
            source: source,
            timestamp: seconds.map { time + .milliseconds(Int64($0 * 1000)) }
        )
    }

    @Test func `knows an event by the prefix and the subscription that Lago was sent`() async throws {
        try await with([("e", "", "old", "c", nil)]) { (find) async throws in
            #expect(try await find("lago", Self.identity("gw-e", subscription: "sub_c")) == "|e")
            #expect(try await find("lago", Self.identity("gw-e", customer: "c", subscription: "sub_c")) == "|e")
            for other in [
                Self.identity("e", subscription: "sub_c"), Self.identity("gw-e", subscription: "sub_d"),
                Self.identity("gw-f", subscription: "sub_c"), Self.identity("gw-gw-e", subscription: "sub_c"),
            ] {
                #expect(try await find("lago", other) == nil, "\(other)")
            }
            // The application knows it by its own ID.
            #expect(try await find(nil, Self.identity("e", customer: "c")) == "|e")
            #expect(try await find(nil, Self.identity("gw-e", customer: "c")) == nil)
        }
    }

    @Test func `knows an event that the vendor got in a scope`() async throws {
        try await with([("e", "sub_1", "both", "c", "sub_1"), ("e", "sub_2", "both", "d", "sub_2")]) {
            (find) async throws in
            #expect(try await find("flexprice", Self.identity("sub_2/e", customer: "d", after: 0)) == "sub_2|e")
            #expect(try await find("flexprice", Self.identity("sub_2/e", customer: "c", after: 0)) == nil)
            #expect(try await find(nil, Self.identity("e", subscription: "sub_2")) == "sub_2|e")
        }
    }

    @Test func `knows an event by the scope and the customer that Polar was sent`() async throws {
        try await with([("e", "sub_1", "both", "c", "sub_1"), ("e", "sub_2", "both", nil, "sub_2")]) {
            (find) async throws in
            #expect(try await find("polar", Self.identity("sub_1/e", customer: "c")) == "sub_1|e")
            #expect(try await find("polar", Self.identity("sub_1/e", customer: "c", after: 0)) == "sub_1|e")
            // The template is for events without a customer only.
            #expect(try await find("polar", Self.identity("sub_1/e", customer: "x-sub_1")) == nil)
            #expect(try await find("polar", Self.identity("sub_2/e", customer: "x-sub_2")) == "sub_2|e")
            #expect(try await find("polar", Self.identity("sub_2/e", customer: "c")) == nil)
            #expect(try await find("polar", Self.identity("sub_3/e", customer: "c")) == nil)
        }
    }

    @Test func `finds the scope and the prefix of an ID byte for byte`() async throws {
        // After a slash or a prefix, a mark that String takes for a part of the character before it.
        try await with([("\u{301}e", "sub_1", "both", "c", "sub_1"), ("\u{301}f", "", "old", "c", nil)]) {
            (find) async throws in
            #expect(try await find("flexprice", Self.identity("sub_1/\u{301}e", customer: "c")) == "sub_1|\u{301}e")
            #expect(try await find("lago", Self.identity("gw-\u{301}f", subscription: "sub_c")) == "|\u{301}f")
        }
    }

    /// What is read at once may be as large as a few pages, whose size may be small.
    @Test(arguments: [1, 1 << 20]) func `knows many events, also if they are too large for one read`(pageBytes: Int)
        async throws
    {
        var settings = SQLiteStoreSettings()
        settings.pageBytes = pageBytes
        let ids = (0..<12).map { "e\($0)" }
        try await withMany(ids.map { ($0, "", "any", "c", nil) }, settings) { (find) async throws in
            let numbers = (0..<230).map { ($0 * 7) % 230 }
            let found = try await find(nil, numbers.map { Self.identity("e\($0)", customer: "c") })
            #expect(found == numbers.map { $0 < 12 ? "|e\($0)" : nil })
        }
    }

    @Test func `takes times of one second for equal, and others for another event`() async throws {
        try await with([("e", "", "both", "c", nil)]) { (find) async throws in
            #expect(try await find("flexprice", Self.identity("e", customer: "c", after: -0.5)) == "|e")
            #expect(try await find("flexprice", Self.identity("e", customer: "c", after: 0.5)) == nil)
            #expect(try await find("flexprice", Self.identity("e", customer: "d", after: 0)) == nil)
        }
    }

    @Test func `knows an event that was never sent to the vendor by what it was accepted with`() async throws {
        try await with([("e", "", "any", "c", nil), ("f", "", "any", nil, "s1")]) { (find) async throws in
            #expect(try await find("lago", Self.identity("e", customer: "c", subscription: "s1")) == "|e")
            // Nothing beside the ID can be compared.
            #expect(try await find("lago", Self.identity("e", subscription: "s1")) == nil)
            #expect(try await find("lago", Self.identity("f", customer: "c", subscription: "s1")) == "|f")
            #expect(try await find("lago", Self.identity("f", customer: "c", subscription: "s2")) == nil)
            #expect(try await find("lago", Self.identity("e", source: "svc")) == nil)
            #expect(try await find("lago", Self.identity("e")) == "|e")
        }
    }
}
