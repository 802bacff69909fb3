package import Events

/// How often names occur, and when: those of a page, in the order of their bytes.
package struct NameCounts: Sendable {
    private var summaries: [[UInt8]: EventNameSummary] = [:]
    private let after: [UInt8]?
    private let limit: Int
    /// Names after it are not of this page.
    private var last: [UInt8]?

    /// - Parameters:
    ///   - after: the page begins after this name; at the first one if nil.
    ///   - limit: maximum number of names.
    package init(after: String?, limit: Int) {
        precondition(limit > 0, "a page of nothing never ends")
        self.after = after.map { Array($0.utf8) }
        self.limit = limit
    }

    /// Adds events with one name, of which the first and the last timestamp are given in milliseconds.
    package mutating func add(_ name: [UInt8], count: Int, from first: Int64, to last: Int64) {
        if let after, !after.lexicographicallyPrecedes(name) { return }
        if let end = self.last, end.lexicographicallyPrecedes(name) { return }
        let known = summaries[name]
        let (first, last) = (Timestamp(milliseconds: first), Timestamp(milliseconds: last))
        summaries[name] = EventNameSummary(
            name: known?.name ?? String(decoding: name, as: UTF8.self),
            count: (known?.count ?? 0) + count,
            firstSeen: min(known?.firstSeen ?? first, first),
            lastSeen: max(known?.lastSeen ?? last, last)
        )
        // Seldom, so that the sorting does not count.
        if summaries.count / 2 > limit + 64 { shorten() }
    }

    /// The names of the page.
    package var page: EventNamePage {
        let sorted = summaries.sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value)
        return EventNamePage(names: Array(sorted.prefix(limit)), hasMore: sorted.count > limit)
    }

    /// Forgets names that are certainly after the page; one is kept to tell that there are more.
    private mutating func shorten() {
        let kept = summaries.keys.sorted { $0.lexicographicallyPrecedes($1) }.prefix(limit + 1)
        last = kept.last
        summaries = summaries.filter { name, _ in kept.last.map { !$0.lexicographicallyPrecedes(name) } ?? true }
    }
}
