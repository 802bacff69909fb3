/// Everything that reached a vendor, with the numbers by which it is found.
struct RowTable: Sendable {
    /// One received event with its numbers for name and customer.
    struct Row: Sendable {
        let entry: Books.Entry
        let time: Int
        let name: Int32
        let customer: Int32
        let amountProperty: Int32
        let amount: Double
        let merge: Books.Merge
        /// It came from a client; a vendor that stores an event twice made the other itself.
        let isReceived: Bool
        var isBilled = false
        var isListed = false
        /// Whether another row has its id, or had.
        var sharesID = false
    }

    /// Texts that many rows share, by number.
    struct Texts: Sendable {
        private var numbers: [[UInt8]: Int32] = [:]
        private(set) var all: [String] = []

        /// The number of a text that occurred; nil if it never did.
        func number(_ text: String) -> Int32? { numbers[Array(text.utf8)] }

        /// The number of a text, assigned at its first occurrence.
        mutating func add(_ text: String) -> Int32 {
            let bytes = Array(text.utf8)
            if let number = numbers[bytes] { return number }
            let number = Int32(all.count)
            numbers[bytes] = number
            all.append(text)
            return number
        }
    }

    private(set) var names = Texts()
    private(set) var customers = Texts()
    private(set) var properties = Texts()
    private var rows: [Row] = []

    var count: Int { rows.count }

    subscript(row: Int32) -> Row {
        get { rows[Int(row)] }
        _modify { yield &rows[Int(row)] }
    }

    /// In the order of arrival.
    func entries(where takes: (Row) -> Bool) -> [Books.Entry] {
        rows.lazy.filter(takes).map(\.entry)
    }

    /// - Parameters:
    ///   - event: the arrival's, or the outcome of it.
    ///   - container: the member that holds its properties.
    mutating func add(_ arrival: Books.Arrival, _ event: SandboxJSON, in container: String, isReceived: Bool) -> Int32 {
        let amount = arrival.isSummed ? event[container]?.firstAmount : nil
        let row = Row(
            entry: Books.Entry(id: arrival.id, at: arrival.at, event: event),
            time: arrival.time,
            name: names.add(arrival.name),
            customer: customers.add(arrival.customer),
            amountProperty: amount.map { properties.add($0.property) } ?? -1,
            amount: amount?.value ?? 0,
            // What a vendor stored twice stays twice.
            merge: isReceived ? arrival.merge : .never,
            isReceived: isReceived
        )
        rows.append(row)
        return Int32(rows.count - 1)
    }

    /// Whether two rows become one in a merge.
    func merges(_ one: Int32, with other: Int32) -> Bool {
        let (left, right) = (self[one], self[other])
        guard left.time == right.time, Array(left.entry.id.utf8) == Array(right.entry.id.utf8) else { return false }
        switch (left.merge, right.merge) {
        case (.byTimeAndID, .byTimeAndID): return true
        case (.byNameCustomerTimeAndID, .byNameCustomerTimeAndID):
            return left.name == right.name && left.customer == right.customer
        default: return false
        }
    }
}

extension SandboxJSON {
    /// A number, also as text.
    var amount: Double? { (number ?? string).flatMap { Double($0) }.flatMap { $0.isFinite ? $0 : nil } }

    fileprivate var firstAmount: (property: String, value: Double)? {
        for member in members ?? [] {
            if let value = member.value.amount { return (member.name, value) }
        }
        return nil
    }
}
