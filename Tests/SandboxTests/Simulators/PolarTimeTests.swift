import Testing

@testable import Sandbox

@Suite struct PolarTimeTests {
    @Test(arguments: [
        "2024-03-20T15:04:05.500Z", "2024-03-20 15:04:05.5Z", "2024-03-20t15:04:05.5z", "2024-03-20T16:04:05.5+0100",
        "2024-03-20 15:04:05,5+00:00", "2024-03-20T15:04:05.500000000000Z", "1710947045.5", "1710947045500",
    ])
    func `reads all spellings of a time`(text: String) {
        #expect(PolarTime.exact(text)?.microseconds == 1_710_947_045_500_000, "\(text)")
    }

    @Test func `reads times without seconds, and numbers`() {
        #expect(PolarTime.exact("2024-03-20T15:04Z")?.seconds == 1_710_947_040)
        #expect(PolarTime.exact(.number("1710947045"))?.seconds == 1_710_947_045)
    }

    @Test(arguments: [
        "2024-03-20T15:04:05", "2024-03-20", "", "soon", "1e400", "99999999999999999999", "2024-03-20T15:04:60Z",
        "2024-03-20T24:00:00Z",
    ])
    func `refuses what has no offset, or is no time`(text: String) {
        #expect(PolarTime.exact(text) == nil, "\(text)")
    }
}
