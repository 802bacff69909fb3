import Synchronization
import Testing

@testable import Reports

@Suite struct CSVStreamTests {
    /// Pages of two rows each.
    private struct Numbers: CSVList {
        struct Failed: Error {}

        static let titles = ["number"]
        let count: Int
        var failsAt = Int.max

        func page(after cursor: Int?) async throws(Failed) -> CSVPage<Int> {
            let start = cursor ?? 0
            guard start < failsAt else { throw Failed() }
            let end = min(start + 2, count)
            return CSVPage(rows: (start..<end).map { ["\($0)"] }, next: end < count ? end : nil)
        }
    }

    private func text(_ list: Numbers, while mayContinue: () -> Bool = { true }) async throws -> String {
        var text = ""
        try await CSVStream(list).write(while: mayContinue) { text += $0 }
        return text
    }

    @Test func `writes the titles and all pages`() async throws {
        #expect(try await text(Numbers(count: 0)) == "number\r\n")
        #expect(try await text(Numbers(count: 5)) == "number\r\n0\r\n1\r\n2\r\n3\r\n4\r\n")
    }

    @Test func `fails before the first row if the list cannot be read`() async {
        await #expect(throws: Numbers.Failed.self) { try await CSVStream(Numbers(count: 5, failsAt: 0)) }
    }

    @Test func `ends with an error if a later page cannot be read, or may not be`() async throws {
        let stream = try await CSVStream(Numbers(count: 5, failsAt: 2))
        var text = ""
        await #expect(throws: Numbers.Failed.self) { try await stream.write { text += $0 } }
        #expect(text == "number\r\n0\r\n1\r\n")
        let other = try await CSVStream(Numbers(count: 5))
        await #expect(throws: CSVInterrupted.self) { try await other.write(while: { false }) { text += $0 } }
    }
}
