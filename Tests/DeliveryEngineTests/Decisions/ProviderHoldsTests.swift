import Events
import Journal
import Routing
import Testing

@testable import DeliveryEngine

/// What keeps a provider from being called, and what of it a restart must know.
@Suite struct ProviderHoldsTests {
    static let start = ClockReading.sample
    static let limited = DeliveryFault(code: .rateLimited, message: "too many")
    static let down = DeliveryFault(code: .vendorUnavailable, message: "later")
    static let badKey = DeliveryFault(code: .unauthorized, message: "the key is wrong")

    private func makeHolds(_ hold: ProviderHold? = nil) -> ProviderHolds {
        let settings = PipelineSettings(
            provider: "acme",
            batch: BatchLimit(events: 1, bytes: 1 << 20),
            deduplication: .byIdentity(memory: nil),
            retry: RetrySchedule(longestWait: .seconds(3600)),
            breaker: BreakerSettings(parkedPause: .seconds(30))
        )
        return ProviderHolds(settings: settings, hold: hold, at: Self.start)
    }

    /// How long nothing is sent.
    private func wait(_ holds: ProviderHolds) -> Duration {
        holds.earliestSend(at: Self.start.instant) - Self.start.instant
    }

    // MARK: - Waits

    static let waits: [(DeliveryFault, RetryAfter?, Duration)] = [
        (limited, RetryAfter.delay(.seconds(60)), Duration.seconds(60)), (down, .delay(.seconds(60)), .seconds(60)),
        (limited, .delay(.seconds(604_800)), .seconds(3600)),
        (down, .at(Timestamp(milliseconds: Timestamp.range.upperBound)), .seconds(3600)),
        (limited, nil, .seconds(1)), (limited, .delay(.zero), .seconds(1)), (down, nil, .zero),
        (limited, .at(start.wall + .seconds(-60)), .seconds(1)), (down, .at(start.wall + .seconds(-60)), .zero),
        (limited, .at(start.wall + .seconds(90)), .seconds(90)),
    ]

    @Test(arguments: waits)
    func `waits as long as the vendor asks, within bounds`(fault: DeliveryFault, after: RetryAfter?, expected: Duration)
    {
        var holds = makeHolds()
        holds.vendorAsks(for: after, because: fault, at: Self.start)
        #expect(wait(holds) == expected)
        #expect(holds.vendorsWait(at: Self.start)?.fault == (expected > .zero ? fault : nil))
    }

    @Test func `a shorter wait does not end a longer one`() {
        var holds = makeHolds()
        holds.vendorAsks(for: .delay(.seconds(60)), because: Self.limited, at: Self.start)
        holds.vendorAsks(for: .delay(.seconds(5)), because: Self.down, at: Self.start)
        #expect(wait(holds) == .seconds(60))
        #expect(holds.vendorsWait(at: Self.start)?.fault == Self.limited)
    }

    @Test func `an operator's hold stops deliveries and no reads, until its end or until they resume`() {
        var holds = makeHolds()
        let order = OperatorHold(until: Self.start.wall + .seconds(600), by: "ops", at: Self.start.wall)
        holds.operatorHolds(order, at: Self.start)
        #expect(wait(holds) == .seconds(600))
        #expect(holds.earliestRead(at: Self.start.instant) == Self.start.instant)
        #expect(holds.operatorsHold(at: Self.start + .seconds(599)) == order)
        #expect(holds.operatorsHold(at: Self.start + .seconds(600)) == nil)
        holds.resume()
        #expect(wait(holds) == .zero)
        #expect(holds.operatorsHold(at: Self.start) == nil)
    }

    @Test func `an operator who resumes ends the vendor's wait too, but not the parking`() {
        var holds = makeHolds()
        holds.vendorAsks(for: .delay(.seconds(60)), because: Self.limited, at: Self.start)
        holds.park(for: Self.badKey, at: Self.start.instant)
        holds.resume()
        #expect(wait(holds) == .zero)
        #expect(holds.parkedFor == Self.badKey)
    }

    @Test func `knows since when the account is refused, whatever was wrong before and however often it is refused`() {
        var holds = makeHolds()
        #expect(holds.parkedSince == nil)
        holds.park(for: Self.badKey, at: Self.start.instant + .seconds(1800))
        holds.park(for: Self.badKey, at: Self.start.instant + .seconds(3600))
        #expect(holds.parkedSince == Self.start.instant + .seconds(1800))
        holds.park(for: nil, at: Self.start.instant + .seconds(5400))
        #expect(holds.parkedSince == nil)
        #expect(makeHolds(Cause.parking.saved).parkedSince == Self.start.instant, "a restart knows no earlier time")
    }

    @Test(arguments: [(seconds: 600, Duration.seconds(600)), (604_800, .seconds(3600)), (-60, .zero)])
    func `goes on with a wait of an earlier run, within bounds`(left: Int, expected: Duration) {
        let until = Self.start.wall + .seconds(left)
        let holds = makeHolds(ProviderHold(until: until, fault: Self.limited, isParked: false))
        #expect(wait(holds) == expected)
    }

    // MARK: - On disk

    /// What holds a provider at a time.
    enum Cause: CaseIterable {
        case nothing, shortWait, longWait, parking

        var saved: ProviderHold? {
            switch self {
            case .nothing, .shortWait: nil
            case .longWait: ProviderHold(until: start.wall + .seconds(600), fault: limited, isParked: false)
            case .parking: ProviderHold(until: start.wall + .seconds(30), fault: badKey, isParked: true)
            }
        }

        func apply(to holds: inout ProviderHolds) {
            switch self {
            case .nothing: holds.park(for: nil, at: start.instant)
            case .shortWait: holds.vendorAsks(for: .delay(.seconds(9)), because: limited, at: start)
            case .longWait: holds.vendorAsks(for: .delay(.seconds(600)), because: limited, at: start)
            case .parking: holds.park(for: badKey, at: start.instant)
            }
        }
    }

    @Test(arguments: Cause.allCases) func `writes down once what a restart must know, and nothing else`(cause: Cause) {
        var holds = makeHolds()
        cause.apply(to: &holds)
        let written = holds.takeUnsaved(at: Self.start)
        #expect(written == cause.saved.map { .some($0) })
        #expect(holds.takeUnsaved(at: Self.start) == nil, "once")
    }

    @Test(arguments: Cause.allCases) func `has nothing to write where it begins with what is on disk`(cause: Cause) {
        var holds = makeHolds(cause.saved)
        #expect(holds.takeUnsaved(at: Self.start) == nil)
    }

    @Test func `writes down that a parking is over, and that a wait is which an operator ended`() {
        for cause in [Cause.parking, .longWait] {
            var holds = makeHolds(cause.saved)
            holds.park(for: nil, at: Self.start.instant)
            holds.resume()
            let written = holds.takeUnsaved(at: Self.start)
            #expect(written == .some(nil), "\(cause)")
            #expect(holds.takeUnsaved(at: Self.start) == nil, "once")
        }
    }

    @Test func `says nothing of a wait that ended by itself`() {
        var holds = makeHolds(Cause.longWait.saved)
        #expect(holds.takeUnsaved(at: Self.start + .seconds(601)) == nil)
    }

    @Test func `writes down a wait that grew, and a parking that follows a wait`() {
        var holds = makeHolds(Cause.longWait.saved)
        holds.vendorAsks(for: .delay(.seconds(900)), because: Self.down, at: Self.start)
        let longer = ProviderHold(until: Self.start.wall + .seconds(900), fault: Self.down, isParked: false)
        #expect(holds.takeUnsaved(at: Self.start) == .some(longer))
        holds.park(for: Self.badKey, at: Self.start.instant)
        #expect(holds.takeUnsaved(at: Self.start) == .some(Cause.parking.saved))
    }
}
