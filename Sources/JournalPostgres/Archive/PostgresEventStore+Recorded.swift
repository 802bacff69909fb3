package import Journal

extension PostgresEventStore: RecordedTraffic {
    package func recorded(
        _ window: RecordedWindow,
        after position: JournalPosition?,
        limit: Int
    ) async throws(StoreError) -> RecordedPiece {
        let parts = parts
        return try await read(on: parts.walks) { (session) throws(PostgresFailure) in
            var walk = RecordedWalk(parts, window, after: position ?? .start, limit: limit)
            return try walk.piece(session)
        }
    }
}

extension PostgresEventStore: LedgerCounting {
    package func ledgerCounts(_ window: RecordedWindow) async throws(StoreError) -> LedgerCounts {
        let parts = parts
        var tally = LedgerTally(window)
        while !tally.isDone {
            let current = tally
            tally = try await read(on: parts.walks) { (session) throws(PostgresFailure) in
                var tally = current
                try tally.step(parts, session)
                return tally
            }
        }
        return tally.counts
    }
}
