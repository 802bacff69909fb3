import Events
import Testing

/// Ids and names from outside are told apart byte for byte, although `String` takes two forms of a letter for one.
@Suite struct ExactTextTests {
    private static let (one, other) = ("caf\u{E9}", "cafe\u{301}")

    @Test func `two forms of one text are two`() {
        #expect(Self.one == Self.other)
        #expect(Set([Self.one.exact, Self.other.exact]).count == 2)
        #expect([Self.one.exact: 1, Self.other.exact: 2][Self.other.exact] == 2)
    }

    @Test func `they are two customers to a vendor`() {
        let customers = [Self.one, Self.other].flatMap {
            [UsageCustomer(id: $0, subscriptionID: nil), UsageCustomer(id: nil, subscriptionID: $0)]
        }
        #expect(Set(customers + customers).count == 4)
        let owners = [Self.one, Self.other].flatMap {
            [
                WindowOwner(name: $0, customerID: nil, subscriptionID: nil),
                WindowOwner(name: "n", customerID: $0, subscriptionID: nil),
                WindowOwner(name: "n", customerID: nil, subscriptionID: $0),
            ]
        }
        #expect(Set(owners + owners).count == 6)
        let time = Timestamp(milliseconds: 0)
        let shown = VendorEvent(id: nil, name: "n", customerID: Self.one, timestamp: time)
        #expect(WindowOwner(name: "n", customerID: Self.one, subscriptionID: nil).has(shown))
        #expect(!WindowOwner(name: "n", customerID: Self.other, subscriptionID: nil).has(shown))
    }

    @Test func `a destination renames one name and not the other`() throws {
        let destination = Destination(
            provider: "p",
            adapter: "a",
            mode: .primary,
            rename: [Self.one.exact: "coffee", "tea": Self.other.exact]
        )
        #expect(destination.name(for: Self.one) == "coffee")
        #expect(destination.name(for: Self.other).exact == Self.other.exact)
        let plan = Plan(route: "r", destinations: [destination])
        let read = try #require(PlanCoding.decode(plan.encoded)?.destinations.first)
        #expect(read == destination && read.name(for: "tea").exact == Self.other.exact)
        let changed = Destination(provider: "p", adapter: "a", mode: .primary, rename: [Self.other.exact: "coffee"])
        #expect(changed != Destination(provider: "p", adapter: "a", mode: .primary, rename: [Self.one.exact: "coffee"]))
    }

    @Test func `a filter takes one and not the other`() {
        #expect(EventFilter.takes(Self.one, [Self.one]) && !EventFilter.takes(Self.one, [Self.other]))
        #expect(EventFilter.takes(nil, []) && !EventFilter.takes(nil, [Self.one]))
    }
}
