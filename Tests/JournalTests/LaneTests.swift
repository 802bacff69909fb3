import Events
import Journal
import TestSupport
import Testing

/// What is said of a lane, and which events are left to lanes at all.
@Suite struct LaneTests {
    private func lane(
        _ number: LaneNumber = 3,
        state: LaneState = .running,
        hasEnd: Bool = false,
        statuses: [DeliveryStatus: Int] = [:]
    ) -> Lane {
        Lane(
            number: number,
            of: NewLane(
                provider: "polar-prod",
                adapter: "polar",
                filter: LaneFilter(),
                routes: [],
                rate: 25,
                by: "ops",
                at: Timestamp(milliseconds: 0)
            ),
            state: state,
            changedBy: "ops",
            changedAt: Timestamp(milliseconds: 0),
            endedAt: nil,
            progress: LaneProgress(walked: 0, ahead: 0, hasEnd: hasEnd),
            counts: LaneCounts(statuses: statuses)
        )
    }

    /// The tilde stands in no provider's name.
    @Test func `an account is named after its provider and its number`() {
        #expect(lane(3).account == "polar-prod~3")
        #expect(Lane.account(of: LaneNumber(.max), at: "p") == "p~9223372036854775807")
    }

    @Test(arguments: [
        (LaneState.running, true), (.paused, true), (.cancelling, true), (.done, false), (.cancelled, false),
    ])
    func `a lane is active until it has ended`(state: LaneState, isActive: Bool) {
        #expect(state.isActive == isActive)
    }

    /// Whoever runs a lane acts on these alone.
    @Test(arguments: LaneState.allCases, [true, false])
    func `its mark says what is to be done about it`(state: LaneState, hasEnd: Bool) {
        for (statuses, hasRetries) in [([:], false), ([.retrying: 0], false), ([.retrying: 1, .delivered: 5], true)]
            as [([DeliveryStatus: Int], Bool)]
        {
            let mark = LaneMark(of: lane(7, state: state, hasEnd: hasEnd, statuses: statuses))
            #expect(mark == LaneMark(number: 7, state: state, rate: 25, hasEnd: hasEnd, hasRetries: hasRetries))
        }
    }

    @Test func `its events are those of all states together, and deduplicated ones are no more`() {
        #expect(LaneCounts().events == 0)
        #expect(LaneCounts(statuses: [.delivered: 5, .rejected: 2, .retrying: 1], deduplicated: 4).events == 8)
    }

    // MARK: Which events are left to lanes

    private func event(_ destinations: [Destination]) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(name: "n"),
            id: "e",
            in: Submission(
                tenant: "shop",
                client: "web",
                acceptedAt: Timestamp(milliseconds: 0),
                plan: Plan(route: nil, destinations: destinations)
            )
        )
    }

    @Test(arguments: [(nil, true), (.primary, false), (.mirror, false), (.shadow, true)] as [(DeliveryMode?, Bool)])
    func `a plan leaves an event to a lane unless it sends the event itself`(mode: DeliveryMode?, isOpen: Bool) {
        let other = Destination(provider: "lago", adapter: "lago", mode: .primary)
        let own = mode.map { Destination(provider: "polar", adapter: "polar", mode: $0) }
        #expect(event([other] + (own.map { [$0] } ?? [])).isOpenToLanes(of: "polar") == isOpen)
    }

    @Test func `a canary is left to no lane`() {
        let lago = Destination(provider: "lago", adapter: "lago", mode: .primary)
        #expect(event([lago]).isOpenToLanes(of: "polar"))
        #expect(!event([lago.forCanaries]).isOpenToLanes(of: "polar"))
    }
}
