package import Events

/// How many events there are at what time, in so many parts that memory does not grow with the span.
package struct TimeHistogram: Sendable {
    package let span: ReadWindow
    private let width: Int64
    private var counts: [Int32]

    private static let mostParts: Int64 = 32_768

    /// Divides a span into equal parts, at most 32,768 of them, so that memory is bounded however long it is.
    package init(_ span: ReadWindow) {
        self.span = span
        width = max(1, (span.milliseconds + Self.mostParts - 1) / Self.mostParts)
        counts = Array(repeating: 0, count: Int((span.milliseconds + width - 1) / width))
    }

    /// Counts an event; one outside of the span is none.
    package mutating func add(_ timestamp: Timestamp) {
        guard span.contains(timestamp) else { return }
        let part = Int((timestamp.milliseconds - span.from.milliseconds) / width)
        if counts[part] < .max { counts[part] += 1 }
    }

    /// Windows without gaps over the whole span, each with at most so many events, or as short as the parts are.
    package func windows(ofAtMost limit: Int) -> [ReadWindow] {
        precondition(limit > 0, "a window of no events never ends")
        var windows: [ReadWindow] = []
        var (start, events) = (0, 0)
        for (part, count) in counts.enumerated() {
            if part > start, events + Int(count) > limit {
                windows.append(window(start, part))
                (start, events) = (part, 0)
            }
            events += Int(count)
        }
        windows.append(window(start, counts.count))
        return windows
    }

    private func window(_ first: Int, _ end: Int) -> ReadWindow {
        ReadWindow(
            from: span.from + .milliseconds(Int64(first) * width),
            until: min(span.until, span.from + .milliseconds(Int64(end) * width))
        )
    }
}
