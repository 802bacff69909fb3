import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite struct NodeNumberTests {
    @Test(arguments: [1, Int64.max, 4_611_686_018_427_387_904, 0])
    func `finds the number again, which only the owner can read`(number: Int64) async throws {
        try await withTemporaryFolder { (folder) async throws in
            #expect(NodeNumber(in: folder).read() == nil)
            try NodeNumber(in: folder).write(7)
            try NodeNumber(in: folder).write(number)
            #expect(NodeNumber(in: folder).read() == number)
            let file = folder.appending(path: "node")
            #expect(try Data(contentsOf: file) == Data("\(number)\n".utf8))
            let attributes = try FileManager.default.attributesOfItem(atPath: file.path)
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["node"])
        }
    }

    /// A wrong number would release what another gateway holds.
    @Test(arguments: [
        "", " ", "\n", "7 8", "7\n8", "0x7", "7.0", "7e3", "NaN", "-", "9223372036854775808", "-9223372036854775809",
        "7\u{0}", "\u{0}", "٧", "７", "7\u{301}", String(repeating: "0", count: 31) + "7",
        String(repeating: " ", count: 100_000),
    ])
    func `takes no number from a damaged file`(content: String) async throws {
        try await withTemporaryFolder { (folder) async throws in
            try Data(content.utf8).write(to: folder.appending(path: "node"))
            #expect(NodeNumber(in: folder).read() == nil)
        }
    }

    @Test func `takes no number from bytes that are no text, or from a folder`() async throws {
        try await withTemporaryFolder { (folder) async throws in
            try Data([0x37, 0xFF, 0x0A]).write(to: folder.appending(path: "node"))
            #expect(NodeNumber(in: folder).read() == nil)
            try FileManager.default.removeItem(at: folder.appending(path: "node"))
            let inner = folder.appending(path: "node")
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: false)
            #expect(NodeNumber(in: folder).read() == nil)
            #expect(throws: (any Error).self) { try NodeNumber(in: folder).write(7) }
        }
    }
}
