import Events
import Foundation
import Journal
import TestSupport
import Testing

@testable import JournalSQLite

@Suite struct JournalExportTests {
    private func export(_ folder: URL, _ selection: JournalExport.Selection = .init()) throws -> (
        [ArchivedEvent], JournalExport.Report
    ) {
        var events: [ArchivedEvent] = []
        let report = try JournalExport(of: folder, selection).run {
            events.append($0)
            return true
        }
        return (events, report)
    }

    @Test func `has every event once, with its deliveries`() async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            let (events, report) = try export(folder)
            #expect(events.map(\.sequence.rawValue) == Array(1...100) && report.events == 100)
            #expect(
                events.map { $0.deliveries.map(\.status) }
                    == (1...100).map { number in
                        switch number {
                        case 1...40: [.delivered]
                        case 41: [.rejected]
                        case 42: [.retrying]
                        default: [.pending]
                        }
                    }
            )
        }
    }

    @Test func `takes only what was selected`() async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            let at = Timestamp(milliseconds: 1_750_000_000_000)
            func count(_ change: (inout JournalExport.Selection) -> Void) throws -> Int {
                var selection = JournalExport.Selection()
                change(&selection)
                return try export(folder, selection).0.count
            }
            #expect(try count { $0.from = at } == 100)
            #expect(try count { $0.from = at + .milliseconds(1) } == 0)
            #expect(try count { $0.until = at } == 0)
            #expect(try count { $0.acceptedFrom = at + .milliseconds(1) } == 0)
            #expect(try count { $0.acceptedUntil = at + .milliseconds(1) } == 100)
            #expect(try count { $0.tenant = "shop" } == 100)
            #expect(try count { $0.tenant = "other" } == 0)
        }
    }

    @Test func `leaves out a damaged chunk, and says so`() async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            try OperatedJournal.flipChunk(31, in: folder)
            let (events, report) = try export(folder)
            #expect(events.count == 90 && report.damaged.map(\.location.text) == ["chunk 31-40"])
        }
    }

    @Test func `ends when nobody reads any more`() async throws {
        try await withTemporaryFolder { folder in
            try await OperatedJournal.make(in: folder)
            #expect(try JournalExport(of: folder, .init()).run { $0.sequence.rawValue < 15 }.events == 15)
        }
    }
}
