import Events
import Foundation
import Testing

@Suite struct DeliveryErrorAdviceTests {
    private static let guide = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/Gateway/Gateway.docc/Operating.md")

    @Test func `says of each code what the guide says`() throws {
        let text = try String(contentsOf: Self.guide, encoding: .utf8).replacing("`", with: "")
        let start = try #require(text.firstRange(of: "| error.code |"))
        let rows = text[start.lowerBound...].split(separator: "\n", omittingEmptySubsequences: false)
            .prefix { $0.hasPrefix("|") }.dropFirst(2)
        let described = DeliveryErrorCode.allCases.map { "| \($0.rawValue) | \($0.meaning) | \($0.remedy) |" }
        #expect(Set(rows.map(String.init)) == Set(described))
        #expect(rows.count == described.count)
    }
}
