import Events
import Journal
import Testing

@testable import JournalFormat

/// Whether a retry may take today's settings: only if certainly nothing has reached the vendor.
@Suite struct DeliveryTraceTests {
    /// Every combination of what a row can say.
    @Test(arguments: DeliveryStatus.allCases)
    func `is untouched only where nothing can have left`(status: DeliveryStatus) {
        for (hasReached, hadReached) in [(false, false), (false, true), (true, false), (true, true)] {
            for attempts in [0, 1] {
                for code in [nil, "timeout", DeliveryErrorCode.untranslatable.rawValue] {
                    let trace = DeliveryTrace(
                        status: status,
                        attempts: attempts,
                        hasReached: hasReached,
                        hadReached: hadReached,
                        faultCode: code
                    )
                    let mayHaveReached = hasReached || hadReached || status == .uncertain
                    let wasNeverSent =
                        status == .rejected && attempts == 0 && code == DeliveryErrorCode.untranslatable.rawValue
                    #expect(trace.isUntouched(isOfThisRun: true) == !mayHaveReached, "\(trace)")
                    // A process that ended by force leaves no trace of a request.
                    #expect(trace.isUntouched(isOfThisRun: false) == (!mayHaveReached && wasNeverSent), "\(trace)")
                }
            }
        }
    }

    private static let planned = Destination(provider: "polar", adapter: "polar", mode: .mirror)
    private static let other = Destination(provider: "polar", adapter: "polar", mode: .primary)

    /// Says what was decided beforehand.
    private struct Amending: DeliveryAmending {
        let today: Destination
        let translatable: Set<DeliveryMode>

        func amended(_ planned: Destination, for event: AcceptedEvent) -> Destination { today }
        func canTranslate(_ event: AcceptedEvent, for destination: Destination) -> Bool {
            translatable.contains(destination.mode)
        }
    }

    private static func archived(_ plan: Plan) -> ArchivedDelivery {
        let now = Timestamp(milliseconds: 0)
        return ArchivedDelivery(
            cursor: DeliveryCursor(sequence: SequenceNumber(1), provider: "polar"),
            event: AcceptedEvent(
                CanonicalEvent(name: "n"),
                id: "e",
                in: Submission(tenant: "shop", client: "web", acceptedAt: now, plan: plan)
            ),
            delivery: Delivery(provider: "polar", adapter: "polar", mode: .mirror, status: .rejected)
        )
    }

    @Test(
        arguments: [
            ([], false, false), ([.mirror], true, false), ([.primary], false, true), ([.mirror, .primary], true, true),
        ] as [(Set<DeliveryMode>, Bool, Bool)]
    )
    func `takes today's settings only for what is untouched`(
        translatable: Set<DeliveryMode>,
        asPlanned: Bool,
        asToday: Bool
    ) throws {
        let plan = Plan(route: nil, destinations: [Self.planned])
        let amending = Amending(today: Self.other, translatable: translatable)
        let prospect = try #require(RetryProspect(Self.archived(plan), .plans("polar"), amending))
        #expect(prospect.today?.destination == Self.other)
        #expect(prospect.canTranslate(isUntouched: false) == asPlanned)
        #expect(prospect.canTranslate(isUntouched: true) == asToday)
        let same = Amending(today: Self.planned, translatable: translatable)
        let unchanged = try #require(RetryProspect(Self.archived(plan), .plans("polar"), same))
        #expect(unchanged.today == nil && unchanged.canTranslate(isUntouched: true) == asPlanned)
    }

    @Test func `has no prospect without a destination that is known`() {
        let amending = Amending(today: Self.other, translatable: [.mirror])
        let (none, some) = (Plan(route: nil, destinations: []), Plan(route: nil, destinations: [Self.planned]))
        #expect(RetryProspect(Self.archived(none), .plans("polar"), amending) == nil)
        #expect(RetryProspect(Self.archived(some), nil, amending) == nil)
        #expect(RetryProspect(Self.archived(some), .plans("lago"), amending) == nil)
    }
}
