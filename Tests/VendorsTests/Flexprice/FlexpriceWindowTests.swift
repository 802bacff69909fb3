import Events
import Testing

@testable import Vendors

/// Spans of whole seconds, as Flexprice's queries cut them.
@Suite struct FlexpriceWindowTests {
    private func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(milliseconds: 0) }

    @Test(
        arguments: [
            (nil, nil, "1970-01-01T00:00:00Z", "2106-01-01T00:00:00Z"),
            ("2026-03-01T00:00:00.999Z", "2026-03-01T00:00:05.000Z", "2026-03-01T00:00:00Z", "2026-03-01T00:00:05Z"),
            ("2026-03-01T00:00:00.000Z", "2026-03-01T00:00:05.001Z", "2026-03-01T00:00:00Z", "2026-03-01T00:00:06Z"),
            // An empty span is asked for as one second: a start behind the end would be refused.
            ("2026-03-01T00:00:05Z", "2026-03-01T00:00:01Z", "2026-03-01T00:00:05Z", "2026-03-01T00:00:05Z"),
            // Billing rows hold 1970 to 2106.
            ("0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999Z", "1970-01-01T00:00:00Z", "2106-01-01T00:00:00Z"),
            ("1969-12-31T23:59:59.999Z", "1970-01-01T00:00:00.001Z", "1970-01-01T00:00:00Z", "1970-01-01T00:00:01Z"),
            ("9999-01-01T00:00:00Z", nil, "2106-01-01T00:00:00Z", "2106-01-01T00:00:00Z"),
        ] as [(String?, String?, String, String)]
    )
    func `hold a span of time`(from: String?, before: String?, start: String, end: String) {
        let window = FlexpriceWindow(from: from.map(time), before: before.map(time))
        #expect([window.startText, window.endText] == [start, end])
    }

    @Test(
        arguments: [
            (0, 0), (1, 0), (999, 0), (1000, 1), (-1, -1), (-1000, -1), (-1001, -2), (1_772_323_200_250, 1_772_323_200),
        ] as [(Int64, Int64)]
    )
    func `a timestamp lies in the second that has begun`(milliseconds: Int64, second: Int64) {
        #expect(FlexpriceWindow.second(of: Timestamp(milliseconds: milliseconds)) == second)
    }

    @Test func `the window around a timestamp is its second and the next`() {
        let window = FlexpriceWindow(around: time("2026-03-01T00:00:00.250Z"))
        #expect([window.startText, window.endText] == ["2026-03-01T00:00:00Z", "2026-03-01T00:00:01Z"])
        let last = FlexpriceWindow(around: time("9999-12-31T23:59:59.999Z"))
        #expect(last.start == last.end && last.end == FlexpriceWindow.all.end)
    }
}

/// What tells an id at Flexprice from the same id of another event.
@Suite struct FlexpriceScopeTests {
    private static let time = Timestamp(milliseconds: 1_710_947_045_000)

    @Test(arguments: [
        ("c", nil, "c"), ("c@d", nil, "c@d@"), ("@", nil, "@@"), ("", nil, ""),
        ("c", time, "c@2024-03-20T15:04:05.000Z"),
        ("c@", time, "c@@2024-03-20T15:04:05.000Z"),
    ])
    func `is customer and timestamp`(customer: String, timestamp: Timestamp?, text: String) {
        #expect(FlexpriceScope.text(customer: customer, timestamp: timestamp) == text)
    }

    @Test func `two pairs never share one`() {
        let customers = [
            "", "@", "@@", "c", "c@", "c@2024-03-20T15:04:05.000Z", "c@2024-03-20T15:04:05.000Z@",
            "@2024-03-20T15:04:05.000Z",
            "é", "e\u{301}",
        ]
        let times: [Timestamp?] = [nil, Self.time, Timestamp(milliseconds: 0), Timestamp(milliseconds: 1)]
        let texts = customers.flatMap { customer in
            times.map { Array(FlexpriceScope.text(customer: customer, timestamp: $0).utf8) }
        }
        #expect(Set(texts).count == customers.count * times.count)
    }
}
