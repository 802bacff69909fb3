import Events
import Journal
import Migration
import OfRecord
import Parity
import Testing

/// What the gates read of deliveries, at the limits of counts and clocks.
@Suite struct DeliveryReadingsTests {
    private static let now = MigrationSample.now

    private static func readings(_ change: (inout MigrationFacts) -> Void) -> GateMeasurements {
        var facts = MigrationFacts(at: now)
        change(&facts)
        return facts.readings(of: MigrationSample.outline(verifies: true))
    }

    private static func counts(planned: Int, skipped: Int = 0, rejected: Int = 0, uncertain: Int = 0)
        -> LedgerCounts.Counts
    {
        var counts = LedgerCounts.Counts()
        (counts.planned, counts.skipped) = (planned, skipped)
        (counts.rejected, counts.uncertain) = (rejected, uncertain)
        return counts
    }

    @Test func `are nothing as long as deliveries were not counted`() {
        let none = Self.readings { $0.oldestWaiting = Self.now + .seconds(-9000) }
        #expect(none.rejected == nil && none.uncertain == nil && none.backlogAge == nil && none.lost == nil)
    }

    @Test func `leave out deliveries that were never sent`() {
        let found = Self.readings { $0.deliveries = Self.counts(planned: 10, skipped: 4, rejected: 3, uncertain: 2) }
        #expect(found.rejected == .init(Fraction(3, of: 6), at: Self.now, events: 6))
        #expect(found.uncertain == .init(2, at: Self.now, events: 6))
        #expect(found.backlogAge == .init(.zero, at: Self.now, events: 6))
    }

    /// Counts that no journal has must not stop the gateway.
    @Test func `take no negative count for a large one`() {
        let found = Self.readings { $0.deliveries = Self.counts(planned: 1, skipped: 5, rejected: -1, uncertain: -1) }
        #expect(found.rejected?.events == 0 && found.uncertain == .init(0, at: Self.now, events: 0))
    }

    @Test func `tell the age of the oldest that waits, and none of one of tomorrow`() {
        func age(_ seconds: Int) -> Duration? {
            Self.readings { facts in
                facts.deliveries = Self.counts(planned: 1)
                facts.oldestWaiting = Self.now + .seconds(-seconds)
            }.backlogAge?.value
        }
        #expect(age(600) == .seconds(600) && age(0) == .zero && age(-600) == .zero)
    }

    // MARK: Read back

    private static func report(
        _ verified: Int,
        lost: Int = 0,
        checkedUpTo: Timestamp = now,
        hoursAgo: Int64 = 1
    ) -> VerifyReport {
        let event = LostEvent(
            sequence: 1,
            tenant: "shop",
            eventID: "e",
            name: "api",
            deliveredAt: now,
            foundAt: now + .seconds(-60),
            lookAt: now
        )
        let start = Timestamp(milliseconds: now.milliseconds - hoursAgo * 3_600_000)
        return VerifyReport(
            oneIn: 100,
            checkedUpTo: checkedUpTo,
            hours: [VerifyReport.Hour(start: start, verified: verified)],
            lost: Array(repeating: event, count: lost)
        )
    }

    @Test func `add up what was read back from all accounts, and go by the one that is furthest behind`() {
        let late = Self.now + .seconds(-500)
        let found = Self.readings { $0.verified = [Self.report(10), Self.report(5, lost: 2, checkedUpTo: late)] }
        #expect(found.lost == .init(2, at: late, events: 15))
    }

    @Test func `rest on the lost events at least`() {
        let found = Self.readings { $0.verified = [Self.report(0, lost: 3)] }
        #expect(found.lost == .init(3, at: Self.now, events: 3))
    }

    @Test func `leave out what was read back before the window`() {
        // The window of the gates is a day.
        #expect(Self.readings { $0.verified = [Self.report(7, hoursAgo: 24)] }.lost?.events == 7, "a part of that hour")
        #expect(Self.readings { $0.verified = [Self.report(7, hoursAgo: 26)] }.lost?.events == 0)
    }
}
