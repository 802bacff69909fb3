import Access
import ConfigurationFile
import Events
import Routing
import Testing

@Suite struct RoutingTableTests {
    private func table(_ routes: String) throws -> RoutingTable {
        let text = #"""
            {"version": 1,
             "providers": {"a": {"adapter": "acme", "credential": {"env": "K"}},
                           "b": {"adapter": "acme", "credential": {"env": "K"}}},
             "routes": \#(routes),
             "clients": [{"name": "shop", "key_sha256": "\#(String(repeating: "ab", count: 32))"}]}
            """#
        return RoutingTable(try RoutesReader(vendors: SampleVendors.all).read(Array(text.utf8)).routes)
    }

    private func providers(_ plan: Plan?) -> [String]? {
        plan?.destinations.map(\.provider.rawValue)
    }

    @Test func `takes the first route that matches`() throws {
        let table = try table(
            #"""
            [{"name": "one", "match": {"name": "api_*"}, "to": [{"provider": "a"}]},
             {"name": "two", "match": {"client": "shop", "customer_id": ["vip*", "x"]}, "to": [{"provider": "b"}]}]
            """#
        )
        #expect(table.plan(for: "api_call", customerID: "vip1", subscriptionID: nil, client: "shop")?.route == "one")
        #expect(table.plan(for: "other", customerID: "vip1", subscriptionID: nil, client: "shop")?.route == "two")
        #expect(table.plan(for: "other", customerID: "vip1", subscriptionID: nil, client: "else") == nil)
        #expect(table.plan(for: "other", customerID: nil, subscriptionID: "s", client: "shop") == nil)
    }

    @Test func `names to a client only the routes that can take its events`() throws {
        let table = try table(
            #"""
            [{"name": "secret", "match": {"client": "shop"}, "to": [{"provider": "a"}]},
             {"name": "all", "to": [{"provider": "b"}]}]
            """#
        )
        #expect(table.routeNames(for: "shop") == ["secret", "all"])
        #expect(table.routeNames(for: "guest") == ["all"])
    }

    @Test func `shares one plan among events that take the same way`() throws {
        let table = try table(#"[{"name": "r", "to": [{"provider": "a"}, {"provider": "b", "share": 50}]}]"#)
        let plans = (0..<200).compactMap {
            table.plan(for: "n", customerID: "c\($0)", subscriptionID: nil, client: "shop")
        }
        #expect(Set(plans.map { ObjectIdentifier($0) }).count == 2)
        #expect(Set(plans.compactMap { providers($0) }) == [["a"], ["a", "b"]])
    }

    @Test(arguments: [100, 50])
    func `finds the same plans one after another as each by itself`(share: Int) throws {
        let table = try table(
            #"""
            [{"name": "one", "match": {"name": ["api_*", "caf\#u{E9}"]}, "to": [{"provider": "a"}]},
             {"name": "two", "match": {"name": "disk"}, "to": [{"provider": "a"}, {"provider": "b", "share": \#(share)}]}]
            """#
        )
        let client = Client(name: "shop", tenant: "t", scopes: [])
        var finder = SubmissionFinder(in: table, for: client, at: Timestamp(milliseconds: 5))
        var known: [Submission] = []
        // A composed letter, and its decomposed form, which is another name.
        let names = [
            "api_x", "api_x", "api_y", "disk", "disk", "none", "disk", "caf\u{E9}", "cafe\u{301}", "caf\u{E9}",
        ]
        for (number, name) in (names + names).enumerated() {
            let found = finder.submission(for: name, customerID: "c\(number)", subscriptionID: nil, at: nil)
            if let found, known.last !== found { known.append(found) }
            let alone = table.plan(for: name, customerID: "c\(number)", subscriptionID: nil, client: "shop")
            #expect(found?.plan === alone)
            #expect((found == nil) == (name == "none" || name.utf8.count == 6))
        }
        #expect(zip(known, known.dropFirst()).allSatisfy { $0.plan !== $1.plan }, "neighbours share their submission")
        #expect(known.allSatisfy { $0.tenant == "t" && $0.client == "shop" && $0.acceptedAt.milliseconds == 5 })
    }

    @Test func `keeps a customer wholly in or out, and keeps those it has when a share grows`() throws {
        let quarter = try table(#"[{"name": "r", "to": [{"provider": "a", "share": 25}]}]"#)
        let half = try table(#"[{"name": "r", "to": [{"provider": "a", "share": 50}]}]"#)
        var inQuarter = 0
        for number in 0..<4_000 {
            let customer = "customer-\(number)"
            let isIn =
                providers(quarter.plan(for: "n", customerID: customer, subscriptionID: nil, client: "shop")) == ["a"]
            let isInHalf =
                providers(half.plan(for: "m", customerID: customer, subscriptionID: nil, client: "shop")) == ["a"]
            if isIn { inQuarter += 1 }
            #expect(!isIn || isInHalf)
        }
        #expect((850...1150).contains(inQuarter))
    }

    /// The end of one destination's time is the beginning of the other's.
    private static let split = #"""
        [{"name": "r", "to": [{"provider": "a", "until": "2027-01-01T00:00:00+01:00"},
                              {"provider": "b", "from": "2026-12-31T23:00:00Z", "until": "2027-02-01T00:00:00Z"},
                              {"provider": "a", "from": "2027-03-01T00:00:00Z", "rename": {"n": "m"}}]}]
        """#

    @Test(arguments: [
        ("2026-12-31T22:59:59.999Z", ["a"]), ("2026-12-31T23:00:00Z", ["b"]), ("2027-01-31T23:59:59.999Z", ["b"]),
        ("2027-02-15T00:00:00Z", []), ("2027-03-01T00:00:00Z", ["a"]),
    ])
    func `sends an event where its time belongs`(time: String, expected: [String]) throws {
        let table = try table(Self.split)
        let time = try #require(Timestamp(rfc3339: time))
        let plan = table.plan(
            for: "n",
            customerID: "c",
            subscriptionID: nil,
            at: time,
            acceptedAt: time,
            client: "shop"
        )
        #expect(providers(plan) == expected)
        let isLast = try time >= #require(Timestamp(rfc3339: "2027-03-01T00:00:00Z"))
        #expect(plan?.destinations.first?.name(for: "n") == (expected.isEmpty ? nil : isLast ? "m" : "n"))
    }

    @Test func `takes the time of acceptance for an event without one`() throws {
        let table = try table(Self.split)
        let client = Client(name: "shop", tenant: "t", scopes: [])
        for (accepted, expected) in [("2026-06-01T00:00:00Z", "a"), ("2027-01-10T00:00:00Z", "b")] {
            let now = try #require(Timestamp(rfc3339: accepted))
            var finder = SubmissionFinder(in: table, for: client, at: now)
            let own = finder.submission(for: "n", customerID: "c", subscriptionID: nil, at: nil)
            #expect(providers(own?.plan) == [expected])
            let late = finder.submission(for: "n", customerID: "c", subscriptionID: nil, at: Timestamp(milliseconds: 0))
            #expect(providers(late?.plan) == ["a"], "a late event belongs to its own time")
        }
    }

    @Test func `leaves destinations that are off out of the plan`() throws {
        let table = try table(#"[{"name": "r", "to": [{"provider": "a", "mode": "off"}, {"provider": "b"}]}]"#)
        #expect(providers(table.plan(for: "n", customerID: "c", subscriptionID: nil, client: "shop")) == ["b"])
    }

    @Test(arguments: [
        ("*", "", true), ("*", "anything", true), ("a*", "a", true), ("a*", "ba", false), ("*a", "ba", true),
        ("a*c", "abc", true),
        ("a*c", "ac", true), ("a*b*c", "a-b-c", true), ("a*b*c", "acb", false), ("a*a", "a", false), ("a", "a", true),
        ("a", "A", false),
        ("**", "x", true), ("a*b", "ab*b", true),
    ])
    func `matches globs`(pattern: String, text: String, matches: Bool) {
        #expect(Glob(pattern).matches(text) == matches)
    }
}
