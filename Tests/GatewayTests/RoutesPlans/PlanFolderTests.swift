import Events
import Foundation
import TestSupport
import Testing

@testable import Gateway

@Suite struct PlanFolderTests {
    private static let now = Timestamp(milliseconds: 1_790_000_000_000)
    private static let id = "0123456789abcdef0123456789abcdef"

    /// Makes a file as a plan of some age.
    private func plant(_ name: String, _ content: String = "{}", age: Duration = .zero, in data: URL) throws {
        let folder = data.appending(path: "plans")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = folder.appending(path: name)
        try Data(content.utf8).write(to: file)
        let seconds = Double((Self.now + (.zero - age)).milliseconds) / 1000
        let date = Date(timeIntervalSince1970: seconds)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: file.path)
    }

    private func names(in data: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: data.appending(path: "plans").path).sorted()
    }

    private func name(_ number: Int) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits + ".json"
    }

    @Test func `has no plans where nothing was ever written`() async throws {
        try await withTemporaryFolder { (data) async throws in
            let folder = PlanFolder(in: data)
            #expect(try folder.all() == [])
            #expect(try folder.read(Self.id) == nil)
            try folder.removeOld(at: Self.now)
            #expect(try FileManager.default.contentsOfDirectory(atPath: data.path) == [])
        }
    }

    /// The id comes from a request.
    @Test(arguments: [
        "", "..", "../plans/x", "/etc/passwd", "0123456789ABCDEF0123456789ABCDEF", "0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0", "0123456789abcdef0123456789abcde/", "0123456789abcdef0123456789abcde\0",
        "0123456789abcdef0123456789abcdeg", "0123456789abcdef0123456789abcd\u{301}", "٠123456789abcdef0123456789abcde",
        "../../../../../../../etc/passwd.", "................................",
    ])
    func `reads no file whose name is not that of a plan`(id: String) async throws {
        try await withTemporaryFolder { (data) async throws in
            try plant("\(Self.id).json", "{\"id\": 1}", in: data)
            #expect(try PlanFolder(in: data).read(id) == nil)
            #expect(try PlanFolder(in: data).read(Self.id) == Array("{\"id\": 1}".utf8))
        }
    }

    @Test func `gives all plans, and nothing that is half written`() async throws {
        try await withTemporaryFolder { (data) async throws in
            try plant(name(1), "1", in: data)
            try plant(name(2), "2", in: data)
            try plant("new", "half", in: data)
            let all = try PlanFolder(in: data).all().map { String(decoding: $0, as: UTF8.self) }
            #expect(all.sorted() == ["1", "2"])
        }
    }

    @Test func `keeps a plan for seven days`() async throws {
        try await withTemporaryFolder { (data) async throws in
            let days = Duration.seconds(7 * 86_400)
            try plant(name(1), age: .zero, in: data)
            try plant(name(2), age: days - .seconds(1), in: data)
            try plant(name(3), age: days + .seconds(1), in: data)
            try plant(name(4), age: days * 100, in: data)
            // From a clock that was ahead.
            try plant(name(5), age: .zero - days, in: data)
            try PlanFolder(in: data).removeOld(at: Self.now)
            #expect(try names(in: data) == [name(1), name(2), name(5)])
        }
    }

    @Test func `keeps the newest two hundred`() async throws {
        try await withTemporaryFolder { (data) async throws in
            for number in 0..<203 { try plant(name(number), age: .seconds(number * 60), in: data) }
            try PlanFolder(in: data).removeOld(at: Self.now)
            #expect(try names(in: data) == (0..<200).map(name))
            try PlanFolder(in: data).removeOld(at: Self.now)
            #expect(try names(in: data).count == 200)
        }
    }
}
