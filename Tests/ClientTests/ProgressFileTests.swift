import Foundation
import TestSupport
import Testing

@testable import Client

@Suite struct ProgressFileTests {
    private let sent = SendProgress.Sent(
        destination: SendProgress.Destination(journal: "j", tenant: "t"),
        events: 3,
        digest: "d"
    )

    private func write(_ text: String, to file: URL) throws {
        try Data(text.utf8).write(to: file)
    }

    @Test func `keeps what each tenant at each journal has, and nothing for others`() {
        var progress = SendProgress(source: "s", file: FileIdentity(device: 1, inode: 2))
        progress.note(sent)
        var more = sent
        more.events = 5
        progress.note(more)
        let read = SendProgress(progress.json, name: "f")
        #expect(read == progress)
        #expect(read?.sent(to: sent.destination) == more)
        #expect(read?.sent(to: SendProgress.Destination(journal: "j", tenant: "other")) == nil)
        #expect(read?.sent(to: SendProgress.Destination(journal: "other", tenant: "t")) == nil)
    }

    @Test func `takes the source of a file of version 1, and not its count`() {
        let old = SendProgress(Array(#"{"url":"http://x","events":3,"digest":"d"}"#.utf8), name: "usage.ndjson")
        #expect(old == SendProgress(source: "usage.ndjson", file: nil))
        #expect(SendProgress(Array("garbage".utf8), name: "f") == nil)
        #expect(SendProgress(Array("{}".utf8), name: "f") == nil)
    }

    @Test func `has the path as source until another is given`() async throws {
        try await withTemporaryFolder { folder in
            let file = folder.appending(path: "usage.ndjson")
            try write("x", to: file)
            let found = ProgressFile(of: file).load(source: nil)
            #expect(found.source == file.resolvingSymlinksInPath().path)
            #expect(ProgressFile(of: file).load(source: "mine").source == "mine")
        }
    }

    @Test func `finds a renamed file's progress, with and without its progress file`() async throws {
        try await withTemporaryFolder { folder in
            let (file, renamed) = (folder.appending(path: "a.ndjson"), folder.appending(path: "b.ndjson"))
            try write("x", to: file)
            var progress = ProgressFile(of: file).load(source: nil)
            progress.note(sent)
            try ProgressFile(of: file).save(progress)
            try FileManager.default.moveItem(at: file, to: renamed)
            #expect(ProgressFile(of: renamed).load(source: nil).sent == [sent])
            #expect(ProgressFile(of: renamed).load(source: nil).source == progress.source)

            let moved = folder.appending(path: "archive/b.ndjson")
            try FileManager.default.createDirectory(
                at: moved.deletingLastPathComponent(),
                withIntermediateDirectories: true
            )
            try FileManager.default.moveItem(at: renamed, to: moved)
            try FileManager.default.moveItem(
                atPath: file.path + ".tollgate-progress",
                toPath: moved.path + ".tollgate-progress"
            )
            #expect(ProgressFile(of: moved).load(source: nil).source == progress.source)
        }
    }

    @Test func `leaves another file's progress alone`() async throws {
        try await withTemporaryFolder { folder in
            let (file, other) = (folder.appending(path: "a.ndjson"), folder.appending(path: "b.ndjson"))
            try write("x", to: file)
            try write("x", to: other)
            var progress = ProgressFile(of: file).load(source: nil)
            progress.note(sent)
            try ProgressFile(of: file).save(progress)
            #expect(ProgressFile(of: other).load(source: nil).sent.isEmpty)
        }
    }

    @Test func `hands the progress of a rotated log over to its new name`() async throws {
        try await withTemporaryFolder { folder in
            let (file, rotated) = (folder.appending(path: "usage"), folder.appending(path: "usage.1"))
            try write("old", to: file)
            var progress = ProgressFile(of: file).load(source: nil)
            progress.note(sent)
            try ProgressFile(of: file).save(progress)
            try FileManager.default.moveItem(at: file, to: rotated)
            try write("new", to: file)

            #expect(ProgressFile(of: file).isOfReplacedFile)
            try ProgressFile(of: file).handOver()
            try ProgressFile(of: file).save(ProgressFile(of: file).load(source: nil))
            #expect(!ProgressFile(of: file).isOfReplacedFile)
            #expect(ProgressFile(of: rotated).load(source: nil).sent == [sent])
        }
    }
}
