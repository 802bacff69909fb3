import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite struct FileWatchTests {
    private func withFile(_ body: (URL) throws -> Void) async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "file")
            try Data("one".utf8).write(to: file)
            try body(file)
        }
    }

    // MARK: - The signature

    @Test func `is the same for a file that nobody touches`() async throws {
        try await withFile { #expect(FileSignature(of: $0) == FileSignature(of: $0)) }
    }

    @Test func `differs for other content, also if it is as long and as old`() async throws {
        try await withFile { file in
            let before = FileSignature(of: file)
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            let modified = try #require(attributes[.modificationDate] as? Date)
            // As editors and most tools write: a new file under the name of the old one.
            try Data("two".utf8).write(to: file, options: .atomic)
            try FileManager.default.setAttributes([.modificationDate: modified], ofItemAtPath: file.path)
            #expect(FileSignature(of: file) != before)
        }
    }

    @Test func `differs when a link leads elsewhere`() async throws {
        try await withFile { file in
            let folder = file.deletingLastPathComponent()
            let (link, other) = (folder.appending(path: "link"), folder.appending(path: "other"))
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: file)
            let before = FileSignature(of: link)
            try FileManager.default.copyItem(at: file, to: other)
            try FileManager.default.removeItem(at: link)
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: other)
            #expect(FileSignature(of: link) != before)
        }
    }

    @Test func `differs when the file goes, and is the same while it is gone`() async throws {
        try await withFile { file in
            let before = FileSignature(of: file)
            try FileManager.default.removeItem(at: file)
            #expect(FileSignature(of: file) != before)
            #expect(FileSignature(of: file) == FileSignature(of: file))
        }
    }

    // MARK: - The watch

    @Test func `reads a changed file once, as soon as it stands still`() async throws {
        try await withFile { file in
            var watch = FileWatch(FileSignature(of: file))
            func isDue() -> Bool { watch.isDue(FileSignature(of: file)) }
            #expect(!isDue(), "nothing has changed")
            try Data("half".utf8).write(to: file)
            #expect(!isDue(), "it may be half written")
            try Data("half and half".utf8).write(to: file)
            #expect(!isDue(), "it is written still")
            #expect(isDue())
            #expect(!isDue(), "it was read")
        }
    }

    @Test func `does not read a file that is again what was read`() async throws {
        try await withFile { file in
            let first = FileSignature(of: file)
            var watch = FileWatch(first)
            func isDue(_ signature: FileSignature) -> Bool { watch.isDue(signature) }
            try FileManager.default.removeItem(at: file)
            #expect(!isDue(FileSignature(of: file)))
            #expect(!isDue(first))
            #expect(!isDue(first))
        }
    }
}
