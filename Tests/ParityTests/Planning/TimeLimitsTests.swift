import Events
import Parity
import Randomness
import Testing

/// Windows over the longest span that there is, and over the shortest.
@Suite struct TimeHistogramLimitsTests {
    private static func span(_ from: Int64, _ until: Int64) -> ReadWindow {
        ReadWindow(from: Timestamp(milliseconds: from), until: Timestamp(milliseconds: until))
    }

    @Test func `divides all time that there is into a bounded number of parts`() {
        let span = Self.span(.min, .max)
        var histogram = TimeHistogram(span)
        for _ in 0..<3 {
            for time in [Int64.min, -1, 0, 1_800_000_000_000, .max] { histogram.add(Timestamp(milliseconds: time)) }
        }
        let windows = histogram.windows(ofAtMost: 1)
        #expect(windows.first?.from == span.from && windows.last?.until == span.until)
        // At most five times, each with a window of its own, and those between them.
        #expect(windows.count <= 8)
        for (one, next) in zip(windows, windows.dropFirst()) { #expect(one.until == next.from) }
        #expect(histogram.windows(ofAtMost: .max) == [span])
    }

    @Test(arguments: [Int64.min, -1, 0, 86_400_000])
    func `has one window of a millisecond`(start: Int64) {
        let from = Timestamp(milliseconds: start)
        let span = ReadWindow(from: from, until: from + .milliseconds(1))
        var histogram = TimeHistogram(span)
        for _ in 0..<10 { histogram.add(from) }
        #expect(histogram.windows(ofAtMost: 1) == [span])
    }

    /// Parts are a millisecond long as long as there are no more of them than fit.
    @Test(arguments: [(Int64(32_768), Int64(1)), (32_769, 2)])
    func `tells two neighbouring milliseconds apart in a short span`(length: Int64, first: Int64) {
        var histogram = TimeHistogram(Self.span(0, length))
        for time in [Int64(0), 1] { histogram.add(Timestamp(milliseconds: time)) }
        #expect(histogram.windows(ofAtMost: 1).first?.milliseconds == first)
    }
}

/// Parts that hold a page each, where many events have one time.
@Suite struct WindowSlicesLimitsTests {
    private static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 10))

    private static func starts(_ times: [Int64], _ limit: Int) -> [Int64] {
        WindowSlices.slices(of: window, times.map { Timestamp(milliseconds: $0) }, ofAtMost: limit)
            .map(\.from.milliseconds)
    }

    @Test(
        arguments: [
            ([], 1, [0]), ([5], 1, [0]), ([0, 1], 1, [0, 1]), ([0, 0, 0], 1, [0]), ([0, 0, 5], 1, [0, 5]),
            ([5, 5, 0], 1, [0, 5]), ([1, 2, 3, 4], 2, [0, 3]), ([1, 2, 2, 3], 2, [0, 2, 3]),
            ([2, 2, 2, 7, 7], 2, [0, 7]),
            ([-1, 10, 11], 1, [0]), ([9, 9], 1, [0]), ([0, 9, 9, 9], 2, [0, 9]), ([1, 2, 3], .max, [0]),
        ] as [([Int64], Int, [Int64])]
    )
    func `begin where a page would be full`(times: [Int64], limit: Int, starts: [Int64]) {
        #expect(Self.starts(times, limit) == starts)
    }
}
