import Events
import Parity
import Testing

@Suite struct BillingObstaclesTests {
    /// Sent a second after the one before, at 1000 s and later.
    /// - Parameter owner: the customer as the gateway knows it; nil: as the vendor does.
    private static func event(
        _ number: Int,
        _ name: String,
        _ customer: String?,
        _ state: LedgerState = .delivered(deduplicated: false, at: nil),
        subscription: String? = nil,
        owner: String? = nil
    ) -> ExpectedEvent {
        let time = Timestamp(milliseconds: 1_000_000 + Int64(number) * 1000)
        let event = AcceptedEvent(
            CanonicalEvent(
                name: name,
                customerID: owner ?? customer,
                subscriptionID: subscription,
                timestamp: time
            ),
            id: EventID("e\(number)"),
            in: Submission(tenant: "t", client: "c", acceptedAt: time, plan: Plan(route: "r", destinations: []))
        )
        let sent = VendorEvent(
            id: "e\(number)",
            name: name,
            customerID: customer,
            subscriptionID: subscription,
            timestamp: time
        )
        return ExpectedEvent(sequence: SequenceNumber(Int64(number) + 1), event: event, sent: sent, state: state)
    }

    /// The numbers of the events with which is asked.
    private static func numbers(_ questions: [BillingObstacles.Question]) -> [Int64] {
        questions.compactMap { if case .event(let event) = $0 { event.sequence.rawValue } else { nil } }
    }

    @Test func `asks once about each name, and about customers only a vendor that can tell`() {
        let events = [
            Self.event(0, "a", "x", .waiting(next: nil)), Self.event(1, "a", "x"), Self.event(2, "a", "y"),
            Self.event(3, "b", "y"), Self.event(4, "b", nil),
        ]
        var metrics = BillingObstacles(able: ObstacleTraits(ofEvents: [.noMetric]))
        #expect(Self.numbers(metrics.questions(events)) == [2, 4])
        #expect(metrics.questions(events).isEmpty)
        var all = BillingObstacles(able: ObstacleTraits(ofEvents: Set(BillingObstacle.allCases)))
        #expect(Self.numbers(all.questions(events)) == [2, 3, 4])
        var none = BillingObstacles(able: .none)
        #expect(none.questions(events).isEmpty)
    }

    /// A vendor that has no customer of one form may have one of the other.
    @Test func `asks about two forms of one text, and tells them apart`() {
        let (one, other) = ("caf\u{E9}", "cafe\u{301}")
        let events = [Self.event(0, "a", one), Self.event(1, "a", other), Self.event(2, one, nil)]
        var obstacles = BillingObstacles(able: ObstacleTraits(ofEvents: Set(BillingObstacle.allCases)))
        #expect(Self.numbers(obstacles.questions(events)) == [1, 2, 3])
        obstacles.learn(.noCustomer, of: events[0])
        #expect(obstacles.cause(of: events[0]) == .noCustomer && obstacles.cause(of: events[1]) == nil)
        obstacles.learn(.noMetric, of: events[2])
        #expect(obstacles.cause(of: Self.event(3, one, nil)) == .noMetric)
        #expect(obstacles.cause(of: Self.event(4, other, nil)) == nil)
    }

    private static let traits = [
        .none, ObstacleTraits(ofEvents: [.noMetric]), ObstacleTraits(ofEvents: Set(BillingObstacle.allCases)),
        ObstacleTraits(ofNames: true), ObstacleTraits(ofEvents: [.noMetric], ofSubscriptions: true),
    ]

    @Test(arguments: traits)
    func `asks about no more names and customers than it says`(able: ObstacleTraits) {
        let events = (0..<1000).map { Self.event($0, "name\($0)", "customer\($0)", subscription: "sub\($0)") }
        var obstacles = BillingObstacles(able: able)
        let forecast = obstacles.forecast(names: 1000, customers: 1000)
        var asked = 0
        while true {
            let questions = obstacles.questions(events)
            if questions.isEmpty { break }
            asked += questions.count
            for case .subscription(let id) in questions { obstacles.learn([], ofSubscription: id) }
        }
        // How many pages all names take is not known before they are asked for.
        #expect(asked <= forecast.most + (able.ofNames ? 1 : 0))
        #expect(forecast.most <= BillingObstacles.mostNames + 2 * BillingObstacles.mostCustomers)
    }

    @Test func `takes the names that no metric counts from one answer`() {
        let events = [Self.event(0, "a", nil), Self.event(1, "b", nil), Self.event(2, "b", nil, .uncertain)]
        var obstacles = BillingObstacles(able: ObstacleTraits(ofNames: true))
        guard case .names? = obstacles.questions(events).first else {
            Issue.record("names are not asked for")
            return
        }
        #expect(obstacles.questions(events).isEmpty && obstacles.isEmpty)
        obstacles.learn(CountedNames { $0 == "a" })
        #expect(events.map { obstacles.cause(of: $0) } == [nil, .noMetric, nil])
    }

    /// What the vendor says of a subscription and its customer, and what that comes to for three events, a second apart.
    private static let runs: [(times: [ReadWindow]?, hasCustomer: Bool, causes: [Cause?], detail: String?)] = [
        ([], true, [.noSubscription, .noSubscription, .noSubscription], nil),
        ([], false, [.noCustomer, .noCustomer, .noCustomer], nil),
        // What has a subscription has a customer.
        ([window(1001, 1002)], false, [.noSubscription, nil, .noSubscription], "begins at 1970-01-01T00:16:41.000Z."),
        ([window(999, 1001), window(1002, 9999)], true, [nil, .noSubscription, nil], nil),
        (
            [window(900, 1000)], true, [.noSubscription, .noSubscription, .noSubscription],
            "ended at 1970-01-01T00:16:40.000Z."
        ),
        ([window(999, 1002)], true, [nil, nil, .noSubscription], nil), (nil, false, [nil, nil, nil], nil),
    ]

    @Test(arguments: runs)
    func `tells an event of a time without a subscription`(
        run: (times: [ReadWindow]?, hasCustomer: Bool, causes: [Cause?], detail: String?)
    ) throws {
        let events = (0..<3).map { Self.event($0, "a", nil, subscription: "s", owner: "x") }
        var obstacles = BillingObstacles(able: ObstacleTraits(ofSubscriptions: true))
        guard case .subscription("s")? = obstacles.questions(events).first else {
            Issue.record("the subscription is not asked about")
            return
        }
        obstacles.learn(run.times, ofSubscription: "s")
        let next = obstacles.questions(events)
        #expect(next.count == (run.times == [] ? 1 : 0))
        if case .customer("x")? = next.first { obstacles.learn(isThere: run.hasCustomer, customer: "x") }
        #expect(obstacles.questions(events).isEmpty)
        #expect(events.map { obstacles.cause(of: $0) } == run.causes)
        if let detail = run.detail { #expect(try #require(obstacles.detail(of: events[0])).hasSuffix(detail)) }
    }

    private static func window(_ from: Int64, _ until: Int64) -> ReadWindow {
        ReadWindow(from: Timestamp(milliseconds: from * 1000), until: Timestamp(milliseconds: until * 1000))
    }

    @Test(arguments: [
        (BillingObstacle.noMetric, [Cause.noMetric, .noMetric, nil, nil]),
        (.noCustomer, [.noCustomer, nil, .noCustomer, nil]), (.noSubscription, [.noSubscription, nil, nil, nil]),
        (nil, [nil, nil, nil, nil]),
    ])
    func `holds what it learnt for the same name or customer alone`(obstacle: BillingObstacle?, causes: [Cause?]) {
        var obstacles = BillingObstacles(able: ObstacleTraits(ofEvents: Set(BillingObstacle.allCases)))
        let events = [
            Self.event(0, "a", "x"), Self.event(1, "a", "y"), Self.event(2, "b", "x"), Self.event(3, "b", "y"),
        ]
        obstacles.learn(obstacle, of: events[0])
        #expect(events.map { obstacles.cause(of: $0) } == causes)
        #expect(obstacles.cause(of: Self.event(4, "a", "x", .rejected(nil))) == nil)
    }
}
