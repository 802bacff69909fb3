import Events
import Foundation
import Journal
import JournalSQLite
import Logging
import TestSupport
import Testing

@testable import Gateway

@Suite struct JournalLinesTests {
    private let now = Timestamp(milliseconds: 1_750_000_000_000)

    private func summary() async throws -> JournalSummary {
        try await withTemporaryFolder { folder in
            await (try SQLiteEventStore(opening: folder, logger: Logger(label: "test"))).close()
            return try JournalFile(reading: folder).summary()
        }
    }

    private func disk(free: Int, limit: Int? = nil) async throws -> DoctorReport.Line {
        JournalLines.disk(
            DiskRoom(freeBytes: free, totalBytes: 1 << 40),
            try await summary(),
            limitBytes: limit,
            retentionDays: 35,
            now: now
        )
    }

    @Test func `reports a small disk, and a limit that is nearly reached`() async throws {
        let small = try await disk(free: 1 << 20)
        #expect(small.verdict == .problem && small.text.contains("free some space"), "\(small)")
        #expect(try await disk(free: 1 << 40, limit: 1 << 20).verdict == .problem)
        #expect(try await disk(free: 1 << 40).verdict == .well)
    }

    @Test func `reports what has waited for more than a quarter of an hour`() {
        func line(waiting seconds: Int) -> DoctorReport.Line {
            let backlog = Backlog(events: 3, oldest: now + .seconds(-seconds))
            return JournalLines.backlog([ProviderBacklog(provider: "lago", backlog: backlog)], layout: 9, now: now)
        }
        #expect(line(waiting: 60) == DoctorReport.Line("backlog", .well, "lago 3, the oldest for 60 s"))
        #expect(line(waiting: 1000).verdict == .warning)
        #expect(JournalLines.backlog([], layout: 9, now: now).text == "nothing waits")
        #expect(JournalLines.backlog(nil, layout: 3, now: now).verdict == .warning)
    }

    @Test func `reports damaged chunks`() {
        #expect(JournalLines.damage(0).verdict == .well)
        #expect(JournalLines.damage(2).verdict == .problem && JournalLines.damage(2).text.hasPrefix("2 chunks"))
    }

    @Test func `names the layout of a journal of a newer version`() {
        let lines = JournalLines.unreadable(.newerFormat(path: "p", found: 99, known: 9))
        #expect(lines.map(\.verdict) == [.problem, .warning, .warning] && lines[0].text.contains("layout 99"))
    }

    @Test(arguments: [
        (0, "now"), (3600, "today at 16:06 UTC"), (86_400, "tomorrow (2025-06-16)"),
        (4 * 86_400, "on Thursday (2025-06-19)"), (6 * 86_400, "on Saturday (2025-06-21)"),
        (7 * 86_400, "in 7 days (2025-06-22)"), (24 * 86_400, "in 24 days (2025-07-09)"),
    ])
    func `says in words when the disk is full`(seconds: Int, words: String) {
        #expect(DiskForecastText.when(now + .seconds(seconds), now: now) == words)
    }
}
