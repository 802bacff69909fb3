import Events
import Foundation
import GRDB
import JournalFormat
import TestSupport
import Testing

@testable import JournalSQLite

/// How the identity index gets back what it has lost: from the journal's chunks.
@Suite struct IdentityRebuildTests {
    /// Six chunks of five events: 1 to 30.
    private static func journal() throws -> MemoryJournal {
        let journal = try MemoryJournal()
        for first in stride(from: Int64(1), to: 30, by: 5) { try journal.append(first...(first + 4)) }
        return journal
    }

    private static func index(in folder: URL, unit: Int) throws -> IdentityIndex {
        try IdentityIndex(folder: folder, unit: unit, key: MemoryJournal.key, logger: MemoryJournal.logger)
    }

    private static func hash(_ id: Int64) -> UInt64 {
        MemoryJournal.hash.forTenant("shop").hash(EventID("event-\(id)"), scope: "")
    }

    private func open(
        _ journal: MemoryJournal,
        in folder: URL,
        unit: Int,
        floor: Int64 = 1,
        newest: Int64 = 30
    ) throws -> (index: IdentityIndex, read: Int) {
        let index = try Self.index(in: folder, unit: unit)
        let rebuild = IdentityRebuild(index: index, reader: journal.reader, unit: unit)
        let count = try journal.read { try rebuild.open(floor: floor, newest: newest, in: $0) }
        return (index, count)
    }

    private func expectKnown(_ known: ClosedRange<Int64>, in index: IdentityIndex) throws {
        for id in 1...30 as ClosedRange<Int64> {
            #expect(try index.sequences(sharing: Self.hash(id)) == (known.contains(id) ? [id] : []), "event \(id)")
            #expect(index.possible([Self.hash(id)]).isEmpty != known.contains(id), "event \(id)")
        }
    }

    /// What is older than the newest unit goes to files, at borders of chunks; the rest stays in memory.
    @Test(
        arguments: [
            (5, ["1-5", "11-15", "16-20", "21-25", "6-10"]), (6, ["1-10", "11-20"]), (10, ["1-10", "11-20"]),
            (11, ["1-15"]), (30, []), (100, []),
        ] as [(Int, [String])]
    )
    func `reads the whole journal where there is no index`(unit: Int, files: [String]) async throws {
        try await withTemporaryFolder { folder in
            let (index, read) = try open(Self.journal(), in: folder, unit: unit)
            #expect(read == 30)
            try expectKnown(1...30, in: index)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
            #expect(names == files.map { "\($0).run" })
        }
    }

    @Test func `reads only what no file has, at the next start`() async throws {
        try await withTemporaryFolder { folder in
            let journal = try Self.journal()
            _ = try open(journal, in: folder, unit: 5)
            try FileManager.default.removeItem(at: folder.appending(path: "6-10.run"))
            let (index, read) = try open(journal, in: folder, unit: 5)
            // Five that were lost, and the five that were in memory.
            #expect(read == 10)
            try expectKnown(1...30, in: index)
        }
    }

    @Test func `reads no events before the oldest and behind the newest of the journal`() async throws {
        try await withTemporaryFolder { folder in
            let (index, read) = try open(Self.journal(), in: folder, unit: 100, floor: 8, newest: 22)
            #expect(read == 15)
            try expectKnown(8...22, in: index)
        }
    }

    @Test func `passes over a damaged chunk, whose events nobody can know`() async throws {
        try await withTemporaryFolder { folder in
            let journal = try Self.journal()
            try journal.spoil(1)
            let (index, read) = try open(journal, in: folder, unit: 10)
            #expect(read == 25)
            try expectKnown(6...30, in: index)
            // The range is covered anyway, so that the next start does not look again.
            #expect(index.currentRuns.map(\.range.lowerBound).first == 1)
        }
    }

    @Test func `an empty journal needs no index`() async throws {
        try await withTemporaryFolder { folder in
            let (index, read) = try open(MemoryJournal(), in: folder, unit: 5, floor: 1, newest: 0)
            #expect(read == 0 && index.currentRuns.isEmpty && index.possible([1, 2, 3]).isEmpty)
        }
    }

    @Test func `makes a file again whose pages are damaged when the filter is filled`() async throws {
        try await withTemporaryFolder { folder in
            let journal = try Self.journal()
            _ = try open(journal, in: folder, unit: 10)
            try IdentityFileTests.damage(folder.appending(path: "1-10.run"))
            let (index, read) = try open(journal, in: folder, unit: 10)
            #expect(read == 10, "the events in memory; what was made again is no gap")
            try expectKnown(1...30, in: index)
            let run = try IdentityRun(
                opening: folder.appending(path: "1-10.run"),
                keyCheck: MemoryJournal.key.hash(IdentityRun.keyText)
            )
            #expect(try run.entries(ofPage: 0).count == 10)
        }
    }

    @Test func `whoever finds the damage later gets the runs that are in its place`() async throws {
        try await withTemporaryFolder { folder in
            let journal = try Self.journal()
            let (index, _) = try open(journal, in: folder, unit: 10)
            let damaged = try #require(index.runs(in: 1...1).first)
            // Made again with a smaller unit, it becomes two.
            let rebuild = IdentityRebuild(index: index, reader: journal.reader, unit: 5)
            let first = try journal.read { try rebuild.replace(damaged, because: .damaged, in: $0) }
            let second = try journal.read { try rebuild.replace(damaged, because: .damaged, in: $0) }
            #expect(first.map(\.range) == [1...5, 6...10])
            #expect(zip(first, second).allSatisfy { $0 === $1 } && second.count == 2)
            #expect(!index.has(damaged))
            try expectKnown(1...30, in: index)
        }
    }

    /// The tables in memory keep the scoped ones apart, since they are looked for by a part of their hash.
    @Test(arguments: [1, 100])
    func `finds an id in whatever scope it is, in memory and in a file`(unit: Int) async throws {
        try await withTemporaryFolder { folder in
            let journal = try MemoryJournal()
            let scoped = ["", "a", "b"].map { MemoryJournal.event(1, scope: $0) }
            try journal.append(scoped + [MemoryJournal.event(2)], first: 1)
            try journal.append([MemoryJournal.event(3)], first: 5)
            let (index, read) = try open(journal, in: folder, unit: unit, newest: 5)
            #expect(read == 5)
            #expect(try index.sequences(sharing: Self.hash(1)) == [1, 2, 3])
            #expect(try index.sequences(sharing: Self.hash(2)) == [4])
        }
    }
}
