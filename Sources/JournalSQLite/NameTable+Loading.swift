import Events
import Foundation
import GRDB
import Journal
import JournalFormat
import Logging

extension NameTable {
    /// The numbers that are on disk.
    /// - Parameter db: of any layout.
    init(loading db: Database, hash: IdentityHash, logger: Logger) throws {
        self.init(hash: hash)
        for row in try Row.fetchAll(db, sql: "SELECT number, name FROM providers") {
            try load(provider: ProviderName(row.value(1) as String), number: Int64(row.nameNumber(0)))
        }
        for row in try Row.fetchAll(db, sql: "SELECT number, tenant, client FROM origins ORDER BY number") {
            let origin = try EventOrigin(
                tenant: TenantID(row.value(1) as String),
                client: ClientName(row.value(2) as String)
            )
            try load(origin: origin, number: row.nameNumber(0))
        }
        for row in try Row.fetchAll(db, sql: "SELECT number, encoded FROM plans") {
            let number = try row.nameNumber(0)
            // The chunks that name a plan that is lost are reported as damaged when they are read.
            guard let plan = try PlanCoding.decode([UInt8](row.value(1) as Data)) else {
                logger.error("a plan of the journal is damaged", metadata: ["plan": "\(number)"])
                continue
            }
            load(plan: plan, number: number)
        }
        guard try db.tableExists("lanes") else { return }
        for lane in try LaneTable.entries(in: db) { load(lane: lane.account) }
    }
}

extension ChunkDamage {
    /// What was found when chunks were read.
    static func all(in db: Database) throws -> [ChunkDamage] {
        try Row.fetchAll(db, sql: "SELECT first, last, reason FROM damage ORDER BY first").map { row in
            try ChunkDamage(
                first: SequenceNumber(row.value(0) as Int64),
                last: SequenceNumber(row.value(1) as Int64),
                reason: row.value(2)
            )
        }
    }
}

/// The ends of a journal.
struct JournalBounds {
    /// The oldest event that is there; one more than ``newest`` if there is none.
    let oldest: Int64
    /// The newest that ever was.
    let newest: Int64

    init(of db: Database) throws {
        let removed = try MetaTable.newestRemoved(in: db)
        guard let oldest = try Int64.fetchOne(db, sql: "SELECT min(first) FROM chunks") else {
            (self.oldest, self.newest) = (removed + 1, removed)
            return
        }
        let newest = try Int64.fetchOne(db, sql: "SELECT first + count - 1 FROM chunks ORDER BY first DESC LIMIT 1")
        // New events would get numbers that others have.
        guard let newest, oldest >= 0, newest >= oldest, newest <= SequenceNumber.largest.rawValue else {
            throw DamagedRow(fault: "the count of the newest chunk is not possible")
        }
        (self.oldest, self.newest) = (oldest, max(removed, newest))
    }
}
