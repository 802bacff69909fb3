import Events
import Testing

@Suite struct PlanTests {
    @Test func `reads back the plan that it wrote`() throws {
        let plan = Plan(
            route: "default",
            destinations: [
                Destination(
                    provider: "lago-prod",
                    adapter: "lago",
                    mode: .primary,
                    rename: ["a": "b", "c": "d\"e"],
                    settings: DestinationSettings([
                        "subscription_id": .text("sub_{customer_id}"), "x": .flag(true), "n": .number(7),
                        "l": .texts(["p", "q"]),
                    ])
                ),
                Destination(provider: "polar", adapter: "polar", mode: .shadow),
            ]
        )
        let read = try #require(PlanCoding.decode(plan.encoded))
        #expect(read.route == plan.route)
        #expect(read.destinations == plan.destinations)
        #expect(read.encoded == plan.encoded)
    }

    @Test func `says nothing of bytes that are no plan`() {
        #expect(PlanCoding.decode(Array("{}".utf8)) == nil)
        #expect(PlanCoding.decode([0, 1, 2]) == nil)
    }
}
