import Events
import Randomness
import Testing

@testable import JournalFormat

/// Pages of event names.
@Suite struct NameCountsTests {
    private static func page(_ names: [String], after: String? = nil, limit: Int) -> EventNamePage {
        var counts = NameCounts(after: after, limit: limit)
        for (time, name) in names.enumerated() {
            counts.add(Array(name.utf8), count: 1, from: Int64(time), to: Int64(time) + 1)
        }
        return counts.page
    }

    @Test func `adds up what occurs in several places`() {
        var counts = NameCounts(after: nil, limit: 9)
        counts.add(Array("b".utf8), count: 2, from: 5, to: 7)
        counts.add(Array("a".utf8), count: 1, from: 6, to: 6)
        counts.add(Array("b".utf8), count: 3, from: -4, to: 6)
        let (first, last) = (Timestamp(milliseconds: -4), Timestamp(milliseconds: 7))
        let six = Timestamp(milliseconds: 6)
        #expect(
            counts.page
                == EventNamePage(
                    names: [
                        EventNameSummary(name: "a", count: 1, firstSeen: six, lastSeen: six),
                        EventNameSummary(name: "b", count: 5, firstSeen: first, lastSeen: last),
                    ],
                    hasMore: false
                )
        )
    }

    @Test(arguments: [
        (nil, 2, ["B", "a"], true), ("a", 2, ["b", "ü"], false), ("B", 9, ["a", "b", "ü"], false), ("ü", 1, [], false),
        (nil, 4, ["B", "a", "b", "ü"], false),
    ])
    func `begins after a name, in the order of the bytes`(after: String?, limit: Int, names: [String], hasMore: Bool) {
        let page = Self.page(["b", "a", "ü", "B", "a"], after: after, limit: limit)
        #expect(page.names.map(\.name) == names && page.hasMore == hasMore)
        #expect(page.next == (hasMore ? names.last : nil))
    }

    @Test func `tells names apart that are written with other characters`() {
        // The same text, composed and not.
        #expect(Self.page(["\u{E9}", "e\u{301}"], limit: 9).names.map(\.count) == [1, 1])
    }

    @Test(arguments: 1...20)
    func `are complete page after page, also where names are forgotten on the way`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        // More names than are kept for a page.
        let names = (0..<2000).map { _ in "n\(Int.random(in: 0..<900, using: &random))" }
        let limit = Int.random(in: 20...60, using: &random)
        var found: [EventNameSummary] = []
        var after: String?
        repeat {
            let page = Self.page(names, after: after, limit: limit)
            #expect(page.names.count <= limit && (page.hasMore == false || page.names.count == limit))
            found += page.names
            after = page.next
        } while after != nil
        let counts = Dictionary(grouping: names) { $0 }.mapValues(\.count)
        #expect(found.map(\.name) == counts.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
        #expect(found.map(\.count) == found.map { counts[$0.name] ?? 0 })
    }
}
