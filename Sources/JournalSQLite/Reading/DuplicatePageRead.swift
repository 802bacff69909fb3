import Events
import GRDB
import Journal
import JournalFormat

/// Reads a page of the deliveries that the vendor had at the first attempt already, with a row or in a run.
struct DuplicatePageRead: SlicedRead {
    private let filter: DeliveryFilter
    private let limit: Int
    private let limitBytes: Int
    private let reader: JournalReader
    private let names: NameTable
    /// The page is after this delivery.
    private let after: DeliveryRow.Position
    /// The next span begins here, or later.
    private var next: Int64
    private var found: [ArchivedDelivery] = []
    private var bytes = 0
    private var end: DeliveryCursor?
    private(set) var isDone = false

    init(
        filter: DeliveryFilter,
        after: DeliveryRow.Position,
        limit: Int,
        limitBytes: Int,
        reader: JournalReader,
        names: NameTable
    ) {
        self.filter = filter
        self.limit = limit
        self.limitBytes = limitBytes
        self.reader = reader
        self.names = names
        self.after = after
        next = after.sequence - after.sequence % Schema.runSpan
    }

    /// What was found.
    var page: DeliveryPage { DeliveryPage(deliveries: found, next: end) }

    /// Looks at one span of the journal.
    mutating func step(in db: Database) throws {
        guard let span = try nextSpan(in: db) else { return isDone = true }
        next = span.upperBound + 1
        let sequences = try duplicates(in: span, in: db).filter { $0 >= after.sequence }
        guard let first = sequences.first, let last = sequences.last else { return }
        var deliveries = DeliveryAssembly(db: db, names: names)
        try deliveries.load(first...last)
        var rest = sequences[...]
        while !rest.isEmpty {
            // A few at a time, since the page may be full with the first of them.
            let some = Array(rest.prefix(256))
            rest = rest.dropFirst(some.count)
            let events = try reader.chosenEvents(at: some, limitBytes: .max, in: db) ?? [:]
            for sequence in some {
                guard let event = events[sequence] else { continue }
                guard add(event, at: sequence, try deliveries.all(of: event, at: sequence)) else {
                    return isDone = true
                }
            }
        }
    }

    /// The next span that has such deliveries.
    private func nextSpan(in db: Database) throws -> ClosedRange<Int64>? {
        let run = try Int64.fetchOne(
            db.cachedStatement(sql: "SELECT min(first) FROM delivered WHERE deduplicated AND first >= ?"),
            arguments: [next]
        )
        let row = try Int64.fetchOne(
            db.cachedStatement(
                sql: "SELECT min(sequence) FROM attempts WHERE deduplicated AND ordinal = 1 AND sequence >= ?"
            ),
            arguments: [next]
        )
        guard let first = [run, row].compactMap(\.self).min() else { return nil }
        let start = first - first % Schema.runSpan
        return start...(start + Schema.runSpan - 1)
    }

    /// The events that may have such a delivery, ascending.
    private func duplicates(in span: ClosedRange<Int64>, in db: Database) throws -> [Int64] {
        let rows = try Int64.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT DISTINCT sequence FROM attempts
                    WHERE deduplicated AND ordinal = 1 AND sequence BETWEEN ? AND ?
                    """
            ),
            arguments: [span.lowerBound, span.upperBound]
        )
        var found = Set(rows)
        let runs = try SettledRuns(of: span, in: db)
        runs.forEachSequence(in: span, where: { $0.attempt?.deduplicated == true }) { found.insert($0) }
        return found.sorted()
    }

    /// - Returns: false if the page is full without it.
    private mutating func add(_ event: AcceptedEvent, at sequence: Int64, _ deliveries: [Delivery]) -> Bool {
        let own = deliveries.compactMap { delivery -> (number: Int64, account: ProviderName, delivery: Delivery)? in
            guard filter.takes(event, delivery) else { return nil }
            let account = delivery.lane.map { Lane.account(of: $0, at: delivery.provider) } ?? delivery.provider
            return names.providerNumbers[account].map { ($0, account, delivery) }
        }
        for (number, account, delivery) in own.sorted(by: { $0.number < $1.number })
        where (sequence, number) > (after.sequence, after.provider) {
            let size = event.approximateBytes + delivery.approximateBytes
            guard found.count < limit, found.isEmpty || bytes + size <= limitBytes else {
                end = found.last?.cursor
                return false
            }
            let cursor = DeliveryCursor(sequence: SequenceNumber(sequence), provider: account)
            found.append(ArchivedDelivery(cursor: cursor, event: event, delivery: delivery))
            bytes += size
        }
        return true
    }

    // The search index has no part in it.
    mutating func begin(again snapshot: ColumnIndex.Snapshot) {}

    mutating func endEarly() -> Bool {
        // After all that was examined; no delivery has a number as high as this account's.
        guard next > after.sequence, let last = names.providerNumbers.max(by: { $0.value < $1.value })?.key else {
            return false
        }
        end = DeliveryCursor(sequence: SequenceNumber(next - 1), provider: last)
        isDone = true
        return true
    }
}
