import Events

/// The spans of time in which the events of one amount occurred: the period, and where else there are events on its bill.
///
/// A vendor that bills by receipt has events of any age on the bill. It is asked for these spans, so that one very old event costs a
/// request, and not the list of everything that has occurred since.
struct SearchedTimes: Equatable {
    /// Ascending, and apart from each other. One has the whole period.
    private(set) var windows: [ReadWindow]

    /// Beyond these, the two that are nearest to each other are made one.
    static let most = 16
    /// A request costs more than the few events of so short a gap.
    static let smallestGap = Duration.seconds(3600)

    init(_ period: ReadWindow) {
        windows = [period]
    }

    /// Whether an event of this time is in one of the spans.
    func contains(_ time: Timestamp) -> Bool { windows.contains { $0.contains(time) } }

    /// Takes in the time of an event, with the whole second around it: some vendors cut times to seconds.
    mutating func add(_ time: Timestamp) {
        guard !contains(time) else { return }
        let past = time.milliseconds % 1000
        let start = time + .milliseconds(past < 0 ? -1000 - past : -past)
        let index = windows.firstIndex { time < $0.from } ?? windows.endIndex
        windows.insert(ReadWindow(from: start, until: start + .seconds(1)), at: index)
        if index + 1 < windows.endIndex, gap(before: index + 1) < Self.smallestGap { join(index + 1) }
        if index > 0, gap(before: index) < Self.smallestGap { join(index) }
        guard windows.count > Self.most,
            let narrowest = windows.indices.dropFirst().min(by: { gap(before: $0) < gap(before: $1) })
        else { return }
        join(narrowest)
    }

    private func gap(before index: Int) -> Duration { windows[index].from - windows[index - 1].until }

    /// Makes a span and the one before it one.
    private mutating func join(_ index: Int) {
        let (first, second) = (windows[index - 1], windows[index])
        windows[index - 1] = ReadWindow(from: min(first.from, second.from), until: max(first.until, second.until))
        windows.remove(at: index)
    }
}
