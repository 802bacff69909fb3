/// Which tables keep identities, as this node knows them.
///
/// New identities go to the open part only, or to two while the older one is about to be closed. A closed part never changes again.
struct IdentityParts: Sendable, Equatable {
    /// The parts that take new identities, ascending.
    private(set) var open: [Int32] = []
    /// The closed ones, ascending.
    private(set) var closed: [Int32] = []
    /// Those among the closed ones that have a filter.
    private(set) var filtered: Set<Int32> = []

    init() {}

    /// - Parameter rows: of ``Statement/readIdentityParts``.
    init(_ rows: Rows) {
        for row in rows {
            let number = Int32(clamping: row.integer(0))
            if row.text(1) == "closed" { closed.append(number) } else { open.append(number) }
            if row.bool(2) { filtered.insert(number) }
        }
    }

    var all: [Int32] { closed + open }
}
