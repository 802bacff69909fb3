import Events
package import Journal
import JournalFormat

extension PostgresEventStore {
    package func record(_ lookup: RecordedLookup) async throws(StoreError) -> Bool {
        guard let account = try await knownAccount(of: lookup.account) else { return false }
        let (attempt, lane) = (lookup.attempt, try await laneOf(account))
        // Sent once: a second time it would be another look.
        let rows = try await runOnce(
            .recordLookup,
            [
                .int4(account), .int8(lookup.sequence.rawValue), .text(attempt.status.rawValue),
                .int8(attempt.at.milliseconds), .int8(attempt.latency.wholeMicroseconds),
                .int2(attempt.httpStatus.map { Int16(clamping: $0) }), .text(attempt.fault?.code.rawValue),
                .text(attempt.fault?.message.storable), .int8(lane?.rawValue),
            ]
        )
        return rows.first != nil
    }
}
