import Events
import Parity
import Randomness
import Testing

/// Reads of a list that moves, ends early, or says what cannot be.
@Suite struct WindowWalkLimitsTests {
    private static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))

    private static func row(_ number: Int, key: Bool = true) -> WindowRow {
        WindowRow(
            key: key ? "r\(number)" : nil,
            event: VendorEvent(id: "e\(number)", name: "api", timestamp: Timestamp(milliseconds: Int64(number) % 1000))
        )
    }

    private static func page(_ rows: [WindowRow], total: Int, _ next: WindowPage.Next) -> WindowPage {
        WindowPage(rows: rows, total: total, next: next)
    }

    @Test(arguments: [0, 1, 3])
    func `does not believe a list that has fewer rows than it says, or more`(rows: Int) {
        var walk = WindowWalk(Self.window, limit: 100)
        let page = Self.page((0..<rows).map { Self.row($0) }, total: 2, .end)
        #expect(walk.read(page) == .page(nil))
    }

    @Test func `believes an empty list`() {
        var walk = WindowWalk(Self.window, limit: 100)
        #expect(walk.read(Self.page([], total: 0, .end)) == .done([]))
    }

    @Test func `keeps rows without a key, and so sees one that stands on two pages as two`() {
        var walk = WindowWalk(Self.window, limit: 100)
        _ = walk.read(Self.page([Self.row(1, key: false)], total: 2, .page("2")))
        #expect(walk.read(Self.page([Self.row(1, key: false)], total: 2, .end)) == .count)
        let rows = [Self.row(1, key: false), Self.row(1, key: false)]
        #expect(walk.counted(2) == .done(rows))
    }

    @Test func `tells keys apart byte for byte`() {
        var walk = WindowWalk(Self.window, limit: 100)
        let event = VendorEvent(id: "e", name: "api", timestamp: Timestamp(milliseconds: 1))
        let rows = ["caf\u{E9}", "cafe\u{301}"].map { WindowRow(key: $0, event: event) }
        #expect(walk.read(Self.page(rows, total: 2, .end)) == .done(rows))
    }

    @Test(arguments: [(3, 3), (2, 4)])
    func `reads parts of a window whose rows or count exceed the limit`(rows: Int, total: Int) {
        var walk = WindowWalk(Self.window, limit: 3)
        let step = walk.read(Self.page((0..<rows).map { Self.row($0) }, total: total, .end))
        #expect(step == (total > 3 ? .split : .done((0..<rows).map { Self.row($0) })))
        // A vendor that says 3 and shows more.
        var lying = WindowWalk(Self.window, limit: 3)
        #expect(lying.read(Self.page((0..<4).map { Self.row($0) }, total: 3, .page("2"))) == .split)
    }

    @Test func `begins anew when the count moves between two pages`() {
        var walk = WindowWalk(Self.window, limit: 100)
        _ = walk.read(Self.page([Self.row(1)], total: 3, .page("2")))
        #expect(walk.read(Self.page([Self.row(2)], total: 4, .page("3"))) == .page(nil))
        #expect(walk.read(Self.page([Self.row(1), Self.row(2)], total: 2, .end)) == .done([Self.row(1), Self.row(2)]))
    }

    /// A list that never holds still is read in parts if it has several pages, and is unstable where it cannot be divided.
    @Test(arguments: [(Int64(1000), 2, WindowWalk.Step.split), (1, 2, .unstable), (1000, 1, .unstable)])
    func `gives up after three tries`(length: Int64, pages: Int, end: WindowWalk.Step) {
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: length))
        var walk = WindowWalk(window, limit: 100)
        for attempt in 1...3 {
            if pages > 1 { #expect(walk.read(Self.page([Self.row(0)], total: 2, .page("2"))) == .page("2")) }
            let step = walk.read(Self.page([Self.row(0)], total: 2, .end))
            #expect(step == (attempt < 3 ? .page(nil) : end))
        }
    }

    /// A vendor whose list does not move is read to its end, whatever its pages; one that gets rows meanwhile is read to what it has then.
    @Test(arguments: 1...40)
    func `has every row once when the list stands still at last`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var shelf = (0..<Int.random(in: 0...30, using: &random)).map { Self.row($0) }
        let size = Int.random(in: 1...12, using: &random)
        var moves = Int.random(in: 0...2, using: &random)
        var walk = WindowWalk(Self.window, limit: 1000)
        var step = WindowWalk.Step.page(nil)
        var steps = 0
        while steps < 500 {
            steps += 1
            if moves > 0, Int.random(in: 0...3, using: &random) == 0 {
                moves -= 1
                // The newest come first, and move all others.
                shelf.insert(Self.row(100 + moves), at: 0)
            }
            switch step {
            case .page(let cursor):
                let start = cursor.flatMap { Int($0) } ?? 0
                let end = min(shelf.count, start + size)
                let rows = start < end ? Array(shelf[start..<end]) : []
                step = walk.read(Self.page(rows, total: shelf.count, end < shelf.count ? .page("\(end)") : .end))
            case .count: step = walk.counted(shelf.count)
            case .done(let rows):
                let keys = rows.compactMap(\.key)
                #expect(Set(keys).count == keys.count && Set(keys).isSubset(of: Set(shelf.compactMap(\.key))))
                #expect(
                    keys.count >= shelf.count - 2,
                    "seed \(seed): only what came after the last look may be missing"
                )
                return
            case .split, .unstable:
                Issue.record("seed \(seed): \(step) of a list that moved twice")
                return
            }
        }
        Issue.record("seed \(seed): no end")
    }
}
