import Events
import Journal
import TestSupport
import Testing

/// Which events are in a window.
@Suite struct RecordedWindowTests {
    private let event = SampleEvent.accepted()

    private func contains(
        _ clock: RecordedWindow.Clock,
        _ from: Timestamp,
        _ until: Timestamp,
        _ tenant: TenantID? = nil
    )
        -> Bool
    {
        RecordedWindow(clock: clock, from: from, until: until, tenant: tenant).contains(event)
    }

    @Test(arguments: RecordedWindow.Clock.allCases)
    func `has its start and not its end, by the clock that was asked for`(clock: RecordedWindow.Clock) {
        let time = clock == .accepted ? event.acceptedAt : event.timestamp
        let (before, after) = (time + .milliseconds(-1), time + .milliseconds(1))
        #expect(contains(clock, time, after))
        #expect(!contains(clock, before, time))
        #expect(!contains(clock, after, after + .seconds(1)))
    }

    @Test func `has no events if it ends before it starts`() {
        let time = event.acceptedAt
        #expect(!contains(.accepted, time + .seconds(1), time + .seconds(-1)))
    }

    @Test func `has the events of its tenant only, or of all`() {
        let (from, until) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(contains(.accepted, from, until))
        #expect(contains(.accepted, from, until, "shop"))
        #expect(!contains(.accepted, from, until, "bank"))
    }
}
