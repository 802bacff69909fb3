import DeliveryEngine
import Events
import Journal
import Testing

@testable import Gateway

@Suite struct RoutesAgreementTests {
    private let start = ContinuousClock.now

    /// - Parameter routes: nil: it changes them.
    private static func gateway(_ name: String, _ routes: UInt8?, isThisOne: Bool = false) -> GatewayNode {
        GatewayNode(
            number: Int64(name.utf8.count),
            name: name,
            version: "1",
            routes: routes.map { [$0] } ?? GatewayNode.changingRoutes,
            started: Timestamp(milliseconds: 0),
            isThisOne: isThisOne
        )
    }

    private let same = [gateway("east", 1, isThisOne: true), gateway("west", 1)]
    private let differing = [gateway("east", 1, isThisOne: true), gateway("west", 2), gateway("north", 1)]

    @Test func `names gateways with other routes after two minutes`() {
        var agreement = RoutesAgreement()
        #expect(agreement.observe(differing, at: start) == [])
        #expect(agreement.observe(differing, at: start + .seconds(119)) == [])
        #expect(agreement.observe(differing, at: start + .seconds(120)) == ["west"])
        #expect(agreement.observe(same, at: start + .seconds(121)) == [])
    }

    @Test func `counts anew when all have agreed in between`() {
        var agreement = RoutesAgreement()
        _ = agreement.observe(differing, at: start)
        _ = agreement.observe(same, at: start + .seconds(30))
        #expect(agreement.observe(differing, at: start + .seconds(120)) == [])
        #expect(agreement.observe(differing, at: start + .seconds(240)) == ["west"])
    }

    @Test func `compares the others with the routes in force here, not with those that were told`() {
        #expect(RoutesAgreement.elsewhere([Self.gateway("east", 1, isThisOne: true)], routes: [1]) == .nobody)
        #expect(RoutesAgreement.elsewhere(same, routes: [1]) == .same)
        #expect(RoutesAgreement.elsewhere(same, routes: [2]) == .different, "this one has just been reloaded")
        #expect(RoutesAgreement.elsewhere(differing, routes: [1]) == .different)
    }

    @Test func `takes a gateway that changes its routes for one with others`() {
        let gateways = [Self.gateway("east", 1, isThisOne: true), Self.gateway("west", nil)]
        #expect(RoutesAgreement.elsewhere(gateways, routes: [1]) == .different)
    }

    @Test func `does not count the time of a change of routes as a difference`() {
        var agreement = RoutesAgreement()
        let westChanges = [Self.gateway("east", 1, isThisOne: true), Self.gateway("west", nil)]
        let eastChanges = [Self.gateway("east", nil, isThisOne: true), Self.gateway("west", 2)]
        _ = agreement.observe(westChanges, at: start)
        _ = agreement.observe(eastChanges, at: start + .seconds(60))
        #expect(agreement.observe(differing, at: start + .seconds(120)) == [])
        #expect(agreement.observe(differing, at: start + .seconds(239)) == [])
        #expect(agreement.observe(differing, at: start + .seconds(240)) == ["west"])
        // It may be over, or not: the change shows it.
        #expect(agreement.observe(westChanges, at: start + .seconds(241)) == ["west"])
        #expect(agreement.observe(eastChanges, at: start + .seconds(242)) == ["west"])
        #expect(agreement.observe(same, at: start + .seconds(243)) == [])
    }

    @Test func `says nothing of others while this gateway is not in the list`() {
        var agreement = RoutesAgreement()
        let others = [Self.gateway("west", 2), Self.gateway("north", 3)]
        _ = agreement.observe(others, at: start)
        #expect(agreement.observe(others, at: start + .seconds(120)) == [])
    }
}
