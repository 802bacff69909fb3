/// Rows of a segment, ascending.
struct RowSelection {
    /// All that there are; or the chosen ones.
    private enum Rows {
        case all(Int)
        case some([UInt32])
    }

    private var rows: Rows

    static var none: Self { Self(rows: .some([])) }

    static func all(_ count: Int) -> Self { Self(rows: .all(count)) }

    var count: Int {
        switch rows {
        case .all(let count): count
        case .some(let rows): rows.count
        }
    }

    @inline(__always)
    func forEach(backwards: Bool = false, _ body: (Int) -> Void) {
        switch rows {
        case .all(let count): for row in 0..<count { body(backwards ? count - 1 - row : row) }
        case .some(let rows):
            for index in rows.indices { body(Int(rows[backwards ? rows.count - 1 - index : index])) }
        }
    }

    /// Keeps those that pass.
    @inline(__always)
    mutating func keep(where test: (Int) -> Bool) {
        let old = rows
        rows = .some(
            [UInt32](unsafeUninitializedCapacity: count) { memory, kept in
                // Written always and counted if it passes: which one it is, no processor could guess.
                switch old {
                case .all(let count):
                    for row in 0..<count {
                        memory[kept] = UInt32(truncatingIfNeeded: row)
                        kept &+= test(row) ? 1 : 0
                    }
                case .some(let rows):
                    for row in rows {
                        memory[kept] = row
                        kept &+= test(Int(row)) ? 1 : 0
                    }
                }
            }
        )
    }
}
