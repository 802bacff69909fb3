/// The rows that a query finds, upward in its order: a range of a list that is there, or what was collected from one.
struct Search {
    /// The matching rows: a range of one ordered list, or gathered from several.
    private enum Rows {
        case range(OrderedRows, Range<Int>)
        case gathered([OrderedRows.Element])
    }

    private let ledger: Ledger
    private let rows: Rows
    private let examined: Int

    fileprivate init(_ ledger: Ledger, range: Range<Int>, of list: OrderedRows) {
        self.ledger = ledger
        rows = .range(list, range)
        examined = 0
    }

    fileprivate init(_ ledger: Ledger, gathered: [OrderedRows.Element], examined: Int) {
        self.ledger = ledger
        rows = .gathered(gathered)
        self.examined = examined
    }

    var total: Int {
        switch rows {
        case .range(_, let range): range.count
        case .gathered(let elements): elements.count
        }
    }

    func forEach(_ body: (RowTable.Row) -> Void) {
        switch rows {
        case .range(let list, let range):
            list.forEach(in: range, downward: false) { element in
                body(ledger.table[element.row])
                return true
            }
        case .gathered(let elements): for element in elements { body(ledger.table[element.row]) }
        }
    }

    /// One page of the matching rows.
    func page(_ page: BookPage) -> Books.Found {
        let skipped = min(page.skipped, total)
        let size = min(page.size, total - skipped)
        let elements: [OrderedRows.Element]
        switch page.direction {
        case .downward:
            elements = self.elements((total - skipped - size)..<(total - skipped)).reversed()
        case .upward: elements = self.elements(skipped..<(skipped + size))
        case .upwardButTies: elements = withTiesReversed(skipped..<(skipped + size))
        }
        let items = elements.compactMap { ledger.listed(Int($0.row)) }
        return Books.Found(items: items, total: total, examined: examined + elements.count)
    }

    private subscript(index: Int) -> OrderedRows.Element {
        switch rows {
        case .range(let list, let range): list[range.lowerBound + index]
        case .gathered(let elements): elements[index]
        }
    }

    private func elements(_ wanted: Range<Int>) -> [OrderedRows.Element] {
        switch rows {
        case .range(let list, let range):
            var found: [OrderedRows.Element] = []
            found.reserveCapacity(wanted.count)
            let start = range.lowerBound
            list.forEach(in: (start + wanted.lowerBound)..<(start + wanted.upperBound), downward: false) { element in
                found.append(element)
                return true
            }
            return found
        case .gathered(let elements): return Array(elements[wanted])
        }
    }

    /// Those at the wanted places once each group of one key is turned round.
    private func withTiesReversed(_ wanted: Range<Int>) -> [OrderedRows.Element] {
        guard !wanted.isEmpty else { return [] }
        var first = wanted.lowerBound
        var end = wanted.upperBound
        while first > 0, self[first - 1].key == self[first].key { first -= 1 }
        while end < total, self[end].key == self[end - 1].key { end += 1 }
        var turned: [OrderedRows.Element] = []
        var group: [OrderedRows.Element] = []
        for element in elements(first..<end) {
            if let last = group.last, last.key != element.key {
                turned += group.reversed()
                group = []
            }
            group.append(element)
        }
        turned += group.reversed()
        return Array(turned[(wanted.lowerBound - first)..<(wanted.upperBound - first)])
    }
}

extension Ledger {
    /// A row by its number, if it is listed.
    func listed(_ row: Int) -> Books.Listed? {
        guard (0..<table.count).contains(row), table[Int32(row)].isListed else { return nil }
        return Books.Listed(row: Int32(row), self)
    }

    /// Chooses the shortest list that contains all matching rows, then filters it.
    func search(_ query: BookQuery) -> Search {
        let names = query.names.compactMap(table.names.number)
        let customers = query.customers.compactMap(table.customers.number)
        // Nobody has heard of what was asked for.
        if names.isEmpty != query.names.isEmpty || customers.isEmpty != query.customers.isEmpty {
            return Search(self, gathered: [], examined: 0)
        }
        let usesArrival = query.order == .arrival
        let lists = usesArrival && !query.hasWindow ? byArrival : byTime
        let isOrdered = usesArrival == (lists.order == .arrivalThenIDDownward)
        let groups = query.keys.map { Set($0.flatMap(postings.rows)) }
        let takes = { (element: OrderedRows.Element) in
            let row = table[element.row]
            guard names.isEmpty || names.contains(row.name), customers.isEmpty || customers.contains(row.customer),
                groups.allSatisfy({ $0.contains(element.row) })
            else { return false }
            guard let takes = query.takes else { return true }
            return listed(Int(element.row)).map(takes) ?? false
        }
        var elements: [OrderedRows.Element] = []
        let candidates: Int
        if let rows = groups.min(by: { $0.count < $1.count }) {
            candidates = rows.count
            elements = rows.filter { table[$0].isListed }.map { lists.order.element($0, table) }
                .filter { isInWindow($0, query) && takes($0) }
                .sorted { lists.order.precedes($0, $1, table) }
        } else {
            let (list, range, answersNames, answersCustomers) = smallest(names, customers, lists, query)
            let isAnswered = (names.isEmpty || answersNames) && (customers.isEmpty || answersCustomers)
            if isAnswered, isOrdered, query.takes == nil { return Search(self, range: range, of: list) }
            candidates = range.count
            list.forEach(in: range, downward: false) { element in
                if takes(element) { elements.append(element) }
                return true
            }
        }
        if !isOrdered {
            elements = elements.map { byArrival.order.element($0.row, table) }
                .sorted { byArrival.order.precedes($0, $1, table) }
        }
        return Search(self, gathered: elements, examined: candidates)
    }

    /// Of the lists that hold all that the query wants, the one with the fewest rows in the window.
    private func smallest(_ names: [Int32], _ customers: [Int32], _ lists: RowLists, _ query: BookQuery)
        -> (list: OrderedRows, range: Range<Int>, answersNames: Bool, answersCustomers: Bool)
    {
        var options = [(lists.all, false, false)]
        if names.count == 1 { options.append((lists.named(names[0]), true, false)) }
        if customers.count == 1 { options.append((lists.ofCustomer(customers[0]), false, true)) }
        let ranges = options.map { range(of: $0.0, lists, query) }
        let best = ranges.indices.min { left, right in
            // Of equal ones the list that answers more.
            (ranges[left].count, -left) < (ranges[right].count, -right)
        }
        guard let best else { preconditionFailure("there is a list of all rows") }
        return (options[best].0, ranges[best], options[best].1, options[best].2)
    }

    /// The part of an ordered list inside the window, by binary search.
    private func range(of list: OrderedRows, _ lists: RowLists, _ query: BookQuery) -> Range<Int> {
        guard query.hasWindow else { return 0..<list.count }
        var start = 0
        var end = list.count
        if let from = query.from { start = list.count { $0.key < from } }
        if let through = query.through { end = list.count { $0.key <= through } }
        if let above = query.above { start = max(start, list.count { !lists.order.follows($0, above, table) }) }
        if let below = query.below { end = min(end, list.count { lists.order.precedes($0, below, table) }) }
        return start..<max(start, end)
    }

    private func isInWindow(_ element: OrderedRows.Element, _ query: BookQuery) -> Bool {
        guard query.hasWindow else { return true }
        let time = OrderedRows.Element(key: table[element.row].time, row: element.row)
        return (query.from.map { $0 <= time.key } ?? true) && (query.through.map { time.key <= $0 } ?? true)
            && (query.below.map { byTime.order.precedes(time, $0, table) } ?? true)
            && (query.above.map { byTime.order.follows(time, $0, table) } ?? true)
    }

    /// Each name that is listed.
    var names: [Books.Name] {
        table.names.all.indices.compactMap { number in
            let list = byTime.named(Int32(number))
            guard list.count > 0 else { return nil }
            let name = table.names.all[number]
            return Books.Name(name: name, count: list.count, first: list[0].key, last: list[list.count - 1].key)
        }
    }

    /// Each name that is listed among the rows of some customers.
    func names(ofCustomers customers: [String]) -> [Books.Name] {
        var query = BookQuery()
        query.customers = customers
        var found: [Int32: Books.Name] = [:]
        search(query).forEach { row in
            let text = table.names.all[Int(row.name)]
            var name = found[row.name] ?? Books.Name(name: text, first: row.time, last: row.time)
            name.count += 1
            (name.first, name.last) = (min(name.first, row.time), max(name.last, row.time))
            found[row.name] = name
        }
        return Array(found.values)
    }
}
