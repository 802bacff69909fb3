import Events
import Parity
import Testing

@Suite struct BillingObstaclesTests {
    private static func event(
        _ number: Int,
        _ name: String,
        _ customer: String?,
        _ state: LedgerState = .delivered(deduplicated: false, at: nil)
    ) -> ExpectedEvent {
        MatcherTests.expected(number, MatcherTests.event(number, name: name, customer: customer), state)
    }

    private static func numbers(_ events: [ExpectedEvent]) -> [Int64] { events.map(\.sequence.rawValue) }

    @Test func `asks once about each name, and about customers only a vendor that can tell`() {
        let events = [
            Self.event(0, "a", "x", .waiting(next: nil)), Self.event(1, "a", "x"), Self.event(2, "a", "y"),
            Self.event(3, "b", "y"), Self.event(4, "b", nil),
        ]
        var metrics = BillingObstacles(able: [.noMetric])
        #expect(Self.numbers(metrics.questions(events)) == [2, 4])
        #expect(metrics.questions(events).isEmpty)
        var all = BillingObstacles(able: Set(BillingObstacle.allCases))
        #expect(Self.numbers(all.questions(events)) == [2, 3, 4])
        var none = BillingObstacles(able: [])
        #expect(none.questions(events).isEmpty)
    }

    @Test func `asks about no more names and customers than it says`() {
        let events = (0..<1000).map { Self.event($0, "name\($0)", "customer\($0)") }
        for able in [[], [.noMetric], Set(BillingObstacle.allCases)] as [Set<BillingObstacle>] {
            var obstacles = BillingObstacles(able: able)
            let forecast = obstacles.forecast(names: 1000, customers: 1000)
            #expect(obstacles.questions(events).count <= forecast)
            #expect(forecast <= BillingObstacles.mostNames + BillingObstacles.mostCustomers)
        }
    }

    @Test(arguments: [
        (BillingObstacle.noMetric, [Cause.noMetric, .noMetric, nil, nil]),
        (.noCustomer, [.noCustomer, nil, .noCustomer, nil]), (.noSubscription, [.noSubscription, nil, nil, nil]),
        (nil, [nil, nil, nil, nil]),
    ])
    func `holds what it learnt for the same name or customer alone`(obstacle: BillingObstacle?, causes: [Cause?]) {
        var obstacles = BillingObstacles(able: Set(BillingObstacle.allCases))
        let events = [
            Self.event(0, "a", "x"), Self.event(1, "a", "y"), Self.event(2, "b", "x"), Self.event(3, "b", "y"),
        ]
        obstacles.learn(obstacle, of: events[0])
        #expect(events.map { obstacles.cause(of: $0) } == causes)
        #expect(obstacles.cause(of: Self.event(4, "a", "x", .rejected(nil))) == nil)
    }
}
