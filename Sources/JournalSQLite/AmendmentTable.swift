import Events
import Foundation
import GRDB

/// The settings that took the place of those that events were accepted with. Each is kept as a plan of one destination.
enum AmendmentTable {
    /// Where a delivery is amended again before its next attempt, the newest settings hold.
    static func insert(_ amendment: DeliveryAmendment, sequence: Int64, provider: Int64, in db: Database) throws {
        let plan = Plan(route: nil, destinations: [amendment.destination])
        try db.cachedStatement(
            sql:
                "INSERT OR REPLACE INTO amendments(sequence, provider, \(DeliveryAmendment.columns)) VALUES(?, ?, ?, ?, ?, ?)"
        ).execute(
            arguments: [
                sequence, provider, amendment.at.milliseconds, amendment.by.rawValue, amendment.firstAttempt,
                Data(plan.encoded),
            ]
        )
    }

    /// The amendments of a delivery, oldest first.
    static func all(sequence: Int64, provider: Int64, in db: Database) throws -> [DeliveryAmendment] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(DeliveryAmendment.columns) FROM amendments WHERE sequence = ? AND provider = ?
                    ORDER BY first_attempt
                    """
            ),
            arguments: [sequence, provider]
        ).map { try DeliveryAmendment($0, from: 0) }
    }
}

extension DeliveryAmendment {
    /// What a row of the table `amendments` says of it.
    static let columns = "at, client, first_attempt, destination"

    /// - Parameter column: where the ``columns`` begin.
    init(_ row: Row, from column: Int) throws {
        guard let destination = try PlanCoding.decode([UInt8](row.value(column + 3) as Data))?.destinations.first else {
            throw DamagedAmendment()
        }
        try self.init(
            at: Timestamp(milliseconds: row.value(column)),
            by: ClientName(row.value(column + 1) as String),
            firstAttempt: row.value(column + 2),
            destination: destination
        )
    }
}

/// The settings of a retried delivery cannot be read. It must not be sent with others.
struct DamagedAmendment: Error, CustomStringConvertible {
    var description: String { "the settings of a retried delivery are damaged in the database" }
}
