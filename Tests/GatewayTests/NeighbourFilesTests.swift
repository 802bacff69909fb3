import Digest
import Foundation
import Routing
import TestSupport
import Testing

@testable import Gateway

@Suite struct NeighbourFilesTests {
    /// Lets a reader ask for files, as `routes.json` names them.
    private func recorded(_ names: [String], in folder: URL) -> (contents: [[UInt8]?], files: NeighbourFiles) {
        NeighbourFiles.recorded(RoutesReader(vendors: []), in: folder) { reader in names.map { reader.neighbour($0) } }
    }

    private func write(_ text: String, _ name: String, in folder: URL) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    @Test func `knows the files that a reader has asked for, also those that are not there`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            try write("1", "b.csv", in: folder)
            try write("", "empty.csv", in: folder)
            let (contents, files) = recorded(["b.csv", "a.csv", "empty.csv", "b.csv"], in: folder)
            let expected: [[UInt8]?] = [Array("1".utf8), nil, [], Array("1".utf8)]
            #expect(contents == expected)
            #expect(files.names == ["a.csv", "b.csv", "empty.csv"])
            #expect(files.now(in: folder) == files)
            let none = recorded([], in: folder).files
            #expect(none.names == [] && none.now(in: folder) == none)
        }
    }

    @Test func `differs when a file appears, changes, becomes empty or goes`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            var known: [NeighbourFiles] = []
            let steps: [String?] = [nil, "", "a", "b", "ab"]
            for step in steps {
                if let step { try write(step, "anchors.csv", in: folder) }
                known.append(recorded(["anchors.csv"], in: folder).files)
            }
            let content = Array("{}".utf8)
            for (first, one) in known.enumerated() {
                for (second, other) in known.enumerated() {
                    #expect((one == other) == (first == second), "\(first) and \(second)")
                    #expect((one.digest(with: content) == other.digest(with: content)) == (first == second))
                }
            }
            #expect(known[0].now(in: folder) == known[4], "as it is now")
            try FileManager.default.removeItem(at: folder.appending(path: "anchors.csv"))
            #expect(known[4].now(in: folder) == known[0])
        }
    }

    /// Gateways that share a journal compare it, and one without such files has only its `routes.json`.
    @Test func `has the digest of routes.json alone where it names no file`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let content = Array(#"{"version": 1}"#.utf8)
            #expect(recorded([], in: folder).files.digest(with: content) == SHA256.digest(of: content))
            try write("x", "a", in: folder)
            #expect(recorded(["a"], in: folder).files.digest(with: content) != SHA256.digest(of: content))
        }
    }

    @Test func `has one digest, in whatever order files are asked for, and another when two exchange their contents`()
        async throws
    {
        try await withTemporaryFolder { (folder) async throws in
            for (name, text) in [("a", "1"), ("b", "2"), ("c", "1")] { try write(text, name, in: folder) }
            let content = Array("{}".utf8)
            let usual = recorded(["a", "b", "c"], in: folder).files.digest(with: content)
            #expect(recorded(["c", "a", "b", "a"], in: folder).files.digest(with: content) == usual)
            #expect(recorded(["a", "b"], in: folder).files.digest(with: content) != usual)
            try write("2", "a", in: folder)
            try write("1", "b", in: folder)
            #expect(recorded(["a", "b", "c"], in: folder).files.digest(with: content) != usual)
        }
    }

    @Test func `follows a link to a file, and reads no folder and nothing too large`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            try write("1", "real", in: folder)
            let link = folder.appending(path: "link")
            try FileManager.default.createSymbolicLink(at: link, withDestinationURL: folder.appending(path: "real"))
            #expect(NeighbourFiles.content(of: "link", in: folder) == Array("1".utf8))
            let broken = folder.appending(path: "broken")
            try FileManager.default.createSymbolicLink(at: broken, withDestinationURL: folder.appending(path: "none"))
            #expect(NeighbourFiles.content(of: "broken", in: folder) == nil)
            let inner = folder.appending(path: "inner")
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
            #expect(NeighbourFiles.content(of: "inner", in: folder) == nil)
            // A hole costs no disk.
            let large = folder.appending(path: "large")
            #expect(FileManager.default.createFile(atPath: large.path, contents: nil))
            let handle = try FileHandle(forWritingTo: large)
            try handle.truncate(atOffset: UInt64(RoutesReader.mostNeighbourBytes) + 1)
            try handle.close()
            #expect(NeighbourFiles.content(of: "large", in: folder) == nil)
        }
    }
}
