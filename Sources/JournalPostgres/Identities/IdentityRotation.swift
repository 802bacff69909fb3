import Journal
import Logging

/// Closes the open part of the identities and opens the next, while all nodes continue appending.
///
/// 1. The next part is made, and both take new identities from one commit on. An append that knows only the old part is refused, or began
///    before that commit.
/// 2. Each slot's row is changed, which waits for the append that has it locked; whoever locks it later is asked for the new part, however
///    long ago it began. So no insert into the old part alone is in flight or can come.
/// 3. The old part is closed. Whoever inserts into the new part alone has asked the old one, which has all that it will ever have.
///
/// In between, each insert goes into both, so that either part's unique index decides. Every step can be repeated by any node.
struct IdentityRotation: Sendable {
    let connection: PostgresConnection
    let logger: Logger

    /// Finishes a change that was begun, and begins the next one if the open part is old or large enough.
    func run(_ limits: IdentityPartLimits) async throws(PostgresFailure) {
        try await finish()
        guard let row = try await connection.run(.readOpenPart).first,
            limits.areReached(age: .seconds(row.integer(1)), identities: row.integer(2))
        else { return }
        try await rotate(from: Int32(clamping: row.integer(0)))
    }

    /// Changes from one part to the next.
    func rotate(from part: Int32) async throws(PostgresFailure) {
        try await connection.run(.createIdentities(part: part + 1))
        try await connection.run(.overlapIdentityPart, [.int4(part)])
        try await finish()
    }

    /// Closes the part that a change has left open beside the new one.
    func finish() async throws(PostgresFailure) {
        let parts = IdentityParts(try await connection.run(.readIdentityParts))
        guard parts.open.count == 2, let newest = parts.open.last, let old = parts.open.first else { return }
        for row in try await connection.run(.readSlots, [.int4(newest)]) {
            try await connection.run(.requireIdentityPart, [.int2(Int16(clamping: row.integer(0))), .int4(newest)])
        }
        let place = try await connection.run(.readNewestPlace(in: old)).first?.optionalInteger(0)
        try await connection.run(.closeIdentityPart, [.int4(old), .int8(place ?? 0)])
        logger.info("closed a part of the identities", metadata: ["part": "\(old)"])
    }
}
