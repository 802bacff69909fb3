import Events
import Journal
import JournalFormat

/// What a filter asks of columns: all that it asks, but for what only the event or its deliveries can tell.
struct ColumnQuery {
    /// Milliseconds since 1970.
    let times: ClosedRange<Int64>
    /// Events that a segment may name and that are not there.
    let hidden: SequenceRanges
    /// If not nil, the filter takes no other events; ascending.
    var candidates: [Int64]?
    private let tenant: UInt32
    private let key: SipHash
    private let wanted: [(column: TextColumn, texts: [[UInt8]])]
    /// Plans that deliver to the provider that is asked for; nil if none is.
    private let plans: Set<UInt32>?

    /// - Returns: nil if no event can pass.
    init?(_ filter: EventFilter, of tenant: TenantID, names: NameTable, key: SipHash, hidden: SequenceRanges) {
        let first = filter.from?.milliseconds ?? .min
        let end = filter.before?.milliseconds ?? .max
        guard let number = names.number(of: tenant), first < end else { return nil }
        self.tenant = number
        self.key = key
        self.hidden = hidden
        times = first...(filter.before == nil ? end : end - 1)
        let texts: [(TextColumn, [String])] = [
            (.customers, filter.customerIDs), (.subscriptions, filter.subscriptionIDs), (.names, filter.names),
            (.sources, filter.sources),
        ]
        wanted = texts.filter { !$0.1.isEmpty }.map { ($0.0, $0.1.map { Array($0.utf8) }) }
        // A lane takes events whatever their plans say.
        plans = filter.provider.flatMap { names.hasLanes(of: $0) ? nil : $0 }.map { provider in
            Set(names.plans.filter { $0.value.plan.destination(at: provider) != nil }.keys)
        }
        if plans?.isEmpty == true { return nil }
    }

    /// Whether names and times are all that the query asks, so that summaries can answer it.
    var asksForNamesAlone: Bool { plans == nil && wanted.allSatisfy { $0.column == .names } }

    /// The rows of a segment that the filter takes.
    /// - Parameter part: a part of the query's ``times``.
    func rows(of columns: OpenSegment, within part: ClosedRange<Int64>) throws -> RowSelection {
        let header = columns.segment.header
        var rows = RowSelection.all(header.count)
        guard header.count > 0, header.times.overlaps(part) else { return .none }
        let candidates = candidates.map { $0.inside(header.range) }
        if candidates?.isEmpty == true { return .none }
        guard let tests = try textTests(in: columns) else { return .none }
        for (column, test) in tests where rows.count > 0 {
            try columns.column(column.numbers).filter(&rows, by: test)
        }
        if rows.count > 0, !part.contains(header.times.lowerBound) || !part.contains(header.times.upperBound) {
            try columns.column(.timestamps).filter(&rows, by: .within(part))
        }
        if rows.count > 0, let plans { try columns.column(.plans).filter(&rows, by: Self.among(plans.map(Int.init))) }
        if rows.count > 0, let candidates {
            let (sequences, candidates) = (try columns.sequences(), Set(candidates))
            rows.keep { candidates.contains(sequences[$0]) }
        }
        if rows.count > 0, hidden.overlaps(header.range) {
            let sequences = try columns.sequences()
            rows.keep { !hidden.contains(sequences[$0]) }
        }
        return rows
    }

    /// The names of a segment that the filter takes, as their numbers and texts.
    func names(in columns: OpenSegment) throws -> [(number: Int, name: ArraySlice<UInt8>)] {
        let texts = wanted.first { $0.column == .names }?.texts
        return try columns.texts(of: .names).enumerated().compactMap { index, entry in
            guard entry.tenant == tenant, texts.map({ $0.contains { $0.elementsEqual(entry.text) } }) ?? true else {
                return nil
            }
            return (index + 1, entry.text)
        }
    }

    /// What the numbers of columns must be; nil if the segment lacks what is asked for.
    private func textTests(in columns: OpenSegment) throws -> [(TextColumn, NumberTest)]? {
        var tests: [(TextColumn, NumberTest)] = []
        for (column, texts) in wanted {
            let numbers = try texts.compactMap { try columns.number(of: $0, tenant: tenant, in: column, key: key) }
            guard let first = numbers.first else { return nil }
            tests.append((column, numbers.count == 1 ? .equals(first) : Self.among(numbers.map(Int.init))))
        }
        // A text's number belongs to one tenant. Without one, the names tell, since every event has one.
        if tests.isEmpty, columns.segment.header.onlyTenant != tenant {
            let own = try names(in: columns).map(\.number)
            guard !own.isEmpty else { return nil }
            tests.append((.names, Self.among(own)))
        }
        return tests
    }

    private static func among(_ numbers: [Int]) -> NumberTest {
        var isAmong = [Bool](repeating: false, count: (numbers.max() ?? 0) + 1)
        for number in numbers { isAmong[number] = true }
        return .among(isAmong)
    }
}

extension [Int64] {
    /// The part of ascending numbers that is in a range.
    func inside(_ range: ClosedRange<Int64>) -> ArraySlice<Int64> {
        self[firstPlace(notBelow: range.lowerBound)..<firstPlace(notBelow: range.upperBound + 1)]
    }

    private func firstPlace(notBelow number: Int64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if self[middle] < number { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
