import Events
import OfRecord
import Randomness
import Testing

@Suite struct UsageWindowTests {
    private static func window(_ from: Int64?, _ until: Int64?) -> UsageWindow? {
        UsageWindow(from: from.map(Timestamp.init(milliseconds:)), until: until.map(Timestamp.init(milliseconds:)))
    }

    @Test func `holds its first time and not its last`() throws {
        let window = try #require(Self.window(10, 20))
        let held = [9, 10, 19, 20].map { window.contains(Timestamp(milliseconds: $0)) }
        #expect(held == [false, true, true, false])
        #expect(UsageWindow.always.contains(Timestamp(milliseconds: .min)))
    }

    @Test func `has at least one time`() {
        #expect(Self.window(10, 10) == nil && Self.window(11, 10) == nil && Self.window(10, 11) != nil)
    }

    /// Every time is in a window or in a gap, and two windows overlap only if a time is in both.
    @Test(arguments: 0..<300 as Range<UInt64>)
    func `finds every gap and every overlap`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        func end() -> Int64? { Int.random(in: 0...4, using: &random) == 0 ? nil : .random(in: 0...30, using: &random) }
        let windows = (0..<Int.random(in: 0...4, using: &random)).compactMap { _ in Self.window(end(), end()) }
        let gaps = UsageWindow.gaps(between: windows)
        for number in -2...32 as ClosedRange<Int64> {
            let time = Timestamp(milliseconds: number)
            #expect(gaps.contains { $0.contains(time) } != windows.contains { $0.contains(time) })
        }
        for one in windows {
            for other in windows {
                let overlap = one.overlap(with: other)
                for number in -2...32 as ClosedRange<Int64> {
                    let time = Timestamp(milliseconds: number)
                    #expect(overlap?.contains(time) ?? false == (one.contains(time) && other.contains(time)))
                }
            }
        }
    }
}
