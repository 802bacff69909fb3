import Foundation
import JournalFormat
import TestSupport
import Testing

@testable import JournalSQLite

/// Which files of an index's folder are used after a start, and which are removed.
@Suite struct IndexFolderTests {
    private static func folder(_ folder: URL, key: UInt64 = 1) throws -> IdentityFolder {
        try IdentityFolder(folder, key: SipHash(key0: key, key1: 2), logger: MemoryJournal.logger)
    }

    private static func write(_ ranges: [ClosedRange<Int64>], to folder: IdentityFolder) throws {
        for range in ranges { _ = try folder.write(IdentityIndexTests.table(range), range: range) }
    }

    private static func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    /// What a crash between a merge and the end of its parts leaves, and what belongs to a journal that was longer.
    @Test(
        arguments: [
            ([1...10, 11...20, 21...30], 1, 30, [1...10, 11...20, 21...30]),
            ([1...10, 11...20, 1...20, 21...30], 1, 30, [1...20, 21...30]),
            ([1...10, 5...20, 21...30], 1, 30, [1...10, 21...30]), ([1...10, 11...20], 11, 20, [11...20]),
            ([1...10, 11...20], 10, 20, [1...10, 11...20]), ([1...10, 11...20], 1, 19, [1...10]),
            ([1...30, 11...20], 1, 25, [11...20]), ([], 1, 30, []),
        ] as [([ClosedRange<Int64>], Int64, Int64, [ClosedRange<Int64>])]
    )
    func `takes the files of the journal's events, none of them twice, and removes the others`(
        written: [ClosedRange<Int64>],
        floor: Int64,
        newest: Int64,
        kept: [ClosedRange<Int64>]
    ) async throws {
        try await withTemporaryFolder { place in
            let folder = try Self.folder(place)
            try Self.write(written, to: folder)
            let files = try folder.files(from: floor, through: newest)
            #expect(files.map(\.range) == kept)
            #expect(try Self.names(in: place) == kept.map { IdentityRunWriter.name(of: $0) }.sorted())
        }
    }

    @Test func `removes what is damaged, half written or of another journal, and keeps the rest`() async throws {
        try await withTemporaryFolder { place in
            let folder = try Self.folder(place)
            try Self.write([1...10, 11...20, 21...30], to: folder)
            try Self.write([31...40], to: Self.folder(place, key: 7))
            try Data("half".utf8).write(to: place.appending(path: "11-20.run"))
            try Data("new".utf8).write(to: place.appending(path: "41-50.run.new"))
            try Data().write(to: place.appending(path: "unknown"))
            #expect(try folder.files(from: 1, through: 50).map(\.range) == [1...10, 21...30])
            #expect(try Self.names(in: place) == ["1-10.run", "21-30.run"])
        }
    }

    /// The range is what the file says, whatever its name.
    @Test func `a file counts under whatever name`() async throws {
        try await withTemporaryFolder { place in
            let folder = try Self.folder(place)
            try Self.write([1...10], to: folder)
            try FileManager.default.moveItem(
                at: place.appending(path: "1-10.run"),
                to: place.appending(path: "again-1-10.run")
            )
            #expect(try folder.files(from: 1, through: 10).map(\.range) == [1...10])
        }
    }

    @Test func `makes its folder, for its owner alone`() async throws {
        try await withTemporaryFolder { place in
            let deep = place.appending(path: "a/b")
            let folder = try Self.folder(deep)
            #expect(try folder.files(from: 1, through: 9).isEmpty)
            let attributes = try FileManager.default.attributesOfItem(atPath: deep.path)
            #expect(attributes[.posixPermissions] as? Int == 0o700)
        }
    }

    @Test func `a folder that is a file cannot be used`() async throws {
        try await withTemporaryFolder { place in
            let file = place.appending(path: "index")
            try Data().write(to: file)
            #expect(throws: (any Error).self) { try Self.folder(file) }
        }
    }

    @Test func `removing what is gone already does no harm`() async throws {
        try await withTemporaryFolder { place in
            let folder = try Self.folder(place)
            try Self.write([1...10], to: folder)
            let files = try folder.files(from: 1, through: 10)
            folder.remove(files)
            folder.remove(files)
            #expect(try Self.names(in: place).isEmpty)
        }
    }
}
