import Access
import Events
import Foundation
import TestSupport
import Testing

@Suite struct KeyFileTests {
    private func add(_ id: String, to file: KeyFile) throws {
        _ = try file.update { keys in
            try keys.add(
                GeneratedKey.make(),
                to: "shop",
                id: id,
                origin: .generated,
                besides: [],
                at: Timestamp(milliseconds: 0)
            )
        } noting: {
            KeyAct(at: Timestamp(milliseconds: 0), by: "tester", "keys: create", ["key": $0.key.id])
        }
    }

    @Test func `has no keys where there is no file`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            #expect(try KeyFile(in: folder.appending(path: "none")).read() == StoredKeys())
        }
    }

    @Test func `keeps what it is given, for its owner only, and leaves nothing half written`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let file = KeyFile(in: folder.appending(path: "data"))
            try add("a", to: file)
            try add("b", to: file)
            #expect(try file.read().list.map(\.key.id) == ["a", "b"])
            let attributes = try FileManager.default.attributesOfItem(atPath: file.file.path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            let names = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "data").path)
            #expect(names.sorted() == ["keys.audit", "keys.json", "keys.lock"])
        }
    }

    @Test func `gives what was done until it is forgotten, and then only what came later`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let file = KeyFile(in: folder)
            #expect(try file.takeActs() == [])
            for id in ["a", "b"] { try add(id, to: file) }
            func ids() throws -> [String?] { try file.takeActs().map { $0.details["key"] } }
            #expect(try ids() == ["a", "b"])
            try add("c", to: file)
            #expect(try ids() == ["a", "b"], "a gateway that ended before it kept them takes them again")
            try file.forgetActs()
            #expect(try ids() == ["c"])
            try file.forgetActs()
            #expect(try file.takeActs() == [])
        }
    }

    @Test func `loses no key of programs that write at the same time`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            try await withThrowingTaskGroup { group in
                for number in 0..<20 {
                    group.addTask { try add("k\(number)", to: KeyFile(in: folder)) }
                }
                try await group.waitForAll()
            }
            #expect(try KeyFile(in: folder).read().list.count == 20)
        }
    }

    @Test func `changes nothing when the change fails or the file is faulty`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            let file = KeyFile(in: folder)
            try add("a", to: file)
            let before = try Data(contentsOf: file.file)
            #expect(throws: KeyLifecycleFault.self) { try add("a", to: file) }
            #expect(try Data(contentsOf: file.file) == before)
            try Data("{".utf8).write(to: file.file)
            #expect(throws: KeyFileFault.self) { try add("b", to: file) }
            #expect(try Data(contentsOf: file.file) == Data("{".utf8))
        }
    }
}
