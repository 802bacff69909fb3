import Events
import Foundation
import Journal
import TestSupport
import Testing

@testable import JournalSQLite

/// The files beside the database: whole or not at all, and for one process.
@Suite struct DataFolderFileTests {
    private func permissions(_ file: URL) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: file.path)[.posixPermissions] as? Int ?? 0
    }

    private func names(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func `a file is replaced whole, readable for its owner alone, and leaves no draft`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            for content in [[], [1], [UInt8](repeating: 7, count: 3 << 20), [2, 3]] as [[UInt8]] {
                try DurableFile.write(content, to: file)
                #expect([UInt8](try Data(contentsOf: file)) == content)
                #expect(try permissions(file) == 0o600)
                #expect(try names(folder) == ["file"])
            }
            // What a crash has left of a draft is no part of the next one.
            try Data(repeating: 9, count: 100).write(to: folder.appending(path: "file.new"))
            try DurableFile.write([4], to: file)
            #expect([UInt8](try Data(contentsOf: file)) == [4])
            #expect(try names(folder) == ["file"])
        }
    }

    @Test func `a copy is the same file, and one that fails leaves what was there`() async throws {
        try await withTemporaryFolder { folder in
            let (source, file) = (folder.appending(path: "source"), folder.appending(path: "file"))
            let content = (0..<(2 << 20) + 17).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try Data(content).write(to: source)
            try DurableFile.copy(source, to: file)
            #expect([UInt8](try Data(contentsOf: file)) == content)
            #expect(try permissions(file) == 0o600)
            try FileManager.default.removeItem(at: source)
            #expect(throws: (any Error).self) { try DurableFile.copy(source, to: file) }
            // A folder can be opened and not be read.
            #expect(throws: (any Error).self) { try DurableFile.copy(folder, to: file) }
            #expect([UInt8](try Data(contentsOf: file)) == content)
            #expect(try names(folder) == ["file"])
            #expect(throws: (any Error).self) { try DurableFile.write([1], to: folder.appending(path: "missing/file")) }
        }
    }

    @Test func `a folder has one holder, who can be told while it lives`() async throws {
        try await withTemporaryFolder { folder in
            #expect(FolderLock.holder(of: folder) == nil)
            let lock = try FolderLock(folder: folder)
            #expect(FolderLock.holder(of: folder) == .some(getpid()))
            #expect(throws: StoreError.folderInUse(path: folder.path, process: getpid())) {
                try FolderLock(folder: folder)
            }
            lock.release()
            lock.release()
            #expect(FolderLock.holder(of: folder) == nil)
            let next = try FolderLock(folder: folder)
            #expect(FolderLock.holder(of: folder) == .some(getpid()))
            next.release()
        }
    }

    @Test(arguments: ["", "\n", "nonsense", "99999999999999999999\n", "-1\n", "1", String(repeating: "7", count: 5000)])
    func `whatever a lock's file holds, a free folder can be taken`(content: String) async throws {
        try await withTemporaryFolder { folder in
            try Data(content.utf8).write(to: folder.appending(path: "lock"))
            #expect(FolderLock.holder(of: folder) == nil)
            let lock = try FolderLock(folder: folder)
            #expect(try String(contentsOf: folder.appending(path: "lock"), encoding: .utf8) == "\(getpid())\n")
            lock.release()
        }
    }

    @Test func `a folder that is missing cannot be taken`() async throws {
        try await withTemporaryFolder { folder in
            let missing = folder.appending(path: "missing")
            #expect(FolderLock.holder(of: missing) == nil)
            #expect {
                try FolderLock(folder: missing)
            } throws: { error in
                if case StoreError.unusable(let path, _) = error { path == missing.path } else { false }
            }
        }
    }

    /// Cut anywhere, as by a full disk: what is whole in it is believed, and nothing is made up.
    @Test func `of a log of departures that is cut, the whole records count`() async throws {
        try await withTemporaryFolder { folder in
            let departures = (0..<5).map { Departure(provider: Int64($0), sequence: .max - Int64($0)) }
            let log = DepartureLog(in: folder, with: Array(departures[..<2]), boot: "boot")
            log.add(Array(departures[2...])) { _ in true }
            let file = folder.appending(path: "departures")
            let content = try Data(contentsOf: file)
            #expect(content.count == 64 + 5 * 16)
            for length in 0...content.count {
                try content.prefix(length).write(to: file)
                let left = DepartureLog.departed(in: folder, boot: "boot")
                #expect(left == (length < 64 ? nil : Set(departures.prefix((length - 64) / 16))), "\(length) bytes")
            }
            for place in 0..<64 {
                var damaged = content
                damaged[place] ^= 0x20
                try damaged.write(to: file)
                #expect(DepartureLog.departed(in: folder, boot: "boot") == nil, "byte \(place)")
            }
        }
    }

    /// Names of boots may be longer than the header has room for: two that begin alike are told apart as far as it goes.
    @Test func `a long identity of the system fits the header`() async throws {
        try await withTemporaryFolder { folder in
            let boot = String(repeating: "b", count: 500)
            let log = DepartureLog(in: folder, with: [Departure(provider: 1, sequence: 2)], boot: boot)
            log.add([Departure(provider: 1, sequence: 3)]) { _ in true }
            #expect(DepartureLog.departed(in: folder, boot: boot)?.count == 2)
            #expect(DepartureLog.departed(in: folder, boot: "c" + boot) == nil)
        }
    }
}
