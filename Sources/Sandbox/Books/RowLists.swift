/// The rows that are listed, in one order: all of them, those of each name, and those of each customer.
struct RowLists: Sendable {
    /// What rows are ordered by, upward.
    enum Order: Sendable {
        /// By time; of equal times the one that came first leads.
        case timeThenRow
        /// By time, then by id, upward or downward.
        case timeThenID
        case timeThenIDDownward
        /// By arrival in milliseconds, then by id downward.
        case arrivalThenIDDownward
    }

    let order: Order
    private(set) var all = OrderedRows()
    private var named: [OrderedRows] = []
    private var ofCustomer: [OrderedRows] = []

    init(order: Order) { self.order = order }

    func named(_ name: Int32) -> OrderedRows {
        named.indices.contains(Int(name)) ? named[Int(name)] : OrderedRows()
    }

    func ofCustomer(_ customer: Int32) -> OrderedRows {
        ofCustomer.indices.contains(Int(customer)) ? ofCustomer[Int(customer)] : OrderedRows()
    }

    mutating func insert(_ row: Int32, _ table: RowTable) {
        let element = order.element(row, table)
        let precedes = { [order] (other: OrderedRows.Element) in order.precedes(other, element, table) }
        let (name, customer) = (Int(table[row].name), Int(table[row].customer))
        while named.count <= name { named.append(OrderedRows()) }
        while ofCustomer.count <= customer { ofCustomer.append(OrderedRows()) }
        all.insert(element, after: precedes)
        named[name].insert(element, after: precedes)
        ofCustomer[customer].insert(element, after: precedes)
    }

    mutating func remove(_ row: Int32, _ table: RowTable) {
        let element = order.element(row, table)
        let precedes = { [order] (other: OrderedRows.Element) in order.precedes(other, element, table) }
        all.remove(row, after: precedes)
        named[Int(table[row].name)].remove(row, after: precedes)
        ofCustomer[Int(table[row].customer)].remove(row, after: precedes)
    }
}

extension RowLists.Order {
    func element(_ row: Int32, _ table: RowTable) -> OrderedRows.Element {
        switch self {
        case .timeThenRow, .timeThenID, .timeThenIDDownward: .init(key: table[row].time, row: row)
        case .arrivalThenIDDownward: .init(key: SandboxTime.milliseconds(table[row].entry.at), row: row)
        }
    }

    func precedes(_ left: OrderedRows.Element, _ right: OrderedRows.Element, _ table: RowTable) -> Bool {
        guard left.key == right.key else { return left.key < right.key }
        let (one, other) = (table[left.row].entry.id, table[right.row].entry.id)
        switch self {
        case .timeThenRow: break
        case .timeThenID where one != other: return Self.isSmaller(one, other)
        case .timeThenIDDownward where one != other, .arrivalThenIDDownward where one != other:
            return Self.isSmaller(other, one)
        case .timeThenID, .timeThenIDDownward, .arrivalThenIDDownward: break
        }
        return left.row < right.row
    }

    /// Whether an element stands before a position in the order of times and ids.
    func precedes(_ element: OrderedRows.Element, _ position: BookQuery.Position, _ table: RowTable) -> Bool {
        guard element.key == position.time else { return element.key < position.time }
        return Self.isSmaller(table[element.row].entry.id, position.id)
    }

    /// Whether an element stands after a position in the order of times and ids.
    func follows(_ element: OrderedRows.Element, _ position: BookQuery.Position, _ table: RowTable) -> Bool {
        guard element.key == position.time else { return element.key > position.time }
        return Self.isSmaller(position.id, table[element.row].entry.id)
    }

    /// Byte for byte, as databases compare.
    private static func isSmaller(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }
}
