import Events
import Foundation
import TestSupport
import Testing

@testable import JournalSQLite

/// What a backup says of itself: a restore must believe nothing that is not so.
@Suite struct BackupManifestTests {
    private func backup(in folder: URL) throws -> BackupManifest {
        try Data("journal".utf8).write(to: folder.appending(path: "journal.sqlite"))
        try Data().write(to: folder.appending(path: "keys.json"))
        let manifest = BackupManifest(
            journal: "j",
            layout: 9,
            events: .max,
            newest: 0,
            takenAt: "2026-01-01T00:00:00.000Z",
            files: [
                try BackupManifest.File(of: "journal.sqlite", in: folder),
                try BackupManifest.File(of: "keys.json", in: folder),
            ],
            damaged: []
        )
        try manifest.write(to: folder)
        return manifest
    }

    /// `printf journal | sha256sum`, and the digest of nothing.
    @Test func `names each file with its size and its SHA-256, as sha256sum prints it`() async throws {
        try await withTemporaryFolder { folder in
            let manifest = try backup(in: folder)
            #expect(
                manifest.files.map { "\($0.sha256) \($0.bytes) \($0.name)" } == [
                    "81dd6b775afcccb6dbb8a25a58ea844271bbefaeea7cb1d91c1687d7450f850c 7 journal.sqlite",
                    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 keys.json",
                ]
            )
            #expect(try BackupManifest(in: folder) == manifest)
            try manifest.verify(in: folder)
        }
    }

    @Test func `a file of more than one piece has the digest of the whole`() async throws {
        try await withTemporaryFolder { folder in
            try Data(repeating: 0x61, count: 1_000_000).write(to: folder.appending(path: "a"))
            // NIST's third test vector of SHA-256, a million times the letter a.
            #expect(
                try BackupManifest.File(of: "a", in: folder).sha256
                    == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
            )
            var content = Data(repeating: 0x61, count: (2 << 20) + 1)
            try content.write(to: folder.appending(path: "b"))
            let before = try BackupManifest.File(of: "b", in: folder)
            content[content.count - 1] = 0x62
            try content.write(to: folder.appending(path: "b"))
            let after = try BackupManifest.File(of: "b", in: folder)
            #expect(before.bytes == content.count && after.bytes == content.count && before.sha256 != after.sha256)
        }
    }

    @Test func `a file that is changed, shorter, longer or missing is named`() async throws {
        try await withTemporaryFolder { folder in
            let manifest = try backup(in: folder)
            let file = folder.appending(path: "journal.sqlite")
            for content in ["journaL", "journa", "journal ", ""] {
                try Data(content.utf8).write(to: file)
                #expect(throws: BackupFault.damaged(path: folder.path, file: "journal.sqlite")) {
                    try manifest.verify(in: folder)
                }
            }
            try FileManager.default.removeItem(at: file)
            #expect(throws: BackupFault.damaged(path: folder.path, file: "journal.sqlite")) {
                try manifest.verify(in: folder)
            }
            try Data("journal".utf8).write(to: file)
            try manifest.verify(in: folder)
        }
    }

    @Test func `names the journal, or the backup is none`() async throws {
        try await withTemporaryFolder { folder in
            _ = try backup(in: folder)
            for files in [[], [try BackupManifest.File(of: "keys.json", in: folder)]] {
                let manifest = BackupManifest(
                    journal: "j",
                    layout: 9,
                    events: 0,
                    newest: 0,
                    takenAt: "2026-01-01T00:00:00.000Z",
                    files: files,
                    damaged: []
                )
                #expect(throws: BackupFault.damaged(path: folder.path, file: "manifest.json")) {
                    try manifest.verify(in: folder)
                }
            }
        }
    }

    @Test func `names damaged chunks where there are some, and is read without`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "manifest.json")
            #expect(try backup(in: folder).damaged == nil)
            #expect(try !String(contentsOf: file, encoding: .utf8).contains("damaged_chunks"))
            let manifest = BackupManifest(
                journal: "j",
                layout: 9,
                events: 0,
                newest: 0,
                takenAt: "2026-01-01T00:00:00.000Z",
                files: [],
                damaged: [31, .max]
            )
            try manifest.write(to: folder)
            #expect(try BackupManifest(in: folder).damaged == [31, .max])
        }
    }

    @Test func `a manifest is there, whole and of a known version, or the backup is none`() async throws {
        try await withTemporaryFolder { folder in
            #expect(throws: BackupFault.unfinished(path: folder.path)) { try BackupManifest(in: folder) }
            _ = try backup(in: folder)
            let file = folder.appending(path: "manifest.json")
            let content = try Data(contentsOf: file)
            for length in 0..<content.count {
                try content.prefix(length).write(to: file)
                #expect(throws: BackupFault.damaged(path: folder.path, file: "manifest.json"), "cut at \(length)") {
                    try BackupManifest(in: folder)
                }
            }
            let text = String(decoding: content, as: UTF8.self)
            for (old, new) in [
                ("\"version\" : 1", "\"version\" : 2"), ("\"version\" : 1", "\"version\" : 1e99"),
                ("\"newest\" : 0", "\"newest\" : null"),
                ("9223372036854775807", "9223372036854775808"), ("\"layout\" : 9", "\"layout\" : 9.5"),
                ("\"bytes\" : 7", "\"bytes\" : \"7\""),
            ] {
                #expect(text.contains(old), "\(old)")
                try Data(text.replacing(old, with: new).utf8).write(to: file)
                #expect(throws: BackupFault.damaged(path: folder.path, file: "manifest.json"), "\(new)") {
                    try BackupManifest(in: folder)
                }
            }
        }
    }
}
