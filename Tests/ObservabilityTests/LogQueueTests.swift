import Foundation
import Logging
import Observability
import TestSupport
import Testing

/// What is too much for the buffer of the log.
@Suite struct LogQueueTests {
    private static let gap = "TIME warning  log lines were dropped because the log was not read fast enough  lines="

    /// Such a line once silenced the log for the rest of the process: nothing was in front of it that led the writer to the gap.
    @Test func `tells of a line that is longer than the whole buffer, and goes on`() async throws {
        try await withTemporaryFolder { folder in
            let log = try LogFile(folder.appending(path: "log"), limitBytes: 1000)
            let long = String(repeating: "x", count: 1000)
            log.output.write(.info, long, label: "t") { _ in }
            #expect(try log.lines() == [Self.gap + "1"])
            log.output.write(.info, "next", label: "t") { _ in }
            #expect(try log.lines() == [Self.gap + "1", "TIME info     next"])
            log.output.write(.info, long, label: "t") { _ in }
            #expect(try log.lines() == [Self.gap + "1", "TIME info     next", Self.gap + "1"])
            #expect(log.output.droppedLines == 2)
        }
    }

    @Test func `takes a line that just fits`() async throws {
        try await withTemporaryFolder { folder in
            let bytes = "2026-12-01T00:00:00.000Z info     \n".utf8.count
            let log = try LogFile(folder.appending(path: "log"), limitBytes: bytes + 10)
            log.output.write(.info, String(repeating: "a", count: 10), label: "t") { _ in }
            #expect(try log.lines() == ["TIME info     aaaaaaaaaa"])
            log.output.write(.info, String(repeating: "b", count: 11), label: "t") { _ in }
            #expect(try log.lines() == ["TIME info     aaaaaaaaaa", Self.gap + "1"])
        }
    }

    @Test func `says how many lines are missing where there is no room at all`() async throws {
        try await withTemporaryFolder { folder in
            let log = try LogFile(folder.appending(path: "log"), limitBytes: 0)
            for number in 0..<50 { log.output.write(.info, "line \(number)", label: "t") { _ in } }
            let told = try log.lines().map { line in
                try #require(Int(line.replacing(Self.gap, with: "")), "\(line)")
            }
            #expect(told.reduce(0, +) == 50 && log.output.droppedLines == 50)
        }
    }

    @Test func `has nothing to wait for before the first line`() async throws {
        try await withTemporaryFolder { folder in
            let log = try LogFile(folder.appending(path: "log"))
            log.output.flush(within: .seconds(300))
            log.output.flush(within: .zero)
            #expect(try log.lines() == [] && log.output.droppedLines == 0)
        }
    }

    @Test func `keeps each thread's lines in their order`() async throws {
        try await withTemporaryFolder { folder in
            let log = try LogFile(folder.appending(path: "log"))
            let output = log.output
            await withDiscardingTaskGroup { group in
                for thread in 0..<4 {
                    group.addTask {
                        for number in 0..<500 { output.write(.info, "\(thread) \(number)", label: "t") { _ in } }
                    }
                }
            }
            let lines = try log.lines()
            #expect(lines.count == 2000)
            for thread in 0..<4 {
                let own = lines.filter { $0.hasPrefix("TIME info     \(thread) ") }
                #expect(own == (0..<500).map { "TIME info     \(thread) \($0)" })
            }
        }
    }
}
