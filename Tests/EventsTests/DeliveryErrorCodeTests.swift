import Events
import Foundation
import Testing

@Suite struct DeliveryErrorCodeTests {
    private static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/Gateway/Gateway.docc/Operating.md")

    @Test(arguments: DeliveryErrorCode.allCases)
    func `is explained to operators`(code: DeliveryErrorCode) throws {
        #expect(try String(contentsOf: Self.page, encoding: .utf8).contains("\n| `\(code.rawValue)` | "))
    }
}
