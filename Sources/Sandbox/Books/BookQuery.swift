/// What a list asks of the books.
struct BookQuery {
    /// By what the list is ordered.
    enum Order: Sendable {
        case time, arrival
    }

    /// A place in the order of times; of equal times ids are compared.
    struct Position: Equatable {
        let time: Int
        let id: String
    }

    var order = Order.time
    /// Both ends belong to the window.
    var from: Int?
    var through: Int?
    /// Only what stands before or after a position.
    var below: Position?
    var above: Position?
    /// Alternatives; none: any.
    var names: [String] = []
    var customers: [String] = []
    /// One of each group.
    var keys: [[SearchKey]] = []
    /// Whatever else is asked; then each row that is left is examined.
    var takes: ((Books.Listed) -> Bool)?

    var hasWindow: Bool { from != nil || through != nil || below != nil || above != nil }
}

/// Which part of a list is wanted.
struct BookPage {
    /// The direction, and what happens to rows with one time or arrival.
    enum Direction {
        case upward, downward
        /// Upward by time, downward by id.
        case upwardButTies
    }

    var skipped = 0
    var size = Int.max
    var direction = Direction.downward
}

extension Books {
    /// A row that a list shows.
    struct Listed {
        /// Its number in the order of arrival.
        let row: Int32
        let entry: Entry
        /// When it occurred, as the vendor keeps it.
        let time: Int
        private let families: Families
        private let vendorIDs: VendorIDs

        init(row: Int32, _ ledger: Ledger) {
            self.row = row
            entry = ledger.table[row].entry
            time = ledger.table[row].time
            families = ledger.families
            vendorIDs = ledger.vendorIDs
        }

        /// The UUID that the vendor gave it.
        var vendorID: String { vendorIDs.id(of: row) }
        var childCount: Int { families.children(of: row) }
        /// The UUIDs of its parent, the parent's parent, and so on.
        var ancestorIDs: [String] { families.ancestors(of: row).map(vendorIDs.id) }
    }

    /// A part of a list.
    struct Found {
        var items: [Listed] = []
        var total = 0
        /// How many rows were examined for it.
        var examined = 0
    }
}
