import Events
import Randomness
import Routing
import Testing

/// Which events are read back, and when canaries are due: all gateways must answer alike, before and after a restart.
@Suite struct WatchSamplesTests {
    private static func event(_ id: String, tenant: TenantID = "shop", scope: String = "", at: Int64 = 0)
        -> AcceptedEvent
    {
        let time = Timestamp(milliseconds: at)
        let plan = Plan(route: nil, destinations: [])
        return AcceptedEvent(
            CanonicalEvent(idScope: scope, name: "n", customerID: "c", timestamp: time),
            id: EventID(id),
            in: Submission(tenant: tenant, client: "web", acceptedAt: time, plan: plan)
        )
    }

    @Test func `one of one is every event`() {
        for number in 0..<500 { #expect(VerifySettings(oneIn: 1).takes(Self.event("e\(number)"))) }
    }

    @Test(arguments: [2, 10, 100])
    func `takes about the part that it names, whatever the ids look like`(oneIn: Int) {
        let settings = VerifySettings(oneIn: oneIn)
        let count = 20_000
        for prefix in ["", "order-", "00000000-0000-4000-8000-", "é\u{301}\u{0}"] {
            let taken = (0..<count).count { settings.takes(Self.event("\(prefix)\($0)")) }
            let expected = Double(count) / Double(oneIn)
            // Six standard deviations.
            let tolerance = 6 * (expected * (1 - 1 / Double(oneIn))).squareRoot()
            #expect(abs(Double(taken) - expected) < tolerance, "\(taken) of \(count) with \"\(prefix)\"")
        }
    }

    @Test func `asks only for what identifies an event, and runs no two parts together`() {
        let settings = VerifySettings(oneIn: 2)
        for number in 0..<200 {
            let usual = settings.takes(Self.event("e\(number)"))
            #expect(settings.takes(Self.event("e\(number)", at: 1_790_000_000_000)) == usual)
        }
        // Of many pairs whose parts are the same letters at other borders, some must be judged differently.
        let differing = (0..<200).count { number in
            settings.takes(Self.event("b\(number)", tenant: "a"))
                != settings.takes(Self.event("\(number)", tenant: "ab"))
        }
        #expect(differing > 50)
        let scoped = (0..<200).count { number in
            settings.takes(Self.event("b\(number)", scope: "a")) != settings.takes(Self.event("\(number)", scope: "ab"))
        }
        #expect(scoped > 50)
    }

    /// A smaller part of a part that it divides is wholly within it, so that a coarser sample reads nothing new.
    @Test func `a sample lies within each sample that it is a part of`() {
        for number in 0..<5000 {
            let event = Self.event("e\(number)")
            if VerifySettings(oneIn: 12).takes(event) {
                for divisor in [1, 2, 3, 4, 6] { #expect(VerifySettings(oneIn: divisor).takes(event)) }
            }
        }
    }

    // MARK: Canaries

    @Test(arguments: 1...30)
    func `a canary's slot has begun, and is the only one until the next`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 {
            let length = Int64.random(in: 1...86_400, using: &random) * 1000
            let canary = CanarySettings(every: .milliseconds(length), name: "n", customerID: "c")
            let now = Timestamp(milliseconds: Int64.random(in: -4_000_000_000_000...4_000_000_000_000, using: &random))
            let slot = canary.slot(at: now)
            #expect(slot <= now && now - slot < .milliseconds(length) && slot.milliseconds % length == 0)
            #expect(canary.slot(at: slot) == slot)
            #expect(canary.slot(at: slot + .milliseconds(length - 1)) == slot)
            #expect(canary.slot(at: slot + .milliseconds(length)) == slot + .milliseconds(length))
            #expect(canary.slot(at: slot + .milliseconds(-1)) == slot + .milliseconds(-length))
        }
    }

    @Test func `two gateways send the same canary of a slot, and another one of the next`() {
        let canary = CanarySettings(
            every: .seconds(600),
            name: "tollgate_canary",
            customerID: "me",
            subscriptionID: "s"
        )
        let lago = Destination(provider: "lago", adapter: "lago", mode: .mirror)
        let polar = Destination(provider: "polar", adapter: "polar", mode: .mirror)
        let start = Timestamp(milliseconds: 1_790_000_400_000)
        let first = canary.event(of: start, to: lago, at: start + .seconds(1))
        let second = canary.event(of: start, to: lago, at: start + .seconds(500))
        #expect(first.id == second.id && first.id == "canary:lago:1790000400000" && first.tenant == second.tenant)
        #expect(first.name == "tollgate_canary" && first.customerID == "me" && first.subscriptionID == "s")
        #expect(first.timestamp == start + .seconds(1) && first.plan.destinations == [lago])
        #expect(canary.event(of: start + .seconds(600), to: lago, at: start).id != first.id)
        #expect(canary.event(of: start, to: polar, at: start).id != first.id)
    }
}
