/// The rows that have a value, for values that few rows have: ids, for one.
struct Postings: Sendable {
    private struct Head: Sendable {
        var last: Int32
        var count: Int32
    }

    /// A row, and the previous one with the same key.
    private struct Link: Sendable {
        let row: Int32
        /// The place of the link before; -1 for none.
        let previous: Int32
    }

    private var heads: [SearchKey: Head] = [:]
    private var links: [Link] = []

    /// - Returns: how many rows have the key now.
    @discardableResult
    mutating func add(_ key: SearchKey, row: Int32) -> Int {
        let place = Int32(links.count)
        let head = heads[key]
        links.append(Link(row: row, previous: head?.last ?? -1))
        let count = (head?.count ?? 0) + 1
        heads[key] = Head(last: place, count: count)
        return Int(count)
    }

    /// The newest first.
    func rows(_ key: SearchKey) -> [Int32] {
        var rows: [Int32] = []
        _ = first(key) { row in
            rows.append(row)
            return false
        }
        return rows
    }

    /// The newest row for which the predicate holds.
    func first(_ key: SearchKey, where holds: (Int32) -> Bool) -> Int32? {
        var place = heads[key]?.last ?? -1
        while place >= 0 {
            let link = links[Int(place)]
            if holds(link.row) { return link.row }
            place = link.previous
        }
        return nil
    }
}
