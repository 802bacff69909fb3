import Foundation
import TestSupport
import Testing

@testable import Sandbox

@Suite struct SandboxTimeTests {
    @Test func `reads and writes as the system's calendar does`() throws {
        var random = SeededRandom()
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for _ in 0..<2000 {
            let milliseconds = Int.random(in: -62_135_596_800_000..<253_402_300_800_000, using: &random)
            let text = SandboxTime.text(milliseconds: milliseconds)
            #expect(SandboxTime.exact(text)?.milliseconds == milliseconds, "\(text)")
            let seconds = SandboxTime.floored(milliseconds, by: 1000).quotient
            // The system's calendar is the Julian one before 1582.
            guard seconds > -12_219_292_800 else { continue }
            let date = Date(timeIntervalSince1970: Double(seconds))
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: date)
            let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
            #expect(
                Array(numbers.prefix(6)) == [
                    parts.year, parts.month, parts.day, parts.hour, parts.minute, parts.second,
                ]
            )
            let start = calendar.date(from: DateComponents(year: parts.year, month: parts.month, day: 1))
            #expect(start.map { Int($0.timeIntervalSince1970) } == SandboxTime.startOfMonth(seconds))
        }
    }

    @Test(arguments: [
        ("2024-03-20T15:04:05Z", 1_710_947_045_000_000), ("2024-03-20T15:04:05.123456789Z", 1_710_947_045_123_456),
        ("2024-03-20T16:04:05.5+01:00", 1_710_947_045_500_000), ("1969-12-31T23:59:59.9Z", -100_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000), ("0000-01-01T00:00:00Z", -62_167_219_200_000_000),
    ])
    func `cuts off what does not fit`(text: String, microseconds: Int) {
        #expect(SandboxTime.exact(text)?.microseconds == microseconds)
    }

    @Test(arguments: [
        "2023-02-29T00:00:00Z", "2024-13-01T00:00:00Z", "2024-03-20t15:04:05Z", "2024-03-20 15:04:05Z", "",
        "2024-03-20T15:04:05", "2024-03-20T15:04:05.Z", "2024-03-20T15:04:05.1234567890Z", "2024-03-20T24:00:00Z",
        "2024-03-20T15:04:60Z", "2024-03-20T15:04:05+0100", "2024-03-20T15:04:05Z ", "24-03-20T15:04:05Z",
    ])
    func `refuses what is not strict RFC 3339`(text: String) {
        #expect(SandboxTime.read(text) == nil)
    }
}

/// Billing months that begin on the day of an anchor.
@Suite struct AnchoredMonthTests {
    private func month(_ time: String, anchor: String) throws -> [String] {
        let seconds = try [time, anchor].map { text in
            SandboxTime.floored(try #require(SandboxTime.exact(text)).milliseconds, by: 1000).quotient
        }
        let month = SandboxTime.month(containing: seconds[0], anchoredAt: seconds[1])
        return [month.from, month.until].map { SandboxTime.text(milliseconds: $0 * 1000) }
    }

    @Test(arguments: [
        ("2026-03-15T00:00:00Z", "2026-01-10T06:00:00Z", "2026-03-10T06:00:00.000Z", "2026-04-10T06:00:00.000Z"),
        ("2026-03-10T05:59:59Z", "2026-01-10T06:00:00Z", "2026-02-10T06:00:00.000Z", "2026-03-10T06:00:00.000Z"),
        ("2026-02-28T00:00:00Z", "2026-01-31T00:00:00Z", "2026-02-28T00:00:00.000Z", "2026-03-31T00:00:00.000Z"),
        ("2028-02-29T00:00:00Z", "2026-01-30T00:00:00Z", "2028-02-29T00:00:00.000Z", "2028-03-30T00:00:00.000Z"),
        ("2026-01-01T00:00:00Z", "2025-12-15T00:00:00Z", "2025-12-15T00:00:00.000Z", "2026-01-15T00:00:00.000Z"),
    ])
    func `a month that lacks the day begins on its last`(time: String, anchor: String, from: String, until: String)
        throws
    {
        #expect(try month(time, anchor: anchor) == [from, until])
    }
}
