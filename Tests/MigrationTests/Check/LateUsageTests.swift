import Events
import JSON
import OfRecord
import Testing

@testable import Migration

/// Events of the last full period by how late they came.
@Suite struct LateUsageTests {
    private static let now = Timestamp(rfc3339: "2026-12-15T00:00:00Z")!
    private static let end = Timestamp(rfc3339: "2026-12-01T00:00:00Z")!

    private static func event(_ time: Timestamp, acceptedAt: Timestamp) -> AcceptedEvent {
        AcceptedEvent(
            CanonicalEvent(name: "api", customerID: "c", timestamp: time),
            id: "e",
            in: Submission(
                tenant: "t",
                client: "c",
                acceptedAt: acceptedAt,
                plan: Plan(route: "r", destinations: [])
            )
        )
    }

    /// An event of the last second of November, accepted so many seconds after the month.
    private static func late(_ seconds: Int) -> LateUsage {
        var usage = LateUsage()
        usage.add(
            event(end + .seconds(-1), acceptedAt: end + .seconds(seconds)),
            cycle: BillingCycle(),
            at: now
        )
        return usage
    }

    @Test(
        arguments: [
            (-1, nil), (0, 0), (3599, 0), (3600, 1), (21_599, 1), (21_600, 2), (86_399, 2), (86_400, 3), (259_199, 3),
            (259_200, 4), (604_799, 4), (604_800, 5), (1_000_000, 5),
        ] as [(Int, Int?)]
    )
    func `counts by delay after the end of the period`(seconds: Int, part: Int?) {
        let usage = Self.late(seconds)
        #expect(usage.events == 1 && usage.lateEvents == (part == nil ? 0 : 1))
        #expect(usage.counts.firstIndex { $0 > 0 } == part)
    }

    /// When the event occurred, and whether that is in the last full period.
    @Test(
        arguments: [
            ("2026-11-01T00:00:00Z", true), ("2026-11-30T23:59:59.999Z", true), ("2026-10-31T23:59:59.999Z", false),
            ("2026-12-01T00:00:00Z", false), ("2026-12-20T00:00:00Z", false), ("1970-01-01T00:00:00Z", false),
        ]
    )
    func `counts the last full period alone`(time: String, isCounted: Bool) throws {
        var usage = LateUsage()
        let occurred = try #require(Timestamp(rfc3339: time))
        usage.add(Self.event(occurred, acceptedAt: occurred), cycle: BillingCycle(), at: Self.now)
        #expect(usage.events == (isCounted ? 1 : 0) && usage.lateEvents == 0)
    }

    @Test func `counts nothing at both ends of time`() {
        var usage = LateUsage()
        for time in [Int64.min, .max] {
            let end = Timestamp(milliseconds: time)
            usage.add(Self.event(end, acceptedAt: end), cycle: BillingCycle(), at: Self.now)
        }
        #expect(usage.events == 0)
    }

    @Test func `is shown with its limits in seconds`() {
        var writer = JSONWriter()
        var usage = Self.late(7200)
        usage.add(Self.event(Self.end + .seconds(-9), acceptedAt: Self.now), cycle: BillingCycle(), at: Self.now)
        usage.write(to: &writer)
        #expect(
            String(decoding: writer.bytes, as: UTF8.self)
                == #"{"events":2,"late_events":2,"by_delay":[{"less_than_seconds":3600,"events":0},"#
                + #"{"less_than_seconds":21600,"events":1},{"less_than_seconds":86400,"events":0},"#
                + #"{"less_than_seconds":259200,"events":0},{"less_than_seconds":604800,"events":0},"#
                + #"{"less_than_seconds":null,"events":1}]}"#
        )
    }
}
