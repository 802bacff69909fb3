import Events
import Parity
import Testing

/// What vendors say by themselves, and the limits of what they are asked.
@Suite struct ObstacleLimitsTests {
    /// A second after the one before.
    private static func event(
        _ number: Int,
        name: String = "api",
        customer: String? = "c",
        subscription: String? = nil,
        _ state: LedgerState = .delivered(deduplicated: false, at: nil),
        isTranslatable: Bool = true
    ) -> ExpectedEvent {
        let time = Timestamp(milliseconds: Int64(number) * 1000)
        let event = AcceptedEvent(
            CanonicalEvent(name: name, customerID: customer, subscriptionID: subscription, timestamp: time),
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
        return ExpectedEvent(
            sequence: SequenceNumber(Int64(number) + 1),
            event: event,
            sent: isTranslatable ? sent : nil,
            state: state
        )
    }

    private static func window(_ from: Int64, _ until: Int64) -> ReadWindow {
        ReadWindow(from: Timestamp(milliseconds: from * 1000), until: Timestamp(milliseconds: until * 1000))
    }

    @Test(arguments: UnbilledEvent.Reason.allCases)
    func `are known of the event that a vendor has named, and of no other`(reason: UnbilledEvent.Reason) {
        let obstacles = BillingObstacles(able: .none, reported: [UnbilledEvent(id: "e1", reason: reason)])
        #expect(!obstacles.isEmpty)
        let expected: Cause = reason == .noMetric ? .noMetric : .unusableProperty
        #expect(obstacles.cause(of: Self.event(1)) == expected)
        #expect(obstacles.cause(of: Self.event(2)) == nil)
        #expect(obstacles.cause(of: Self.event(1, .waiting(next: nil))) == nil)
        #expect(obstacles.cause(of: Self.event(1, isTranslatable: false)) == nil)
    }

    @Test func `of an event that was named twice, the last reason counts`() {
        let reported = [
            UnbilledEvent(id: "e1", reason: .noMetric), UnbilledEvent(id: "e1", reason: .unusableProperty),
        ]
        #expect(BillingObstacles(able: .none, reported: reported).cause(of: Self.event(1)) == .unusableProperty)
    }

    @Test func `of a missing customer stand before an unusable property, and a missing metric before both`() {
        var obstacles = BillingObstacles(
            able: ObstacleTraits(ofEvents: Set(BillingObstacle.allCases)),
            reported: [UnbilledEvent(id: "e1", reason: .unusableProperty)]
        )
        let event = Self.event(1)
        obstacles.learn(.noSubscription, of: event)
        #expect(obstacles.cause(of: event) == .noSubscription)
        obstacles.learn(.noCustomer, of: event)
        #expect(obstacles.cause(of: event) == .noCustomer)
        obstacles.learn(.noMetric, of: event)
        #expect(obstacles.cause(of: event) == .noMetric)
    }

    @Test func `are not learnt of an event that cannot be said, or that names no customer`() {
        var obstacles = BillingObstacles(able: ObstacleTraits(ofEvents: Set(BillingObstacle.allCases)))
        obstacles.learn(.noMetric, of: Self.event(1, isTranslatable: false))
        obstacles.learn(.noCustomer, of: Self.event(1, customer: nil))
        obstacles.learn(.noSubscription, of: Self.event(1, customer: nil))
        obstacles.learn(nil, of: Self.event(1))
        #expect(obstacles.isEmpty && obstacles.cause(of: Self.event(1)) == nil)
    }

    // MARK: Asking

    /// What is asked about so many names and customers: least and most.
    @Test(
        arguments: [
            (ObstacleTraits.none, 1000, 1000, 0, 0), (ObstacleTraits(ofEvents: [.noMetric]), 3, 1000, 3, 3),
            (ObstacleTraits(ofEvents: [.noMetric]), 1000, 1000, 50, 50),
            (ObstacleTraits(ofEvents: [.noMetric, .noCustomer]), 3, 4, 7, 7),
            (ObstacleTraits(ofEvents: [.noSubscription]), 1000, 1000, 70, 70),
            (ObstacleTraits(ofNames: true), 1000, 1000, 0, 0),
            (ObstacleTraits(ofSubscriptions: true), 1000, 4, 4, 8), (ObstacleTraits(ofSubscriptions: true), 0, 0, 0, 0),
            (ObstacleTraits(ofEvents: [.noMetric], ofSubscriptions: true), 2, 1000, 22, 42),
        ]
    )
    func `take as many calls as are foretold`(able: ObstacleTraits, names: Int, customers: Int, least: Int, most: Int) {
        let forecast = BillingObstacles(able: able).forecast(names: names, customers: customers)
        #expect(forecast == CallForecast(least: least, most: most))
    }

    @Test func `are asked for with the first event of each name that is confirmed and can be said`() {
        var obstacles = BillingObstacles(able: ObstacleTraits(ofEvents: [.noMetric]))
        let events = [
            Self.event(0, .uncertain), Self.event(1, isTranslatable: false), Self.event(2), Self.event(3),
            Self.event(4, name: "disk"),
        ]
        let asked = obstacles.questions(events).compactMap { question -> EventID? in
            if case .event(let event) = question { event.event.id } else { nil }
        }
        #expect(asked == ["e2", "e4"])
    }

    @Test func `are asked for once for all names, by whoever asks first`() {
        var obstacles = BillingObstacles(able: ObstacleTraits(ofNames: true))
        let first = obstacles.takeNamesQuestion()
        let second = obstacles.takeNamesQuestion()
        #expect(first && !second && obstacles.questions([Self.event(0)]).isEmpty)
        var unable = BillingObstacles(able: ObstacleTraits(ofEvents: [.noMetric]))
        let none = unable.takeNamesQuestion()
        #expect(!none)
    }

    // MARK: Telling

    /// When the subscription ran, and what is said of an event at 5 s.
    private static let details: [(times: [ReadWindow], detail: String?)] = [
        ([window(6, 9)], "begins at 1970-01-01T00:00:06.000Z."), ([window(1, 5)], "ended at 1970-01-01T00:00:05.000Z."),
        ([window(1, 3), window(7, 9)], "did not run then."), ([window(7, 9), window(1, 3)], "did not run then."),
        ([], nil), ([window(5, 6)], nil), ([window(4, 5), window(5, 6)], nil),
    ]

    @Test(arguments: details)
    func `say when a subscription ran`(run: (times: [ReadWindow], detail: String?)) {
        var obstacles = BillingObstacles(able: ObstacleTraits(ofSubscriptions: true))
        obstacles.learn(run.times, ofSubscription: "s")
        let text = obstacles.detail(of: Self.event(5, subscription: "s"))
        let start = "The event is of 1970-01-01T00:00:05.000Z, and the subscription s "
        #expect(text == run.detail.map { start + $0 })
        #expect(obstacles.detail(of: Self.event(5, subscription: "S")) == nil)
    }

    @Test func `say nothing where another cause stands before the subscription`() {
        var obstacles = BillingObstacles(able: ObstacleTraits(ofNames: true, ofSubscriptions: true))
        obstacles.learn([Self.window(6, 9)], ofSubscription: "s")
        obstacles.learn(CountedNames { _ in false })
        let event = Self.event(5, subscription: "s")
        #expect(obstacles.cause(of: event) == .noMetric && obstacles.detail(of: event) == nil)
    }

    @Test func `take a vendor's silence about a subscription for no obstacle`() {
        var obstacles = BillingObstacles(able: ObstacleTraits(ofSubscriptions: true))
        obstacles.learn([Self.window(6, 9)], ofSubscription: "s")
        obstacles.learn(nil, ofSubscription: "s")
        #expect(obstacles.cause(of: Self.event(5, subscription: "s")) == nil && obstacles.isEmpty)
    }
}
