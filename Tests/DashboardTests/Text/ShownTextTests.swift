import Events
import Randomness
import Testing

@testable import Dashboard

@Suite struct ShownTextTests {
    @Test(arguments: [(0, "0 events"), (1, "1 event"), (2, "2 events"), (1001, "1,001 events"), (-1, "-1 events")])
    func `counts nouns`(number: Int, text: String) {
        #expect(PlainNumbers.count(number, of: "event") == text)
    }

    @Test(arguments: [(0, "0 deliveries"), (1, "1 delivery"), (2000, "2,000 deliveries")])
    func `counts deliveries`(number: Int, text: String) {
        #expect(PlainNumbers.deliveries(number) == text)
    }

    @Test func `writes any duration, and never a negative age`() {
        #expect(PlainNumbers.duration(.seconds(Int64.min)) == "0 ms")
        #expect(PlainNumbers.duration(.seconds(Int64.max)).hasSuffix(" h"))
        #expect(PlainNumbers.duration(.nanoseconds(999_999)) == "0 ms")
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(PlainNumbers.age(of: last, at: first) == "0 ms")
        // 3,652,425 days are ten thousand years of the calendar.
        #expect(PlainNumbers.age(of: first, at: last) == "3652424 d 23 h")
    }

    /// A duration that is shown is never longer than it was, and by less than its smallest unit shorter.
    @Test(arguments: 1...30)
    func `rounds durations down`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 {
            let milliseconds = Int.random(in: 0..<(1 << Int.random(in: 1...38, using: &random)), using: &random)
            let text = PlainNumbers.duration(.milliseconds(milliseconds))
            let words = text.split(separator: " ")
            #expect(words.count == 2 || words.count == 4, "\(text)")
            var (shown, smallest) = (0.0, 0.0)
            for place in stride(from: 0, to: words.count - 1, by: 2) {
                let unit = try #require(Self.units[String(words[place + 1])], "\(text)")
                shown += try #require(Double(words[place])) * unit
                smallest = words[place].contains(".") ? unit / 10 : unit
            }
            let difference = Double(milliseconds) - shown
            #expect(difference > -0.001 && difference < smallest, "\(milliseconds) ms as \(text)")
        }
    }

    private static let units = ["ms": 1.0, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000]

    // MARK: Times

    @Test func `writes a time for people and for programs`() {
        let text = TimeText(Timestamp(milliseconds: 1_790_000_000_123))
        #expect(text.iso == "2026-09-21T14:13:20.123Z" && text.text == "2026-09-21 14:13:20")
        #expect(text.date == "2026-09-21" && text.clock == "14:13:20" && text.field == "2026-09-21T14:13:20Z")
        let exact = TimeText(Timestamp(milliseconds: 1_790_000_000_123), showsMilliseconds: true)
        #expect(exact.text == "2026-09-21 14:13:20.123" && exact.field == text.field)
    }

    @Test(arguments: [Int64.min, -62_167_219_200_000, -1, 0, 253_402_300_799_999, Int64.max])
    func `writes the ends of the calendar`(milliseconds: Int64) throws {
        let time = Timestamp(milliseconds: milliseconds)
        for showsMilliseconds in [false, true] {
            let text = TimeText(time, showsMilliseconds: showsMilliseconds)
            #expect(text.date.utf8.count == 10 && text.clock.utf8.count == (showsMilliseconds ? 12 : 8))
            #expect(Timestamp(rfc3339: text.iso) == time)
            let seconds = try #require(Timestamp(rfc3339: text.field)).milliseconds
            #expect(seconds <= time.milliseconds && time.milliseconds - seconds < 1000)
        }
    }

    // MARK: Links

    /// A parameter is text of users: whatever it has, the address keeps its parts.
    @Test(arguments: [
        "a b", "a&b=c", "#", "?", "%", "%41", "+", "é", "e\u{301}", "\u{0}", "</a>", "\"", "//evil", "..", "😀",
    ])
    func `writes addresses whose parameters come back as they were`(text: String) throws {
        let address = PageLink.address(
            "/dashboard/events",
            [("name", text), ("empty", ""), ("none", nil), ("last", "1")]
        )
        #expect(address.utf8.allSatisfy { (0x21...0x7E).contains($0) })
        let parts = address.split(separator: "?", omittingEmptySubsequences: false)
        #expect(parts.count == 2 && parts[0] == "/dashboard/events")
        let pairs = parts[1].split(separator: "&", omittingEmptySubsequences: false)
        #expect(pairs.count == 2 && pairs[1] == "last=1")
        let value = try #require(pairs.first).split(separator: "=", omittingEmptySubsequences: false)
        #expect(value.count == 2 && PercentEncoding.decoded(value[1], plusIsSpace: true) == text)
        #expect(PageLink.address("/a", [("name", nil), ("b", "")]) == "/a")
        let event = PageLink.event(text)
        #expect(event.hasPrefix("/dashboard/events/") && event.split(separator: "/").count == 3)
        #expect(PageLink.signIn(to: address) != "/dashboard/sign-in", "a page of its own is kept")
        #expect(PageLink.signIn(to: text) == "/dashboard/sign-in", "and nothing else")
    }

    @Test func `pages through a list, and keeps its filter`() {
        let filter: [(name: String, value: String?)] = [("name", "a b"), ("status", nil)]
        let first = Pager("/list", filter, limit: 100, cursor: nil, next: "c=1", csv: "/list.csv")
        #expect(
            first.first == nil && first.next == "/list?name=a%20b&cursor=c%3D1" && first.csv == "/list.csv?name=a%20b"
        )
        #expect(first.sizes.map(\.href) == [25, 100, 500].map { "/list?name=a%20b&limit=\($0)" })
        #expect(first.sizes.map(\.isCurrent) == [false, true, false])
        let last = Pager("/list", filter, limit: 25, cursor: "c=1", next: nil)
        #expect(last.first == "/list?name=a%20b&limit=25" && last.next == nil && last.csv == nil)
        #expect(Pager("/list", [], limit: 7, cursor: "", next: "x").sizes.allSatisfy { !$0.isCurrent })
    }
}
