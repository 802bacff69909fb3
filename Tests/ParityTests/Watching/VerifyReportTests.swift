import Events
import Parity
import Testing

/// What people are told of delivered events that were read back.
@Suite struct VerifyReportTests {
    private static let hour: Int64 = 3_600_000
    private static let now = Timestamp(milliseconds: 100 * hour)

    private static func lost(_ sequence: Int64, foundAt: Timestamp) -> LostEvent {
        LostEvent(
            sequence: SequenceNumber(sequence),
            tenant: "shop",
            eventID: "e",
            name: "api",
            deliveredAt: foundAt,
            foundAt: foundAt,
            lookAt: foundAt
        )
    }

    private static func report(
        hours: [VerifyReport.Hour] = [],
        lost: [LostEvent] = [],
        checkedUpTo: Timestamp = now,
        fault: String? = nil
    ) -> VerifyReport {
        VerifyReport(oneIn: 2000, checkedUpTo: checkedUpTo, hours: hours, lost: lost, fault: fault)
    }

    /// An hour counts as long as a part of it is behind the time.
    @Test(
        arguments: [(0, 7), (hour - 1, 7), (hour, 3), (2 * hour - 1, 3), (2 * hour, 0), (.max, 0), (.min, 7)]
            as [(Int64, Int)]
    )
    func `adds up whole hours since a time`(since: Int64, verified: Int) {
        let hours = [
            VerifyReport.Hour(start: Timestamp(milliseconds: 0), verified: 4, different: 2),
            VerifyReport.Hour(start: Timestamp(milliseconds: Self.hour), verified: 3, different: 1),
        ]
        let report = Self.report(hours: hours)
        #expect(report.verified(since: Timestamp(milliseconds: since)) == verified)
        #expect(report.different(since: Timestamp(milliseconds: since)) == (verified == 7 ? 3 : verified == 3 ? 1 : 0))
    }

    @Test func `counts losses by when they were found`() {
        let report = Self.report(lost: [Self.lost(1, foundAt: Self.now), Self.lost(2, foundAt: Self.now + .seconds(5))])
        #expect(report.lost(since: Self.now) == 2)
        #expect(report.lost(since: Self.now + .milliseconds(1)) == 1)
        #expect(report.lost(since: Self.now + .seconds(6)) == 0)
    }

    @Test func `names the first loss, however late the reads are`() {
        let first = Self.now + .seconds(-60)
        let late = Self.now + .seconds(-86_400)
        let one = Self.report(lost: [Self.lost(1, foundAt: first)], checkedUpTo: late, fault: "HTTP 401")
        #expect(
            one.problem(at: "lago", now: Self.now)
                == "lago has lost 1 event of the sample of 1/2000 that it had accepted, the first found at \(first.rfc3339)"
        )
        let two = Self.report(lost: [Self.lost(1, foundAt: first), Self.lost(2, foundAt: Self.now)])
        #expect(two.problem(at: "lago", now: Self.now)?.hasPrefix("lago has lost 2 events of") == true)
    }

    @Test func `is a problem when reads are more than a quarter of an hour late, and says why`() {
        func problem(_ seconds: Int, _ fault: String?) -> String? {
            Self.report(checkedUpTo: Self.now + .seconds(-seconds), fault: fault).problem(at: "lago", now: Self.now)
        }
        let time = (Self.now + .seconds(-901)).rfc3339
        #expect(problem(900, "HTTP 401") == nil)
        #expect(problem(901, "HTTP 401") == "events of lago were read back up to \(time) only: HTTP 401")
        #expect(problem(901, nil) == "events of lago were read back up to \(time) only")
        // A clock that was set back is no delay.
        #expect(problem(-901, nil) == nil)
    }
}

/// The lag that canaries have measured.
@Suite struct CanaryReportTests {
    @Test(arguments: [(1, 1), (10, 1), (11, 2), (500, 50), (501, 51), (990, 99), (999, 100), (1000, 100)])
    func `is that of the nearest rank`(perMille: Int, rank: Int) {
        let lags = (1...100).map { Duration.seconds($0) }
        let report = CanaryReport(every: .seconds(600), lags: lags)
        #expect(report.lag(perMille: perMille) == .seconds(rank))
    }

    @Test func `is unknown before the first, and that of one alone`() {
        #expect(CanaryReport(every: .seconds(600)).lag(perMille: 999) == nil)
        #expect(CanaryReport(every: .seconds(600), lags: [.seconds(3)]).lag(perMille: 1) == .seconds(3))
    }
}
