package import Events

/// Reads a vendor's list of a window so that no row is lost or counted twice while the list moves: page after page, then the count again;
/// from the start if it moved.
package struct WindowWalk: Sendable {
    /// What to do next.
    package enum Step: Sendable, Equatable {
        /// Ask for the page after this cursor; nil: the first one.
        case page(String?)
        /// Count the window again.
        case count
        case done([WindowRow])
        /// Read parts of the window instead.
        case split
        /// The list did not hold still.
        case unstable
    }

    private let window: ReadWindow
    private let limit: Int
    private var rows: [WindowRow] = []
    private var keys: Set<ExactText> = []
    private var total: Int?
    private var pages = 0
    private var attempt = 1

    private static let mostAttempts = 3

    /// - Parameter limit: maximum number of rows; a window that has more is read in parts.
    package init(_ window: ReadWindow, limit: Int) {
        self.window = window
        self.limit = limit
    }

    /// A page has come.
    package mutating func read(_ page: WindowPage) -> Step {
        if page.total > limit || page.next == .narrower { return .split }
        if let total, total != page.total { return restarted() }
        total = page.total
        pages += 1
        for row in page.rows {
            if let key = row.key, !keys.insert(key.exact).inserted { continue }
            rows.append(row)
        }
        if rows.count > limit { return .split }
        switch page.next {
        // A list that shows nothing and has a next page never ends.
        case .page(let cursor): return page.rows.isEmpty ? restarted() : .page(cursor)
        case .narrower: return .split
        case .end:
            guard rows.count == page.total else { return restarted() }
            // One page is of one moment.
            return pages == 1 ? finished() : .count
        }
    }

    /// The window was counted again.
    package mutating func counted(_ count: Int) -> Step { count == total ? finished() : restarted() }

    private func finished() -> Step { .done(rows.filter { window.contains($0.event.timestamp) }) }

    private mutating func restarted() -> Step {
        guard attempt < Self.mostAttempts else { return window.halves == nil || pages < 2 ? .unstable : .split }
        attempt += 1
        (rows, keys, total, pages) = ([], [], nil, 0)
        return .page(nil)
    }
}
