import Events
import Foundation
import GRDB
import Parity
import ParityRuns
import TestSupport
import Testing

/// Numbers in `parity.sqlite` that nothing has written: they are reported, and end no process.
@Suite struct DamagedRunsTests {
    private static let now = Timestamp(milliseconds: 1_750_000_000_000)
    private static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))

    /// A file with a run of two findings, after a change by somebody else.
    private static func with(_ changes: String..., body: (ParityStore, Int64) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let store = try ParityStore(in: folder)
            let order = ParityOrder(window: window, providers: ["lago"], level: .full)
            let run = try await store.add(order, for: "shop", by: "web", at: now)
            try await store.plan([window], events: 9, [], for: run.id)
            let findings = [(Cause.foreign, "api"), (.doubled, "disk")].map { cause, name in
                Finding(
                    key: "\(cause) \(name)",
                    provider: "lago",
                    cause: cause,
                    about: FindingSubject(name: name, timestamp: Timestamp(milliseconds: 5))
                )
            }
            let cells: [ExactText: CellCounts] = [
                "api": CellCounts(expected: 4, found: 4), "disk": CellCounts(expected: 5),
            ]
            let record = WindowRecord(cells: cells, findings: findings, calls: 3)
            try await store.save(["lago": record], of: window, state: .open, for: run.id)
            try await store.close()
            let database = try DatabaseQueue(path: folder.appending(path: "parity.sqlite").path)
            for change in changes { try await database.write { try $0.execute(sql: change) } }
            try database.close()
            let damaged = try ParityStore(in: folder)
            try await body(damaged, run.id)
            try await damaged.close()
        }
    }

    private static let end = "stop the gateway and delete the file"

    /// A window that ends before it begins would hold nothing, and stop whoever makes it.
    @Test(arguments: ["until_ms = 0", "until_ms = -1", "from_ms = 1000", "until_ms = from_ms"])
    func `a run whose window ends before it begins is reported`(change: String) async throws {
        try await Self.with("UPDATE runs SET \(change)") { store, id in
            let error = await #expect(throws: ParityError.self) { try await store.run(id, at: Self.now) }
            #expect(error == .store("parity.sqlite is damaged: a window ends before it begins; \(Self.end)"))
            await #expect(throws: ParityError.self) { try await store.next() }
            await #expect(throws: ParityError.self) { try await store.runs(before: nil, limit: 9, at: Self.now) }
        }
    }

    @Test(arguments: ["until_ms = 0", "until_ms = -5", "from_ms = 1000"])
    func `a part of a run that ends before it begins is reported`(change: String) async throws {
        try await Self.with("UPDATE windows SET \(change)") { store, id in
            let error = await #expect(throws: ParityError.self) {
                try await store.windows(.open, of: id, limit: 9)
            }
            #expect(error == .store("parity.sqlite is damaged: a window ends before it begins; \(Self.end)"))
            let run = try await store.run(id, at: Self.now)
            #expect(run?.id == id)
        }
    }

    /// Counts that cannot be added up.
    @Test(
        arguments: [
            "runs SET events = 9223372036854775807", "runs SET events = -1",
            "cells SET expected = -9223372036854775808",
            "cells SET found = 1125899906842625", "cells SET extra = 9223372036854775807",
            "reads SET calls = 9223372036854775807", "reads SET calls = -1", "reads SET sampled = -1",
            "providers SET extra_calls = 9223372036854775807", "providers SET extra_calls = -1",
            "causes SET count = 9223372036854775807", "causes SET count = -1",
        ]
    )
    func `a count that nothing has reached is reported`(change: String) async throws {
        try await Self.with("UPDATE \(change)") { store, id in
            await #expect(throws: ParityError.self) { try await store.run(id, at: Self.now) }
        }
    }

    @Test func `a count at the limit is added up`() async throws {
        let most = StoredCount.most
        try await Self.with("UPDATE reads SET calls = \(most)", "UPDATE providers SET extra_calls = \(most)") {
            store,
            id in
            let run = try await store.run(id, at: Self.now)
            #expect(run?.reports.first?.calls == Int(2 * most))
        }
    }

    /// Causes and states of a newer version.
    @Test func `what another version has written is left out, or reported where it decides`() async throws {
        try await Self.with("UPDATE causes SET cause = 'later' WHERE cause = 'foreign'") { store, id in
            let run = try #require(try await store.run(id, at: Self.now))
            #expect(run.reports.first?.causes.map(\.cause) == [.doubled])
        }
        try await Self.with("UPDATE findings SET cause = 'later'") { store, id in
            let error = await #expect(throws: ParityError.self) {
                try await store.findings(of: id, FindingFilter(), after: 0, limit: 9, at: Self.now)
            }
            #expect(error == .store("a finding was written by another version"))
            await #expect(throws: ParityError.self) { try await store.findingDays(of: id) }
        }
        for change in ["state = 'later'", "level = 'later'", "level = 'usage'"] {
            try await Self.with("UPDATE runs SET \(change)") { store, id in
                let error = await #expect(throws: ParityError.self) { try await store.run(id, at: Self.now) }
                #expect(error == .store("run \(id) was written by another version"))
            }
        }
    }

    @Test func `differences that cannot be read are none, and the finding stays`() async throws {
        try await Self.with("UPDATE findings SET differences = '[{\"field\":'") { store, id in
            let found = try await store.findings(of: Self.window, at: "lago", for: id)
            #expect(found.count == 2 && found.allSatisfy(\.differences.isEmpty))
        }
    }

    @Test(arguments: [.max, -9_223_372_036_700_000_000] as [Int64])
    func `a time beyond all years is kept, and has a day`(milliseconds: Int64) async throws {
        try await Self.with("UPDATE findings SET at_ms = \(milliseconds)") { store, id in
            let found = try await store.findings(of: Self.window, at: "lago", for: id)
            #expect(found.map(\.subject.timestamp) == Array(repeating: Timestamp(milliseconds: milliseconds), count: 2))
            #expect(try await store.findingDays(of: id).count == 2)
        }
    }

    /// Names are no statements.
    @Test(arguments: ["'; DROP TABLE runs; --", "%", "\u{1F}", "caf\u{E9}", "cafe\u{301}", ""])
    func `texts are kept as they are`(text: String) async throws {
        try await Self.with { store, id in
            let finding = Finding(
                key: text,
                provider: ProviderName(text),
                cause: .foreign,
                about: FindingSubject(
                    eventID: text,
                    name: text,
                    customerID: text,
                    timestamp: Timestamp(milliseconds: 5)
                ),
                detail: text
            )
            let record = WindowRecord(cells: [text.exact: CellCounts(extra: 1)], findings: [finding])
            try await store.save([ProviderName(text): record], of: Self.window, state: .settled, for: id)
            let found = try await store.findings(of: Self.window, at: ProviderName(text), for: id)
            #expect(found == [finding] && found.map { Array($0.key.utf8) } == [Array(text.utf8)])
            let filter = FindingFilter(provider: ProviderName(text), customerID: text, name: text, eventID: text)
            let page = try await store.findings(of: id, filter, after: 0, limit: 9, at: Self.now)
            #expect(page.map(\.finding) == [finding])
        }
    }

    /// SQLite ends a text at a character 0: two texts that differ behind it would be one.
    @Test func `no text is cut at a character 0`() async throws {
        try await Self.with { store, id in
            let names = ["a\u{0}b", "a\u{0}c", "a", "a\u{FFFD}b"]
            let findings = names.map { name in
                Finding(
                    key: name,
                    provider: "lago",
                    cause: .foreign,
                    about: FindingSubject(eventID: name, name: name, timestamp: Timestamp(milliseconds: 5)),
                    detail: name
                )
            }
            let cells = Dictionary(uniqueKeysWithValues: names.map { ($0.exact, CellCounts(extra: 1)) })
            let record = WindowRecord(cells: cells, findings: findings)
            let later = ReadWindow(from: Self.window.until, until: Timestamp(milliseconds: 2000))
            try await store.save(["lago": record], of: later, state: .settled, for: id)
            let found = try await store.findings(of: later, at: "lago", for: id)
            #expect(found.map(\.key) == ["a\u{FFFD}b", "a\u{FFFD}c", "a", "a\u{FFFD}b"])
            #expect(found.allSatisfy { $0.detail == $0.key })
            let filter = FindingFilter(provider: "lago", name: names[0])
            #expect(try await store.findings(of: id, filter, after: 0, limit: 9, at: Self.now).count == 2)
            // What is stored as one name is counted as one.
            let kept = try await store.cells(of: id, after: 0, limit: 9).filter { $0.cell.provider == "lago" }
            #expect(kept.map(\.cell.name) == ["a", "api", "a\u{FFFD}b", "a\u{FFFD}c", "disk"])
            #expect(kept.map(\.cell.counts.extra) == [1, 0, 2, 1, 0])
        }
    }

    /// A vendor that shows no id of its own: its rows are known again by what they say.
    @Test func `a row without an id of the vendor is confirmed by the second read`() async throws {
        try await Self.with { store, id in
            func read() -> WindowComparison {
                let row = VendorEvent(id: "x", name: "api", customerID: "c", timestamp: Timestamp(milliseconds: 7))
                return WindowComparison.compare(
                    [],
                    with: [WindowRow(key: nil, event: row)],
                    { _ in ComparisonRules(identity: []) },
                    at: "polar",
                    deciding: CauseDecision(readAt: Self.now, lag: .seconds(1), isJournalDamaged: false)
                )
            }
            let first = WindowRecord(findings: read().findings)
            try await store.save(["polar": first], of: Self.window, state: .suspect, for: id)
            var second = read()
            second.confirm(after: try await store.findings(of: Self.window, at: "polar", for: id))
            #expect(second.findings.map(\.cause) == [.foreign] && second.findings.allSatisfy(\.isConfirmed))
        }
    }
}
