/// Which event is below which, by the names that they call each other.
///
/// What has no way up to an event without a parent is in no list, until that parent comes.
struct Families: Sendable {
    private var parents: [Int32: Int32] = [:]
    private var children: [Int32: Int] = [:]
    /// Rows whose parent has not come, by what they call it.
    private var waiting: [String: [Int32]] = [:]

    var isAnyWaiting: Bool { !waiting.isEmpty }

    /// A row whose parent is not listed waits for it.
    mutating func wait(_ row: Int32, for parent: String) {
        waiting[parent, default: []].append(row)
    }

    /// Records the parent of a row.
    mutating func put(_ row: Int32, below parent: Int32) {
        parents[row] = parent
        children[parent, default: 0] += 1
    }

    /// Takes the rows that wait for one that is called so.
    mutating func takeWaiting(for name: String) -> [Int32] {
        waiting.removeValue(forKey: name) ?? []
    }

    func parent(of row: Int32) -> Int32? { parents[row] }

    func children(of row: Int32) -> Int { children[row] ?? 0 }

    /// The parent, the parent's parent, and so on.
    func ancestors(of row: Int32) -> [Int32] {
        var found: [Int32] = []
        // No ring: a row is put below one that is listed already.
        while let parent = parents[found.last ?? row] { found.append(parent) }
        return found
    }
}
