import Foundation
import TestSupport
import Testing

@testable import JournalSQLite

/// Who may see what is in a data folder.
@Suite struct FolderPermissionsTests {
    private func permissions(_ place: URL) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: place.path)[.posixPermissions] as? Int
    }

    private func open(_ place: URL, _ permissions: Int) throws {
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: place.path)
    }

    @Test(arguments: [
        (0o644, 0o600), (0o600, 0o600), (0o666, 0o600), (0o755, 0o700), (0o604, 0o600), (0o620, 0o600), (0o400, 0o400),
        (0o444, 0o400), (0o777, 0o700),
    ])
    func `takes from others what they may do, and from the owner nothing`(before: Int, after: Int) async throws {
        try await withTemporaryFolder { folder in
            let (inside, deep) = (folder.appending(path: "a"), folder.appending(path: "index"))
            try Data().write(to: inside)
            try FileManager.default.createDirectory(at: deep, withIntermediateDirectories: true)
            let file = deep.appending(path: "b")
            try Data().write(to: file)
            for place in [inside, file] { try open(place, before) }
            try open(deep, 0o755)
            try open(folder, 0o755)
            FolderPermissions.tighten(folder, logger: MemoryJournal.logger)
            #expect(try permissions(inside) == after && permissions(file) == after)
            #expect(try permissions(deep) == 0o700 && permissions(folder) == 0o700)
        }
    }

    @Test func `leaves alone what a link leads to`() async throws {
        try await withTemporaryFolder { outside in
            let target = outside.appending(path: "target")
            try Data().write(to: target)
            try open(target, 0o644)
            try await withTemporaryFolder { folder in
                try FileManager.default.createSymbolicLink(
                    at: folder.appending(path: "link"),
                    withDestinationURL: target
                )
                FolderPermissions.tighten(folder, logger: MemoryJournal.logger)
            }
            #expect(try permissions(target) == 0o644)
        }
    }

    @Test func `makes a file for its owner alone, and leaves one that is there as it is`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            try FolderPermissions.makeFile(file.path)
            #expect(try permissions(file) == 0o600 && Data(contentsOf: file).isEmpty)
            try Data("content".utf8).write(to: file)
            try open(file, 0o640)
            try FolderPermissions.makeFile(file.path)
            #expect(try String(contentsOf: file, encoding: .utf8) == "content" && permissions(file) == 0o640)
            #expect(throws: POSIXError.self) { try FolderPermissions.makeFile(folder.path + "/missing/file") }
        }
    }
}
