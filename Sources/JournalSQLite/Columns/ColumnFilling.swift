import Events
import GRDB
import Journal
import JournalFormat

/// Makes segments from the journal: of an older version's data, after a restart, or in the place of a damaged one.
struct ColumnFilling: Sendable {
    let pool: DatabasePool
    let reader: JournalReader

    /// The first segment of a gap.
    /// - Returns: nil if the journal has closed.
    func segment(
        of gap: ClosedRange<Int64>,
        unit: Int,
        key: SipHash,
        _ keyCheck: UInt64
    ) throws -> ColumnSegment? {
        // One piece a read, so that no snapshot of the database is held for long.
        try pool.read { db in
            var made: ColumnSegment?
            try Self.forEachSegment(of: gap, unit: unit, key: key, keyCheck, reader, in: db) { segment in
                made = segment
                return false
            }
            return made
        }
    }

    /// Makes the segments of a gap, one after the other, each of at least `unit` events but for the last. They end where chunks
    /// end.
    /// - Parameter body: returns whether the next one is wanted.
    static func forEachSegment(
        of gap: ClosedRange<Int64>,
        unit: Int,
        key: SipHash,
        _ keyCheck: UInt64,
        _ reader: JournalReader,
        in db: Database,
        _ body: (ColumnSegment) throws -> Bool
    ) throws {
        let names = reader.names.current
        var builder = ColumnBuilder(first: gap.lowerBound, key: key)
        let rows = try JournalReader.rows(from: gap.lowerBound, in: db)
        while let row = try rows.next().map(ChunkRow.init), row.first <= gap.upperBound {
            guard row.last >= gap.lowerBound else { continue }
            if builder.count >= unit {
                guard try body(ColumnSegment(image: builder.encoded(keyCheck: keyCheck), keyCheck: keyCheck)) else {
                    return
                }
                builder = ColumnBuilder(first: builder.next, key: key)
            }
            switch try row.keys(names: names) {
            case .success(let keys): builder.add(keys, tenants: names.tenantNumbers)
            case .failure(let fault):
                reader.damage.note(fault, in: row)
                builder.cover(through: row.last)
            }
        }
        builder.cover(through: gap.upperBound)
        _ = try body(ColumnSegment(image: builder.encoded(keyCheck: keyCheck), keyCheck: keyCheck))
    }
}
