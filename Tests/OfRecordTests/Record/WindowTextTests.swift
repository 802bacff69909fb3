import Events
import OfRecord
import Testing

/// Spans of time in words, their overlaps and gaps in their exact order.
@Suite struct WindowTextTests {
    private func window(_ from: Int64?, _ until: Int64?) throws -> UsageWindow {
        let ends = [from, until].map { $0.map { Timestamp(milliseconds: $0 * 1000) } }
        return try #require(UsageWindow(from: ends[0], until: ends[1]))
    }

    @Test func `says the ends that a span has`() throws {
        #expect(UsageWindow.always.text == "")
        #expect(try window(0, nil).text == " from 1970-01-01T00:00:00.000Z")
        #expect(try window(nil, 60).text == " until 1970-01-01T00:01:00.000Z")
        #expect(try window(0, 60).text == " from 1970-01-01T00:00:00.000Z until 1970-01-01T00:01:00.000Z")
        let accepted = EventWindow(event: try window(nil, 60), acceptance: try window(0, nil))
        #expect(accepted.text == " until 1970-01-01T00:01:00.000Z accepted from 1970-01-01T00:00:00.000Z")
        #expect(EventWindow(event: try window(0, nil)).text == " from 1970-01-01T00:00:00.000Z")
    }

    @Test func `lists gaps in the order of time, and none between spans that meet`() throws {
        let windows = [try window(30, 40), try window(10, 20), try window(15, 25), try window(40, 50)]
        #expect(UsageWindow.gaps(between: windows) == [try window(nil, 10), try window(25, 30), try window(50, nil)])
        #expect(UsageWindow.gaps(between: []) == [.always])
        #expect(UsageWindow.gaps(between: [.always]).isEmpty)
        #expect(UsageWindow.gaps(between: [try window(nil, 10), try window(10, nil)]).isEmpty)
        #expect(
            UsageWindow.gaps(between: [try window(10, nil), try window(0, 5)]) == [
                try window(nil, 0), try window(5, 10),
            ]
        )
        #expect(
            UsageWindow.gaps(between: [try window(0, 100), try window(10, 20)]) == [
                try window(nil, 0), try window(100, nil),
            ]
        )
    }

    @Test func `overlaps only where a time is in both`() throws {
        #expect(try window(0, 10).overlap(with: try window(10, 20)) == nil)
        #expect(try window(0, 11).overlap(with: try window(10, 20)) == (try window(10, 11)))
        #expect(try window(nil, 5).overlap(with: .always) == (try window(nil, 5)))
        #expect(UsageWindow.always.overlap(with: .always) == .always)
        let (one, other) = (try window(0, 10), try window(20, 30))
        #expect(EventWindow(event: one).overlap(with: EventWindow(event: other)) == nil)
        #expect(
            EventWindow(event: one, acceptance: one).overlap(with: EventWindow(event: one, acceptance: other)) == nil
        )
        #expect(
            EventWindow(event: one).overlap(with: EventWindow(acceptance: other))
                == EventWindow(event: one, acceptance: other)
        )
    }

    @Test func `lists the gaps of events by their acceptance first`() throws {
        let late = EventWindow(event: try window(nil, 10), acceptance: try window(10, nil))
        let whole = EventWindow(acceptance: try window(nil, 10))
        #expect(
            EventWindow.gaps(between: [late, whole])
                == [EventWindow(event: try window(10, nil), acceptance: try window(10, nil))]
        )
        #expect(EventWindow.gaps(between: []) == [.always])
        #expect(
            EventWindow.gaps(between: [late]) == [
                EventWindow(acceptance: try window(nil, 10)),
                EventWindow(event: try window(10, nil), acceptance: try window(10, nil)),
            ]
        )
    }
}
