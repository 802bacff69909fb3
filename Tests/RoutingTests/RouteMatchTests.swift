import ConfigurationFile
import Events
import OfRecord
import Testing

@testable import Routing

/// The conditions of a route.
@Suite struct RouteMatchTests {
    private func match(_ names: [String] = [], _ customers: [String] = [], _ clients: [ClientName] = []) -> RouteMatch {
        RouteMatch(names: names.map { Glob($0) }, customers: customers.map { Glob($0) }, clients: clients)
    }

    @Test func `are all met, or the event is another route's`() {
        let all = match(["api_*", "log"], ["vip*"], ["shop"])
        for (name, isName) in [("api_x", true), ("log", true), ("logs", false)] {
            for (customer, isCustomer) in [("vip1", true), ("c", false), (nil, false)] as [(String?, Bool)] {
                for (client, isClient) in [("shop", true), ("till", false)] as [(ClientName, Bool)] {
                    let found = all.matches(name: name, customerID: customer, client: client)
                    #expect(found == (isName && isCustomer && isClient))
                }
            }
        }
    }

    @Test func `without any take every event`() {
        #expect(match().matches(name: "", customerID: nil, client: ""))
        #expect(match([], ["*"]).matches(name: "x", customerID: "", client: ""))
        #expect(!match([], ["*"]).matches(name: "x", customerID: nil, client: ""), "no customer is none of any")
    }

    @Test(
        arguments: [
            ([], [], [], true, true), (["*"], [], [], true, true), (["x", "**"], [], [], true, true),
            (["x*"], [], [], false, false), ([""], [], [], false, false), ([], ["*"], [], false, false),
            ([], [], ["shop"], true, false), (["*"], [], ["shop", "till"], true, false),
            ([], [], ["till"], false, false),
        ] as [([String], [String], [ClientName], Bool, Bool)]
    )
    func `take everything only if nothing is left for a later route`(
        names: [String],
        customers: [String],
        clients: [ClientName],
        ofShop: Bool,
        ofAll: Bool
    ) {
        let found = match(names, customers, clients)
        #expect(found.takesEverything(from: "shop") == ofShop && found.takesEverything(from: nil) == ofAll)
    }

    @Test(
        arguments: [
            ([], [], true), ([], ["a"], true), (["a"], ["a"], true), (["a"], ["b"], false), (["a*"], ["*b"], true),
            (["a*"], ["b*"], false), (["x", "a*"], ["y", "ab"], true), (["caf\u{E9}"], ["cafe\u{301}"], false),
        ] as [([String], [String], Bool)]
    )
    func `may share a customer if a text matches patterns of both`(one: [String], other: [String], isShared: Bool) {
        #expect(match([], one).mayShareCustomers(with: match([], other)) == isShared)
        #expect(match([], other).mayShareCustomers(with: match(["z"], one, ["c"])) == isShared)
    }

    /// A share takes the customers below it; a time is the event's own, another one that of its acceptance.
    @Test func `and a destination's share and times decide together`() throws {
        let window = EventWindow(
            event: try #require(UsageWindow(from: Timestamp(milliseconds: 10), until: Timestamp(milliseconds: 20))),
            acceptance: try #require(UsageWindow(from: nil, until: Timestamp(milliseconds: 30)))
        )
        let routed = RoutedDestination(
            destination: Destination(provider: "p", adapter: "acme", mode: .primary),
            share: 50,
            window: window
        )
        for point in [0.0, 49.9999, 50, 99.9999] {
            for time in [9, 10, 19, 20] as [Int64] {
                for now in [0, 29, 30] as [Int64] {
                    let found = routed.takes(
                        customerAt: point,
                        at: Timestamp(milliseconds: time),
                        acceptedAt: Timestamp(milliseconds: now)
                    )
                    #expect(found == (point < 50 && (10..<20).contains(time) && now < 30))
                }
            }
        }
    }
}
