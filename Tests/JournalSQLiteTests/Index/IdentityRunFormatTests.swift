import Foundation
import JournalFormat
import TestSupport
import Testing

@testable import JournalSQLite

/// The bytes of a run, as `FileFormat.md` describes them, at the borders of its pages.
@Suite struct IdentityRunFormatTests {
    private static let pageEntries = 340

    private func write(_ count: Int, first: Int64 = 1001, in folder: URL) throws -> (run: IdentityRun, bytes: [UInt8]) {
        let range = first...(first + Int64(max(count, 1)) - 1)
        var writer = try IdentityRunWriter(folder: folder, range: range, keyCheck: 9)
        for number in 0..<count {
            try writer.append(IdentityEntry(hash: UInt64(number) << 32 | 7, sequence: first + Int64(number)))
        }
        let file = writer.file
        try writer.finish()
        return (try IdentityRun(opening: file, keyCheck: 9), [UInt8](try Data(contentsOf: file)))
    }

    private func number(_ bytes: [UInt8], at place: Int, count: Int = 8) -> UInt64 {
        bytes[place..<(place + count)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    @Test(arguments: [(0, 0), (1, 1), (339, 1), (340, 1), (341, 2), (680, 2), (681, 3)])
    func `a page of 4096 bytes has up to 340 entries`(count: Int, pages: Int) async throws {
        try await withTemporaryFolder { folder in
            let (run, bytes) = try write(count, in: folder)
            #expect(bytes.count == 56 + pages * 4096 + pages * 8 + 8)
            #expect(run.pages.count == pages && run.count == count)
            let entries = try run.pages.flatMap { try run.entries(ofPage: $0) }
            #expect(entries.map(\.sequence) == (0..<Int64(count)).map { 1001 + $0 })
            for place in [0, 338, 339, 340, 679, 680] where place < count {
                #expect(try run.sequences(of: UInt64(place) << 32 | 7) == [1001 + Int64(place)])
            }
            #expect(try run.sequences(of: UInt64(count) << 32 | 7) == [])
        }
    }

    @Test func `has a header of 56 bytes, its pages, the first hash of each page, and checksums`() async throws {
        try await withTemporaryFolder { folder in
            let (_, bytes) = try write(341, in: folder)
            #expect(String(decoding: bytes.prefix(8), as: UTF8.self) == "TGIRUN02")
            #expect([1, 2, 3, 4, 5].map { number(bytes, at: $0 * 8) } == [1001, 1341, 341, 2, 9])
            #expect(number(bytes, at: 48) == Checksum.of(Array(bytes[..<48])))
            for page in 0..<2 {
                let start = 56 + page * 4096
                #expect(number(bytes, at: start) == Checksum.of(Array(bytes[(start + 8)..<(start + 4096)])))
                // Hash, then the number minus the first.
                #expect(number(bytes, at: start + 8) == UInt64(page * Self.pageEntries) << 32 | 7)
                #expect(number(bytes, at: start + 16, count: 4) == UInt64(page * Self.pageEntries))
            }
            let fences = 56 + 2 * 4096
            #expect([0, 1].map { number(bytes, at: fences + $0 * 8) } == [7, 340 << 32 | 7])
            #expect(number(bytes, at: fences + 16) == Checksum.of(Array(bytes[fences..<(fences + 16)])))
            // What a page does not need is zero.
            #expect(bytes[(56 + 4096 + 20)..<fences].allSatisfy { $0 == 0 })
        }
    }

    @Test func `a file has its name when it is whole, and not before`() async throws {
        try await withTemporaryFolder { folder in
            var writer = try IdentityRunWriter(folder: folder, range: 5...9, keyCheck: 9)
            try writer.append(IdentityEntry(hash: 1, sequence: 5))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["5-9.run.new"])
            try writer.finish()
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["5-9.run"])
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.appending(path: "5-9.run").path)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
    }

    @Test(
        arguments: [([], "5-9.run"), (["1-4.run"], "5-9.run"), (["5-9.run"], "again-5-9.run")] as [([String], String)]
    )
    func `takes another name than the files that it must not replace`(names: [String], name: String) async throws {
        try await withTemporaryFolder { folder in
            let writer = try IdentityRunWriter(folder: folder, range: 5...9, keyCheck: 9, besides: names)
            #expect(writer.file.lastPathComponent == name)
        }
    }
}
