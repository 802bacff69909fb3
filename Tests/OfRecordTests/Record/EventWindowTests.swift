import Events
import OfRecord
import Randomness
import Testing

@Suite struct EventWindowTests {
    private static func span(_ random: inout SplitMix) -> UsageWindow {
        func end() -> Timestamp? {
            let isOpen = Int.random(in: 0...3, using: &random) == 0
            return isOpen ? nil : Timestamp(milliseconds: .random(in: 0...12, using: &random))
        }
        return UsageWindow(from: end(), until: end()) ?? .always
    }

    /// Every event is in a window or in one gap, and two windows overlap only if an event is in both.
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `finds every gap and every overlap`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let windows = (0..<Int.random(in: 0...5, using: &random)).map { _ in
            EventWindow(event: Self.span(&random), acceptance: Self.span(&random))
        }
        let gaps = EventWindow.gaps(between: windows)
        for time in (-1...13 as ClosedRange<Int64>).map(Timestamp.init(milliseconds:)) {
            for now in (-1...13 as ClosedRange<Int64>).map(Timestamp.init(milliseconds:)) {
                let isTaken = windows.contains { $0.contains(time, acceptedAt: now) }
                #expect(gaps.count { $0.contains(time, acceptedAt: now) } == (isTaken ? 0 : 1))
                for (one, other) in zip(windows, windows.dropFirst()) {
                    let both = one.contains(time, acceptedAt: now) && other.contains(time, acceptedAt: now)
                    #expect(one.overlap(with: other)?.contains(time, acceptedAt: now) ?? false == both)
                }
            }
        }
    }

    @Test func `says what it holds, and joins gaps of neighbouring times`() throws {
        let january = try #require(Timestamp(rfc3339: "2027-01-01T00:00:00Z"))
        let february = try #require(Timestamp(rfc3339: "2027-02-01T00:00:00Z"))
        let before = EventWindow(acceptance: try #require(UsageWindow(from: nil, until: january)))
        let late = EventWindow(
            event: try #require(UsageWindow(from: nil, until: january)),
            acceptance: try #require(UsageWindow(from: january, until: february))
        )
        #expect(EventWindow.always.text == "")
        #expect(before.text == " accepted until 2027-01-01T00:00:00.000Z")
        #expect(
            late.text
                == " until 2027-01-01T00:00:00.000Z accepted from 2027-01-01T00:00:00.000Z until 2027-02-01T00:00:00.000Z"
        )
        let gaps = EventWindow.gaps(between: [before, late])
        #expect(
            gaps.map(\.text) == [
                " from 2027-01-01T00:00:00.000Z accepted from 2027-01-01T00:00:00.000Z until 2027-02-01T00:00:00.000Z",
                " accepted from 2027-02-01T00:00:00.000Z",
            ]
        )
    }
}
