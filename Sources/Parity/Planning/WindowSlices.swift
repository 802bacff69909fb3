package import Events

/// Cuts a window into parts of which each has so few events that one page holds them.
package enum WindowSlices {
    /// - Parameters:
    ///   - times: of the events that are expected, in any order.
    ///   - limit: maximum number of events of a part, unless more have one timestamp.
    ///   - inSeconds: whether only whole seconds divide the window: a part that began within a second would be read with all of it.
    package static func slices(
        of window: ReadWindow,
        _ times: [Timestamp],
        ofAtMost limit: Int,
        inSeconds: Bool = false
    ) -> [ReadWindow] {
        precondition(limit > 0, "a part of no events never ends")
        let inside = times.filter(window.contains)
        let sorted = (inSeconds ? inside.map { max(window.from, second(of: $0)) } : inside).sorted()
        var slices: [ReadWindow] = []
        var (from, index) = (window.from, 0)
        while index + limit < sorted.count {
            var end = index + limit
            // All events of one time go together.
            while end > index, sorted[end - 1] == sorted[end] { end -= 1 }
            if end == index {
                end = index + limit
                while end < sorted.count, sorted[end] == sorted[index] { end += 1 }
                guard end < sorted.count else { break }
            }
            let until = sorted[end]
            if until > from {
                slices.append(ReadWindow(from: from, until: until))
                from = until
            }
            index = end
        }
        slices.append(ReadWindow(from: from, until: window.until))
        return slices
    }

    private static func second(of timestamp: Timestamp) -> Timestamp {
        let (milliseconds, rest) = (timestamp.milliseconds, timestamp.milliseconds % 1000)
        let (start, overflows) = milliseconds.subtractingReportingOverflow(rest < 0 ? rest + 1000 : rest)
        return overflows ? timestamp : Timestamp(milliseconds: start)
    }
}
