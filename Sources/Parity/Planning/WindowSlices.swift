package import Events

/// Cuts a window into parts of which each has so few events that one page holds them.
package enum WindowSlices {
    /// - Parameters:
    ///   - times: of the events that are expected, in any order.
    ///   - limit: the most events of a part, unless more have one timestamp.
    package static func slices(of window: ReadWindow, _ times: [Timestamp], ofAtMost limit: Int) -> [ReadWindow] {
        precondition(limit > 0, "a part of no events never ends")
        let sorted = times.filter(window.contains).sorted()
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
}
