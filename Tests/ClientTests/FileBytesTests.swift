import Foundation
import TestSupport
import Testing

@testable import Client

/// The bytes of a file, whatever its format is.
@Suite struct FileBytesTests {
    /// What is read of a file, and why no more of it.
    private func read(_ content: [UInt8]) async throws -> (bytes: [UInt8], failure: FileFailure?, bytesRead: Int) {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            try Data(content).write(to: file)
            let reader = FileBytes(try FileHandle(forReadingFrom: file))
            var bytes: [UInt8] = []
            do throws(FileFailure) {
                while let piece = try reader.next() {
                    #expect(!piece.isEmpty)
                    bytes += piece
                }
                return (bytes, nil, reader.bytesRead)
            } catch {
                return (bytes, error, reader.bytesRead)
            }
        }
    }

    private static let text = Array(String(repeating: "{\"id\":\"ä\"}\n", count: 20).utf8)

    @Test(arguments: [0, 1, 3, (64 << 10) - 1, 64 << 10, (64 << 10) + 1, (1 << 20) + (64 << 10) + 1])
    func `gives all bytes of a file, and then nothing`(count: Int) async throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 251 + 65) }
        let found = try await read(content)
        #expect(found.bytes == content && found.failure == nil && found.bytesRead == count)
    }

    @Test(arguments: [0, 1, 65_535, 65_536, 300_000])
    func `unpacks a member of any length, and counts what it read of the file`(count: Int) async throws {
        let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 / 251) }
        let packed = StoredGzip.member(content)
        let found = try await read(packed)
        #expect(found.bytes == content && found.failure == nil && found.bytesRead == packed.count)
    }

    @Test func `unpacks members one after the other, of which some are empty`() async throws {
        let members = [[], Self.text, [], [], Self.text, []].map(StoredGzip.member)
        let found = try await read(Array(members.joined()))
        #expect(found.bytes == Self.text + Self.text && found.failure == nil)
    }

    /// Wherever the copy of a file was interrupted: what was unpacked is what the file has there, and it is not taken for all of it.
    @Test func `tells that a file was cut off anywhere`() async throws {
        let packed = StoredGzip.member(Self.text)
        for end in 2..<packed.count {
            let found = try await read(Array(packed.prefix(end)))
            #expect(found.failure == .truncatedGzip, "cut at \(end) of \(packed.count)")
            #expect(Self.text.starts(with: found.bytes), "cut at \(end) of \(packed.count)")
        }
        let second = packed + packed.prefix(10)
        let found = try await read(Array(second))
        #expect(found.failure == .truncatedGzip && found.bytes == Self.text)
    }

    /// A byte of the header may be without meaning; one of the content or behind it is not.
    @Test func `tells that a byte of the content or of its checksum is damaged`() async throws {
        let packed = StoredGzip.member(Self.text)
        for place in stride(from: 15, to: packed.count, by: 7) {
            var damaged = packed
            damaged[place] ^= 0x10
            #expect(try await read(damaged).failure == .damagedGzip, "byte \(place) of \(packed.count)")
        }
    }

    @Test(arguments: [[0x00], [0x0A], Array("trailer".utf8), [0x1F, 0x8C]] as [[UInt8]])
    func `tells that something else follows a member`(rest: [UInt8]) async throws {
        let found = try await read(StoredGzip.member(Self.text) + rest)
        #expect(found.bytes == Self.text)
        #expect(found.failure == .damagedGzip || found.failure == .truncatedGzip)
    }

    @Test(
        arguments: [
            ([0x50, 0x4B, 0x03, 0x04], "zip"), ([0x28, 0xB5, 0x2F, 0xFD], "zstd"), ([0x42, 0x5A, 0x68], "bzip2"),
            ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"), (Array("PAR1".utf8), "Parquet"),
            (Array("SQLite format 3\0".utf8), "SQLite"),
        ] as [([UInt8], String)]
    )
    func `names a format that it does not unpack, and gives none of its bytes`(start: [UInt8], name: String)
        async throws
    {
        let message = "this is a \(name) file; decompress it first (only gzip is decompressed while sending)"
        for rest in [[], Self.text] {
            let found = try await read(start + rest)
            #expect(found.failure == .unsupported(message) && found.bytes == [])
        }
        // One byte less is no such file.
        let part = try await read(Array(start.prefix(2)))
        #expect(part.failure == nil && part.bytes == Array(start.prefix(2)))
        // Nor is one that has the mark further back.
        #expect(try await read(Self.text + start).failure == nil)
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE], true), ([0xFE, 0xFF], true), ([0x7B, 0x00, 0x22, 0x00], true),
            ([0x00, 0x7B, 0x00, 0x22], true),
            ([0x7B, 0x00, 0x22], false), ([0x00, 0x00, 0x00, 0x7B], false), ([0x7B, 0x22, 0x00, 0x00], false),
            ([0xFF], false), ([0xEF, 0xBB, 0xBF, 0x7B], false),
        ] as [([UInt8], Bool)]
    )
    func `tells UTF-16 by its mark, or by the zeros between its letters`(start: [UInt8], isWide: Bool) async throws {
        let message = "this is UTF-16; convert it to UTF-8 first, for example with: iconv -f UTF-16 -t UTF-8"
        #expect(try await read(start).failure == (isWide ? .unsupported(message) : nil))
    }

    @Test func `says why a file cannot be read`() async throws {
        try await withTemporaryFolder { folder in
            let bytes = FileBytes(try FileHandle(forReadingFrom: folder))
            let failure = #expect(throws: FileFailure.self) { try bytes.next() }
            guard case .unreadable(let reason)? = failure else {
                Issue.record("\(String(describing: failure))")
                return
            }
            #expect(!reason.isEmpty)
        }
    }
}
