import Events
import Parity
import Randomness
import Testing

@Suite struct TimeHistogramTests {
    @Test(arguments: 1...40)
    func `cuts a span into windows without gaps that hold no more than they may`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let length = Int64.random(in: 1...100_000, using: &random)
        let span = ReadWindow(from: Timestamp(milliseconds: -50), until: Timestamp(milliseconds: length - 50))
        var histogram = TimeHistogram(span)
        var times: [Timestamp] = []
        for _ in 0..<Int.random(in: 0...500, using: &random) {
            let time = Timestamp(milliseconds: Int64.random(in: -60...length, using: &random))
            histogram.add(time)
            if span.contains(time) { times.append(time) }
        }
        let limit = Int.random(in: 1...100, using: &random)
        let windows = histogram.windows(ofAtMost: limit)
        #expect(windows.first?.from == span.from && windows.last?.until == span.until)
        for (one, next) in zip(windows, windows.dropFirst()) { #expect(one.until == next.from) }
        // A part is four milliseconds long at most here.
        for window in windows where window.milliseconds > 4 {
            #expect(times.count { window.contains($0) } <= limit)
        }
    }
}

@Suite struct WindowSlicesTests {
    @Test(arguments: 1...60)
    func `cuts a window into parts that hold a page each, unless one time has more`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 200))
        let times = (0..<Int.random(in: 0...300, using: &random)).map { _ in
            Timestamp(milliseconds: Int64.random(in: -5...205, using: &random))
        }
        let limit = Int.random(in: 1...30, using: &random)
        let slices = WindowSlices.slices(of: window, times, ofAtMost: limit)
        #expect(slices.first?.from == window.from && slices.last?.until == window.until)
        for (one, next) in zip(slices, slices.dropFirst()) { #expect(one.until == next.from) }
        for slice in slices {
            let inside = times.filter(slice.contains)
            #expect(inside.count <= limit || Set(inside).count == 1, "\(slice)")
        }
    }

    @Test(arguments: 1...60)
    func `divides a window by whole seconds alone where others would be read twice`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        let start = Int64.random(in: -30_000...30_000, using: &random)
        let window = ReadWindow(
            from: Timestamp(milliseconds: start),
            until: Timestamp(milliseconds: start + .random(in: 1...20_000, using: &random))
        )
        let times = (0..<Int.random(in: 0...300, using: &random)).map { _ in
            Timestamp(milliseconds: start + .random(in: -500...20_500, using: &random))
        }
        let limit = Int.random(in: 1...60, using: &random)
        let slices = WindowSlices.slices(of: window, times, ofAtMost: limit, inSeconds: true)
        #expect(slices.first?.from == window.from && slices.last?.until == window.until)
        for (one, next) in zip(slices, slices.dropFirst()) {
            #expect(one.until == next.from)
            #expect(next.from.milliseconds % 1000 == 0)
        }
        for slice in slices {
            let inside = times.filter(slice.contains)
            let seconds = Set(inside.map { (Double($0.milliseconds) / 1000).rounded(.down) })
            #expect(inside.count <= limit || seconds.count == 1, "\(slice)")
        }
    }

    @Test func `has a time from which no whole second can be taken`() {
        let window = ReadWindow(from: Timestamp(milliseconds: .min), until: Timestamp(milliseconds: .max))
        let times = [
            Timestamp(milliseconds: .min), Timestamp(milliseconds: .min + 1), Timestamp(milliseconds: .max - 1),
        ]
        let slices = WindowSlices.slices(of: window, times, ofAtMost: 1, inSeconds: true)
        #expect(slices.first?.from == window.from && slices.last?.until == window.until)
    }
}

@Suite struct DigestStepTests {
    @Test(arguments: 0...40, 0...6)
    func `calls counts equal exactly if they are`(delivered: Int, counted: Int) {
        for possible in 0...3 {
            let step = DigestStep.next(delivered: delivered, possible: possible, counted: counted, pageSize: 10)
            #expect((step == .equal) == (possible == 0 && counted == delivered))
            if step == .split { #expect(delivered > 10 && abs(delivered - counted) < 3) }
        }
    }

    @Test func `splits a large part that is off by one, and lists one that is off by three`() {
        #expect(DigestStep.next(delivered: 3300, possible: 0, counted: 3299, pageSize: 100) == .split)
        #expect(DigestStep.next(delivered: 3300, possible: 0, counted: 3302, pageSize: 100) == .split)
        #expect(DigestStep.next(delivered: 3300, possible: 0, counted: 3297, pageSize: 100) == .list)
        #expect(DigestStep.next(delivered: 90, possible: 0, counted: 89, pageSize: 100) == .list)
    }
}

@Suite struct CallForecastTests {
    @Test func `of a digest is a small part of a full list while all is equal`() {
        let events = Array(repeating: 10_000, count: 100)
        let full = CallForecast.forecast(events: events, level: .full, pageSize: 100, sample: 3000)
        let digest = CallForecast.forecast(events: events, level: .digest, pageSize: 100, sample: 3000)
        #expect(full.least == 10_000)
        #expect(digest.least == 430)
        #expect(CallForecast.forecast(events: events, level: .ledger, pageSize: 100, sample: 1).most == 0)
    }

    @Test(arguments: [(0, 400), (3000, 500), (10_000, 500), (20_000, 600), (2_000_000, 10_000)])
    func `of a sample by id has a request for each window at least`(sample: Int, least: Int) {
        let events = Array(repeating: 10_000, count: 100)
        let digest = CallForecast.forecast(
            events: events,
            level: .digest,
            pageSize: 100,
            sample: sample,
            idsPerRequest: 100
        )
        #expect(digest.least == least)
    }
}

/// Reads lists that move.
@Suite struct WindowWalkTests {
    private static let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1000))

    private static func row(_ number: Int, at milliseconds: Int64 = 5) -> WindowRow {
        let event = VendorEvent(id: "e\(number)", name: "api", timestamp: Timestamp(milliseconds: milliseconds))
        return WindowRow(key: "r\(number)", event: event)
    }

    private static func page(_ numbers: [Int], total: Int, _ next: WindowPage.Next) -> WindowPage {
        WindowPage(rows: numbers.map { row($0) }, total: total, next: next)
    }

    @Test func `believes one page without counting again`() {
        var walk = WindowWalk(Self.window, limit: 100)
        #expect(walk.read(Self.page([1, 2], total: 2, .end)) == .done([Self.row(1), Self.row(2)]))
    }

    @Test func `counts again after several pages, and begins anew if the count moved`() {
        var walk = WindowWalk(Self.window, limit: 100)
        #expect(walk.read(Self.page([1], total: 2, .page("2"))) == .page("2"))
        #expect(walk.read(Self.page([2], total: 2, .end)) == .count)
        #expect(walk.counted(3) == .page(nil))
        #expect(walk.read(Self.page([1, 2], total: 3, .page("2"))) == .page("2"))
        #expect(walk.read(Self.page([3], total: 3, .end)) == .count)
        #expect(walk.counted(3) == .done([Self.row(1), Self.row(2), Self.row(3)]))
    }

    @Test func `takes a row that stands on two pages once, and so finds that another is lost`() {
        var walk = WindowWalk(Self.window, limit: 100)
        _ = walk.read(Self.page([1, 2], total: 4, .page("2")))
        #expect(walk.read(Self.page([2, 3], total: 4, .end)) == .page(nil))
    }

    @Test func `gives a list up that never holds still`() {
        var walk = WindowWalk(Self.window, limit: 100)
        for _ in 0..<2 {
            _ = walk.read(Self.page([1], total: 2, .page("2")))
            #expect(walk.read(Self.page([2], total: 3, .end)) == .page(nil))
        }
        _ = walk.read(Self.page([1], total: 2, .page("2")))
        #expect(walk.read(Self.page([2], total: 3, .end)) == .unstable)
        var short = WindowWalk(ReadWindow(from: Self.window.from, until: Timestamp(milliseconds: 1)), limit: 100)
        for _ in 0..<2 { #expect(short.read(Self.page([1], total: 2, .end)) == .page(nil)) }
        #expect(short.read(Self.page([1], total: 2, .end)) == .unstable)
    }

    @Test func `ends a list of pages without rows`() {
        var walk = WindowWalk(Self.window, limit: 100)
        for _ in 0..<2 { #expect(walk.read(Self.page([], total: 5, .page("x"))) == .page(nil)) }
        #expect(walk.read(Self.page([], total: 5, .page("x"))) == .unstable)
    }

    @Test func `asks for parts where a list has too much`() {
        var walk = WindowWalk(Self.window, limit: 1)
        #expect(walk.read(Self.page([1, 2], total: 2, .end)) == .split)
        var narrow = WindowWalk(Self.window, limit: 10)
        #expect(narrow.read(Self.page([1], total: 1, .narrower)) == .split)
    }

    @Test func `leaves out what lies outside of the window`() {
        var walk = WindowWalk(Self.window, limit: 10)
        let rows = [Self.row(1, at: 999), Self.row(2, at: 1000), Self.row(3, at: -1)]
        #expect(walk.read(WindowPage(rows: rows, total: 3, next: .end)) == .done([rows[0]]))
    }
}
