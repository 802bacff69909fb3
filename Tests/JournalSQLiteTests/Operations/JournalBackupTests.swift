import Events
import Foundation
import GRDB
import Journal
import JournalBehaviour
import JournalFormat
import Synchronization
import TestSupport
import Testing

@testable import JournalSQLite

/// Ends what runs beside a test.
private final class Flag: Sendable {
    let isSet = Atomic(false)
}

@Suite struct JournalBackupTests {
    private static let now = Timestamp(milliseconds: 1_760_000_000_000)

    private func with(_ body: (_ data: URL, _ target: URL, _ restored: URL) async throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let names = ["data", "backup", "restored"].map { folder.appending(path: $0) }
            try await OperatedJournal.make(in: names[0])
            try await body(names[0], names[1], names[2])
        }
    }

    @discardableResult
    private func backUp(_ data: URL, to target: URL) throws -> JournalBackup.Report {
        try JournalBackup(of: data, to: target).run(at: Self.now)
    }

    @discardableResult
    private func restore(_ target: URL, to folder: URL, holding: Set<AdapterName> = []) throws -> JournalRestore.Report
    {
        try JournalRestore(from: target, to: folder).run(holding: holding, at: Self.now)
    }

    @Test func `restores the same events, deliveries and duplicate window`() async throws {
        try await with { data, target, restored in
            try Data("{}".utf8).write(to: data.appending(path: "keys.json"))
            let report = try backUp(data, to: target)
            #expect(report.manifest.events == 100 && report.manifest.newest == 100 && report.damaged.isEmpty)
            #expect(report.manifest.files.map(\.name) == ["journal.sqlite", "keys.json"])
            #expect(try restore(target, to: restored).held.isEmpty)

            let (old, new) = (
                try SampleStore.open(data, OperatedJournal.settings),
                try SampleStore.open(restored, OperatedJournal.settings)
            )
            #expect(old.journalID == new.journalID)
            #expect(try await OperatedJournal.statuses(in: old) == OperatedJournal.statuses(in: new))
            let again = try await SampleStore.append(1...101, to: new)
            #expect(again == (1...100).map { .duplicate(of: SequenceNumber($0)) } + [.stored(SequenceNumber(101))])
            #expect(try await new.backlog(of: "lago").events == 60)
            #expect(FileManager.default.fileExists(atPath: restored.appending(path: "keys.json").path))
            await old.close()
            await new.close()
        }
    }

    @Test func `has every row of every table`() async throws {
        try await with { data, target, restored in
            // Once through, once continued.
            for _ in 0..<2 { try backUp(data, to: target) }
            try restore(target, to: restored)
            func content(_ folder: URL) async throws -> [String: [[DatabaseValue]]] {
                try await DatabaseQueue(path: OperatedJournal.file(in: folder).path).read { db in
                    let tables = try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE type = 'table'")
                    return try tables.reduce(into: [:]) { content, table in
                        content[table] = try Row.fetchAll(db, sql: "SELECT * FROM \(table)").map {
                            Array($0.databaseValues)
                        }
                    }
                }
            }
            let (before, after) = (try await content(data), try await content(restored))
            #expect(before.keys.count > 15 && before == after)
            #expect(try await LayoutJournal.shape(in: data) == LayoutJournal.shape(in: restored))
        }
    }

    @Test func `takes one state of a journal that grows meanwhile`() async throws {
        try await with { data, target, restored in
            let store = try SampleStore.open(data, OperatedJournal.settings)
            let end = Flag()
            let growing = Task {
                var next = 101
                while !end.isSet.load(ordering: .relaxed) {
                    _ = try await SampleStore.append(next...(next + 9), to: store)
                    let block = try await store.claimBlock(for: "lago", limit: BlockLimit(events: 5, bytes: 1 << 20))
                    if let block {
                        let run = DeliveredRun(
                            sequences: block.deliveries.map(\.sequence),
                            attempt: OperatedJournal.attempt
                        )
                        try await store.settle(Settlement(provider: "lago", delivered: [run]))
                    }
                    next += 10
                }
            }
            try await waitUntil("it has grown") { store.parts.newest.value >= 200 }
            let report = try await BlockingWork.run { () throws(BackupFault) in
                try JournalBackup(of: data, to: target).run(at: Self.now)
            }
            end.isSet.store(true, ordering: .relaxed)
            try await growing.value
            await store.close()
            try restore(target, to: restored)
            #expect(try JournalCheck(of: restored).run().isWell)
            let copy = try SampleStore.open(restored)
            // Whole commits, and nothing settled that is not there.
            let events = report.manifest.events
            #expect(events % 10 == 0 && events >= 200)
            let settled = events - Int64(try await copy.backlog(of: "lago").events)
            #expect(settled >= 41 && settled < events)
            #expect(
                try await SampleStore.append(1...Int(events), to: copy).allSatisfy {
                    if case .duplicate = $0 { true } else { false }
                }
            )
            await copy.close()
        }
    }

    @Test func `continues where an interrupted backup ended`() async throws {
        try await with { data, target, restored in
            // As a kill leaves it: with a part of the chunks, and without the other tables.
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            var copying = try BackupCopy(
                from: JournalFile(reading: data),
                to: target,
                rate: CopyRate(bytesPerSecond: nil, from: .now)
            )
            try copying.begin(damaged: [])
            try copying.copyChunks { _ in }
            try copying.close()
            try await DatabaseQueue(path: OperatedJournal.file(in: target).path).write { db in
                try db.execute(sql: "DELETE FROM chunks WHERE first > 50")
            }
            #expect(throws: BackupFault.unfinished(path: target.path)) { try restore(target, to: restored) }
            let bytes = copying.copiedBytes
            let report = try backUp(data, to: target)
            #expect(report.manifest.events == 100 && report.copiedBytes < bytes + 5000)
            try restore(target, to: restored)
            #expect(try JournalCheck(of: restored).run().isWell)
        }
    }

    @Test func `copies only what is new the second time, and leaves out what retention has removed`() async throws {
        try await with { data, target, restored in
            try backUp(data, to: target)
            let store = try SampleStore.open(data, OperatedJournal.settings)
            let late = Timestamp(milliseconds: 1_750_000_000_000)
            _ = try await SampleStore.append(101...110, to: store)
            _ = try await store.removeSettled(acceptedBefore: late + .seconds(60))
            await store.close()
            let events = try JournalFile(reading: data).summary().events
            #expect(events < 110)
            let report = try backUp(data, to: target)
            #expect(report.manifest.events == events)
            try restore(target, to: restored)
            #expect(try JournalFile(reading: restored).summary().events == events)
            #expect(try JournalCheck(of: restored).run().isWell)
        }
    }

    @Test func `names damaged chunks, and copies them as they are`() async throws {
        try await with { data, target, _ in
            try OperatedJournal.flipChunk(31, in: data)
            let report = try backUp(data, to: target)
            #expect(report.damaged.map(\.location.text) == ["chunk 31-40"] && report.manifest.events == 100)
            #expect(report.manifest.damaged == [31])
            #expect(try BackupManifest(in: target).damaged == [31])
        }
    }

    @Test func `copies a damaged chunk again once the journal is repaired`() async throws {
        try await with { data, target, restored in
            let whole = target.deletingLastPathComponent().appending(path: "whole")
            try backUp(data, to: whole)
            try OperatedJournal.flipChunk(31, in: data)
            try OperatedJournal.flipChunk(51, in: data)
            try backUp(data, to: target)
            // Damaged still: each backup says so.
            let second = try backUp(data, to: target)
            #expect(second.damaged.map(\.location.text) == ["chunk 31-40", "chunk 51-60"])
            #expect(second.manifest.damaged == [31, 51])
            _ = try await JournalRepair(of: data, from: whole).run()
            let third = try backUp(data, to: target)
            #expect(third.damaged.isEmpty && third.manifest.damaged == nil && third.manifest.events == 100)
            try restore(target, to: restored)
            #expect(try JournalCheck(of: restored).run().isWell)
        }
    }

    @Test func `still knows after an interruption which chunks were damaged`() async throws {
        try await with { data, target, restored in
            let whole = target.deletingLastPathComponent().appending(path: "whole")
            try backUp(data, to: whole)
            try OperatedJournal.flipChunk(31, in: data)
            try FileManager.default.createDirectory(at: target, withIntermediateDirectories: true)
            var copying = try BackupCopy(
                from: JournalFile(reading: data),
                to: target,
                rate: CopyRate(bytesPerSecond: nil, from: .now)
            )
            try copying.begin(damaged: [])
            try copying.copyChunks { _ in }
            try copying.close()
            _ = try await JournalRepair(of: data, from: whole).run()
            let report = try backUp(data, to: target)
            #expect(report.damaged.isEmpty && report.manifest.damaged == nil)
            try restore(target, to: restored)
            #expect(try JournalCheck(of: restored).run().isWell)
        }
    }

    @Test func `refuses a target that is something else`() async throws {
        try await with { data, target, restored in
            func reason(_ folder: URL) -> String? {
                do {
                    try backUp(data, to: folder)
                    return nil
                } catch BackupFault.target(_, let reason) {
                    return reason
                } catch {
                    return "\(error)"
                }
            }
            #expect(reason(data) == "it is the data folder itself")
            try await OperatedJournal.make(in: restored)
            #expect(reason(restored) == "it has other files, such as columns")
            let other = restored.deletingLastPathComponent().appending(path: "other")
            try backUp(restored, to: other)
            #expect(throws: BackupFault.otherJournal(path: other.path)) { try backUp(data, to: other) }
            // A refusal leaves the other backup unfinished at most, never mixed.
            #expect(
                try JournalFile(reading: other).summary().journalID
                    == JournalFile(reading: restored).summary().journalID
            )
            #expect(reason(target) == nil)
        }
    }

    @Test func `refuses a target with events that a restored journal never had`() async throws {
        try await with { data, target, restored in
            let older = target.deletingLastPathComponent().appending(path: "older")
            try backUp(data, to: older)
            var store = try SampleStore.open(data)
            _ = try await SampleStore.append(101...110, to: store)
            await store.close()
            try backUp(data, to: target)
            // It gives the numbers from 101 on to other events.
            try restore(older, to: restored)
            store = try SampleStore.open(restored)
            _ = try await SampleStore.append(201...205, to: store)
            _ = try await SampleStore.append(206...230, to: store)
            await store.close()
            #expect(throws: BackupFault.otherHistory(path: target.path)) { try backUp(restored, to: target) }
            let again = target.deletingLastPathComponent().appending(path: "again")
            try restore(target, to: again)
            #expect(try JournalFile(reading: again).summary().events == 110)
            #expect(try backUp(restored, to: older).manifest.events == 130)
        }
    }

    @Test func `refuses to restore what is damaged, unfinished or newer`() async throws {
        try await with { data, target, restored in
            try backUp(data, to: target)
            let manifest = target.appending(path: "manifest.json")
            let (good, journal) = (
                try Data(contentsOf: manifest), try Data(contentsOf: OperatedJournal.file(in: target))
            )
            try OperatedJournal.flip(OperatedJournal.file(in: target))
            #expect(throws: BackupFault.damaged(path: target.path, file: "journal.sqlite")) {
                try restore(target, to: restored)
            }
            try journal.write(to: OperatedJournal.file(in: target))
            try Data("{".utf8).write(to: manifest)
            #expect(throws: BackupFault.damaged(path: target.path, file: "manifest.json")) {
                try restore(target, to: restored)
            }
            try Data(
                String(decoding: good, as: UTF8.self).replacing(
                    "\"layout\" : \(Schema.version)",
                    with: "\"layout\" : 99"
                ).utf8
            )
            .write(to: manifest)
            #expect(throws: BackupFault.journal(.newerFormat(path: target.path, found: 99, known: Schema.version))) {
                try restore(target, to: restored)
            }
            try FileManager.default.removeItem(at: manifest)
            #expect(throws: BackupFault.unfinished(path: target.path)) { try restore(target, to: restored) }
            #expect(!FileManager.default.fileExists(atPath: OperatedJournal.file(in: restored).path))
            try good.write(to: manifest)
            try restore(target, to: restored)
        }
    }

    @Test func `restores neither over a running gateway nor over files`() async throws {
        try await with { data, target, restored in
            try backUp(data, to: target)
            let store = try SampleStore.open(data)
            #expect(throws: BackupFault.journal(.folderInUse(path: data.path, process: getpid()))) {
                try restore(target, to: data)
            }
            await store.close()
            #expect(throws: BackupFault.notEmpty(path: data.path)) { try restore(target, to: data) }
            try FileManager.default.createDirectory(at: restored, withIntermediateDirectories: true)
            // What an interrupted restoration leaves is no obstacle.
            try Data("half".utf8).write(to: restored.appending(path: "journal.sqlite.restored-journal"))
            try restore(target, to: restored)
            #expect(try JournalFile(reading: restored).summary().events == 100)
        }
    }

    @Test func `holds providers whose vendors do not recognize repeats`() async throws {
        try await with { data, target, restored in
            try backUp(data, to: target)
            #expect(try restore(target, to: restored, holding: ["lago"]).held == ["lago"])
            let store = try SampleStore.open(restored)
            let hold = try #require(try await store.operatorHold(of: "lago"))
            #expect(hold.by == "restore" && hold.until > Self.now + .seconds(86_400 * 365))
            await store.close()
        }
    }

    @Test(arguments: 1..<Schema.version)
    func `backs up and restores a journal of an older layout`(layout: Int) async throws {
        try await withTemporaryFolder { folder in
            let (data, target) = (folder.appending(path: "data"), folder.appending(path: "backup"))
            try FileManager.default.createDirectory(at: data, withIntermediateDirectories: true)
            try await LayoutJournal.write(layout, to: data)
            try backUp(data, to: target)
            try restore(target, to: folder.appending(path: "restored"))
            #expect(try JournalFile(reading: folder.appending(path: "restored")).layout == layout)
        }
    }
}
