import Access
import ConfigurationFile
import Events
import OfRecord
import Randomness
import Routing
import Testing

/// What a backfill takes is what the routes would send.
@Suite struct BackfillRoutesTests {
    private static let clients = #"""
        [{"name": "shop", "tenant": "s", "credentials": {"p": {"env": "SHOP"}}},
         {"name": "till", "tenant": "t"}, {"name": "app", "tenant": "o"}]
        """#

    private func routes(_ routes: String, clients: String = clients) throws -> Routes {
        try RoutesText.read(RoutesText.file(routes: routes, clients: clients))
    }

    private func event(
        _ name: String,
        _ customer: String?,
        subscription: String? = nil,
        at time: Int64 = 0,
        client: ClientName,
        tenant: TenantID
    ) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(
                name: name,
                customerID: customer,
                subscriptionID: subscription,
                timestamp: Timestamp(milliseconds: time)
            ),
            id: "e",
            in: Submission(
                tenant: tenant,
                client: client,
                acceptedAt: Timestamp(milliseconds: 0),
                plan: Plan(route: nil, destinations: [])
            )
        )
    }

    /// Random routes and events: the account gets what the table sends there, said in the same way.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `take exactly what the table of the routes sends to the account`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        func pick(_ values: [String]) -> String { values.randomElement(using: &random) ?? "" }
        let list = (0..<Int.random(in: 1...4, using: &random)).map { number in
            let match = pick([
                "", #", "match": {"name": "a*"}"#, #", "match": {"name": ["b", "a.x"]}"#,
                #", "match": {"client": "till"}"#,
                #", "match": {"customer_id": "c1*"}"#,
            ])
            let destination = pick([
                #"{"provider": "p"}"#, #"{"provider": "p", "mode": "shadow"}"#, #"{"provider": "p", "mode": "mirror"}"#,
                #"{"provider": "p", "share": 40}"#,
                #"{"provider": "p", "rename": {"b": "z"}, "account": "{customer_id}"}"#,
                #"{"provider": "p", "mode": "off"}"#,
                #"{"provider": "p", "until": "1970-01-01T00:00:10Z"}"#,
                #"{"provider": "p", "until": "1970-01-01T00:00:05Z", "share": 40}, "#
                    + #"{"provider": "p", "from": "1970-01-01T00:00:10Z", "rename": {"b": "z"}}"#,
            ])
            return #"{"name": "r\#(number)"\#(match), "to": [\#(destination)]}"#
        }
        // The reader refuses routes that no event can reach.
        guard let routes = try? routes("[\(list.joined(separator: ", "))]") else { return }
        let table = RoutingTable(routes)
        for account in routes.providers {
            let frozen = BackfillRoutes(of: account, in: routes)
            for (client, tenant) in [("shop", "s"), ("till", "t"), ("app", "o")] as [(ClientName, TenantID)] {
                for name in ["a", "a.x", "b", "c"] {
                    for number in 0..<20 {
                        let customer = "c\(number)"
                        let time = Int64.random(in: 0...15, using: &random) * 1000
                        let plan = table.plan(
                            for: name,
                            customerID: customer,
                            subscriptionID: nil,
                            at: Timestamp(milliseconds: time),
                            acceptedAt: Timestamp(milliseconds: time),
                            client: client
                        )
                        let live = plan?.destination(at: account.name).flatMap { $0.mode == .shadow ? nil : $0 }
                        let event = event(name, customer, at: time, client: client, tenant: tenant)
                        let found = frozen?.destination(of: event)
                        #expect(found?.provider == live?.provider && found?.settings == live?.settings)
                        #expect(found?.rename == live?.rename && found?.adapter == live?.adapter)
                        #expect(found.map { $0.mode == .mirror } ?? true)
                    }
                }
            }
        }
    }

    @Test func `are the same when they are read back`() throws {
        let routes = try routes(
            #"""
            [{"name": "a", "match": {"name": ["api.*", "ü"], "client": ["till", "app"], "customer_id": "c*"},
              "to": [{"provider": "p", "share": 12.3456, "rename": {"x": "y"}, "account": "{customer_id}"}]},
             {"name": "b", "match": {"name": "z"}, "to": [{"provider": "p", "mode": "shadow"}]},
             {"name": "d", "match": {"name": "y"}, "to": [
               {"provider": "p", "until": "2027-01-01T00:00:00Z", "share": 7},
               {"provider": "p", "from": "2027-01-01T00:00:00Z", "until": "2027-02-01T00:00:00Z"}]},
             {"name": "c", "to": [{"provider": "p", "mode": "mirror"}]}]
            """#
        )
        for account in routes.providers {
            let frozen = try #require(BackfillRoutes(of: account, in: routes))
            #expect(BackfillRoutes(decoding: frozen.encoded) == frozen)
        }
        #expect(BackfillRoutes(decoding: []) == nil)
        #expect(BackfillRoutes(decoding: Array("{}".utf8)) == nil)
        #expect(BackfillRoutes(decoding: Array("[1]".utf8)) == nil)
    }

    @Test func `are read as they were kept before destinations had times`() throws {
        let plan =
            #"{\"route\":null,\"destinations\":[{\"provider\":\"p\",\"adapter\":\"acme\",\"mode\":\"mirror\","#
            + #"\"rename\":{},\"settings\":{}}]}"#
        let kept =
            #"{"account":"p","but":[],"prefixes_tenant":false,"rules":[{"names":["a*"],"customers":[],"clients":[],"#
            + #""share":1000000,"plan":"\#(plan)"},{"names":[],"customers":[],"clients":[]}]}"#
        let frozen = try #require(BackfillRoutes(decoding: Array(kept.utf8)))
        #expect(frozen.destination(of: event("a", "c", client: "x", tenant: "x"))?.provider == "p")
        #expect(frozen.destination(of: event("b", "c", client: "x", tenant: "x")) == nil)
        // An older gateway reads what has no times.
        #expect(frozen.encoded == Array(kept.utf8))
    }

    @Test func `fill a tenant's own account with that tenant's events alone`() throws {
        let routes = try routes(#"[{"name": "r", "to": [{"provider": "p"}]}]"#)
        let accounts = routes.providers.map { BackfillRoutes(of: $0, in: routes) }
        let events = [("shop", "s"), ("till", "t"), ("app", "o")] as [(ClientName, TenantID)]
        let taken = events.map { client, tenant in
            accounts.map { $0?.destination(of: event("a", "c", client: client, tenant: tenant))?.provider }
        }
        #expect(taken == [[nil, "p@s"], ["p", nil], ["p", nil]])
    }

    @Test func `leave out shadow destinations unless they are wanted, and an account without a route`() throws {
        let routes = try routes(#"[{"name": "r", "to": [{"provider": "p", "mode": "shadow"}]}]"#, clients: "[]")
        let account = routes.providers[0]
        #expect(BackfillRoutes(of: account, in: routes) == nil)
        let frozen = try #require(BackfillRoutes(of: account, in: routes, withShadow: true))
        #expect(frozen.destination(of: event("a", "c", client: "x", tenant: "x"))?.mode == .mirror)
    }

    @Test func `limited to customers, each from a time on, and kept so`() throws {
        let routes = try routes(#"[{"name": "r", "to": [{"provider": "p"}]}]"#)
        let account = try #require(routes.providers.first { $0.name == "p" })
        let all = try #require(BackfillRoutes(of: account, in: routes))
        let returned = BackfillRoutes.Return(migration: "m", number: 7)
        let limited = all.limited(
            to: ["c1": Timestamp(milliseconds: 10), "s2": Timestamp(milliseconds: 20)],
            after: returned
        )
        let decoded = try #require(BackfillRoutes(decoding: limited.encoded))
        #expect(decoded == limited && decoded != all)
        #expect(decoded.returned == returned && BackfillRoutes(decoding: all.encoded)?.returned == nil)
        func takes(_ customer: String?, _ time: Int64, subscription: String? = nil) -> Bool {
            let event = event("a", customer, subscription: subscription, at: time, client: "app", tenant: "o")
            return decoded.destination(of: event) != nil
        }
        #expect(takes("c1", 10) && !takes("c1", 9) && !takes("c2", 30))
        #expect(takes(nil, 20, subscription: "s2") && !takes("c2", 20, subscription: "s2"))
        // An older gateway must not take them for all events.
        #expect(String(decoding: limited.encoded, as: UTF8.self).contains("\"rules_for_customers\""))
        #expect(!String(decoding: limited.encoded, as: UTF8.self).contains("\"rules\""))
    }

    @Test func `limited to running periods, each customer's own, and kept so`() throws {
        let routes = try routes(#"[{"name": "r", "to": [{"provider": "p"}]}]"#)
        let account = try #require(routes.providers.first { $0.name == "p" })
        let all = try #require(BackfillRoutes(of: account, in: routes))
        let starts = BackfillStarts(
            customers: ["c1": Timestamp(milliseconds: 10)],
            otherwise: Timestamp(milliseconds: 5)
        )
        let decoded = try #require(BackfillRoutes(decoding: all.limited(to: starts).encoded))
        #expect(decoded == all.limited(to: starts) && decoded != all)
        func takes(_ customer: String?, _ time: Int64) -> Bool {
            decoded.destination(of: event("a", customer, at: time, client: "app", tenant: "o")) != nil
        }
        #expect(takes("c1", 10) && !takes("c1", 9))
        #expect(takes("c2", 5) && !takes("c2", 4) && takes(nil, 5) && !takes(nil, 4))
        // A gateway that knows limits to some customers alone must not read them.
        let text = String(decoding: all.limited(to: starts).encoded, as: UTF8.self)
        #expect(!text.contains("\"rules\"") && !text.contains("\"rules_for_customers\""))
        #expect(BackfillRoutes(decoding: Array(text.replacing("others_from", with: "x").utf8)) == nil)
    }

    @Test func `have a start for each of two customers whose IDs are two forms of one text`() throws {
        let (one, other) = ("caf\u{E9}", "cafe\u{301}")
        let routes = try routes(#"[{"name": "r", "to": [{"provider": "p"}]}]"#)
        let account = try #require(routes.providers.first { $0.name == "p" })
        let all = try #require(BackfillRoutes(of: account, in: routes))
        let starts = BackfillStarts(
            customers: [CustomerID(one): Timestamp(milliseconds: 10), CustomerID(other): Timestamp(milliseconds: 20)]
        )
        let decoded = try #require(BackfillRoutes(decoding: all.limited(to: starts).encoded))
        #expect(decoded == all.limited(to: starts))
        func takes(_ customer: String, _ time: Int64) -> Bool {
            decoded.destination(of: event("a", customer, at: time, client: "app", tenant: "o")) != nil
        }
        #expect(takes(one, 10) && !takes(one, 9) && takes(other, 20) && !takes(other, 19))
        #expect(starts.limited(to: [one]).customers == [CustomerID(one): Timestamp(milliseconds: 10)])
    }

    @Test func `leave out customers whose periods began too early, and take all others`() throws {
        let times = (0...4).map { Timestamp(milliseconds: $0 * 1000) }
        let starts = BackfillStarts(
            customers: ["c0": times[0], "c1": times[1], "c2": times[2], "c4": times[4]],
            otherwise: times[3]
        )
        #expect(starts.incomplete(before: times[0]) == nil)
        let early = try #require(starts.incomplete(before: times[2]))
        #expect(early.customers == 2 && early.others == nil && early.earliest == times[2])
        #expect(
            early.examples.map(\.customerID) == ["c0", "c1"] && early.examples.map(\.start) == [times[0], times[1]]
        )
        let rest = starts.leavingOut(before: times[2])
        #expect(rest.earliest == times[2] && rest.otherwise == times[3])

        let routes = try routes(#"[{"name": "r", "to": [{"provider": "p"}]}]"#)
        let account = try #require(routes.providers.first { $0.name == "p" })
        let all = try #require(BackfillRoutes(of: account, in: routes))
        let decoded = try #require(BackfillRoutes(decoding: all.limited(to: rest).encoded))
        #expect(decoded.leftOutCustomers == 2)
        func takes(_ customer: String?, _ time: Int64) -> Bool {
            decoded.destination(of: event("a", customer, at: time, client: "app", tenant: "o")) != nil
        }
        #expect(!takes("c0", 5000) && !takes("c1", 5000) && takes("c2", 2000) && takes("c4", 4000) && takes("c9", 3000))

        // The month of all others began too early as well: only who has a later start of its own is filled.
        let late = try #require(starts.incomplete(before: times[4]))
        #expect(late.customers == 3 && late.others == times[3])
        let last = starts.leavingOut(before: times[4])
        #expect(last.earliest == times[4] && last.otherwise == nil)
        #expect(starts.leavingOut(before: Timestamp(milliseconds: 9000)).earliest == nil)
    }

    @Test func `look at the periods of the customers alone that are named`() throws {
        let (early, late) = (Timestamp(milliseconds: 1000), Timestamp(milliseconds: 5000))
        let starts = BackfillStarts(customers: ["c1": early, "c2": late], otherwise: early)
        #expect(starts.limited(to: []) == starts)
        #expect(starts.limited(to: ["c2"]).incomplete(before: late) == nil)
        #expect(starts.limited(to: ["c2", "c3"]).incomplete(before: late)?.others == early)
        #expect(starts.limited(to: ["c1", "c2"]).incomplete(before: late)?.customers == 1)
    }

    @Test func `name few of many customers`() throws {
        let customers = (0..<100).map { (CustomerID("c\($0)"), Timestamp(milliseconds: Int64($0))) }
        let starts = BackfillStarts(customers: Dictionary(customers) { first, _ in first })
        let subject = try #require(starts.incomplete(before: Timestamp(milliseconds: 1000))).subject
        #expect(subject.hasPrefix("100 customers (c0 from 1970-01-01T00:00:00.000Z, c1 from "), "\(subject)")
        #expect(subject.hasSuffix(", and 95 more)"), "\(subject)")
    }

    /// Now, the customer's anchor in Berlin, and when the running period began.
    private static let periods = [
        // The last of a month that is too short, over a leap year's February and one that is none.
        ("2028-03-15T00:00:00Z", "2027-12-31", "2028-02-28T23:00:00Z"),
        ("2027-03-15T00:00:00Z", "2026-12-31", "2027-02-27T23:00:00Z"),
        ("2027-02-27T22:59:59.999Z", "2026-12-31", "2027-01-30T23:00:00Z"),
        ("2027-02-27T23:00:00Z", "2026-12-31", "2027-02-27T23:00:00Z"),
        // Summer time begins on March 28.
        ("2027-04-10T00:00:00Z", "2027-01-01", "2027-03-31T22:00:00Z"),
    ]

    @Test(arguments: periods)
    func `begin with the running period, by the clocks of its zone`(now: String, anchor: String, start: String) throws {
        let zone = try #require(ZoneRules(named: "Europe/Berlin"))
        let cycle = BillingCycle(anchor: try #require(BillingAnchor(anchor, in: zone)), every: .month, in: zone)
        let moment = try #require(Timestamp(rfc3339: now))
        let starts = try #require(
            BackfillStarts(ofPeriodsAt: moment, in: BillingBoundaries(["c1": cycle], otherwise: BillingCycle(in: zone)))
        )
        let first = try #require(Timestamp(rfc3339: start))
        #expect(starts.customers == ["c1": first])
        let month = try #require(BillingCycle(in: zone).boundary(through: moment))
        #expect(starts.otherwise == month && starts.earliest == min(first, month))
    }

    @Test func `take so many customers with periods of their own, and no more`() throws {
        func boundaries(_ count: Int) -> BillingBoundaries {
            let customers = (0..<count).map { (CustomerID("c\($0)"), BillingCycle()) }
            return BillingBoundaries(Dictionary(customers) { first, _ in first })
        }
        let now = Timestamp(milliseconds: 1_767_225_600_000)
        #expect(
            BackfillStarts(ofPeriodsAt: now, in: boundaries(BackfillStarts.most))?.customers.count
                == BackfillStarts.most
        )
        #expect(BackfillStarts(ofPeriodsAt: now, in: boundaries(BackfillStarts.most + 1)) == nil)
    }
}
