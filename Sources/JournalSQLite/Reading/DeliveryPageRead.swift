import Events
import GRDB
import Journal
import JournalFormat

/// Reads a page of deliveries that have rows.
struct DeliveryPageRead: SlicedRead {
    private let filter: DeliveryFilter
    private var query: DeliveryQuery
    private let limit: Int
    private let limitBytes: Int
    private let reader: JournalReader
    private let names: NameTable
    private var found: [ArchivedDelivery] = []
    private var bytes = 0
    private var hasMore = false
    private var hasMoved = false
    private(set) var isDone = false

    /// Rows whose events are examined in one step.
    private static let rowsPerStep = 256

    init(
        filter: DeliveryFilter,
        query: DeliveryQuery,
        limit: Int,
        limitBytes: Int,
        reader: JournalReader,
        names: NameTable
    ) {
        self.filter = filter
        self.query = query
        self.limit = limit
        self.limitBytes = limitBytes
        self.reader = reader
        self.names = names
    }

    /// What was found.
    var page: DeliveryPage {
        let next = names.providers[query.after.provider].map { provider in
            DeliveryCursor(sequence: SequenceNumber(query.after.sequence), provider: provider)
        }
        return DeliveryPage(deliveries: found, next: hasMore ? next : nil)
    }

    mutating func step(in db: Database) throws {
        // Where sequence numbers are given, they lead to the rows.
        let end = query.sequences == nil ? try DeliveryRow.position(behind: query.after, in: db) : nil
        let rows = try query.rows(through: end ?? .end, limit: Self.rowsPerStep, in: db)
        for row in rows {
            // What the rows do not say is asked of the events.
            guard try add(row, in: db) else {
                (hasMore, isDone) = (true, true)
                return
            }
            move(to: DeliveryRow.Position(sequence: row.sequence, provider: row.provider))
        }
        guard rows.count < Self.rowsPerStep else { return }
        if let end { move(to: end) } else { isDone = true }
    }

    private mutating func move(to position: DeliveryRow.Position) {
        query.after = position
        hasMoved = true
    }

    /// - Returns: false if the page is full without it.
    private mutating func add(_ row: DeliveryRow, in db: Database) throws -> Bool {
        guard let event = try reader.events(at: [row.sequence], in: db)[row.sequence]?.event,
            let provider = names.providers[row.provider]
        else { return true }
        let lane = names.lanes[row.provider]
        guard let destination = lane?.destination ?? event.plan.destination(at: provider) else { return true }
        let delivery = try DeliveryAssembly(db: db, names: names).delivery(row, to: destination, of: lane?.lane)
        guard filter.takes(event, delivery) else { return true }
        let size = event.approximateBytes + delivery.approximateBytes
        guard found.count < limit, found.isEmpty || bytes + size <= limitBytes else { return false }
        let cursor = DeliveryCursor(sequence: SequenceNumber(row.sequence), provider: provider)
        found.append(ArchivedDelivery(cursor: cursor, event: event, delivery: delivery))
        bytes += size
        return true
    }

    // The search index has no part in it.
    mutating func begin(again snapshot: ColumnIndex.Snapshot) {}

    mutating func endEarly() -> Bool {
        guard hasMoved else { return false }
        (hasMore, isDone) = (true, true)
        return true
    }
}
