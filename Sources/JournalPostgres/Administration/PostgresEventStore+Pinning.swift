package import Events
package import Journal

extension PostgresEventStore: RetentionPinning {
    package func pin(_ pin: RetentionPin) async throws(StoreError) {
        let times: [Parameter] = [.int8(pin.acceptedFrom.milliseconds), .int8(pin.expiresAt.milliseconds)]
        _ = try await run(.pin, [.text(pin.name)] + times)
    }

    package func unpin(_ name: String) async throws(StoreError) {
        _ = try await run(.unpin, [.text(name)])
    }

    package func unpinExpired(at now: Timestamp) async throws(StoreError) {
        _ = try await run(.unpinExpired, [.int8(now.milliseconds)])
    }

    package func removedThrough() async throws(StoreError) -> Timestamp? {
        let removed = try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readRemoved, []).first?.integer(0) ?? 0
        }
        // A number tells when it was given, which is after its event was accepted.
        return removed < SlotNumbers.firstGiven ? nil : SlotNumbers.time(of: removed)
    }

    package func pins() async throws(StoreError) -> [RetentionPin] {
        try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readPins, []).map { row in
                RetentionPin(
                    name: row.text(0),
                    acceptedFrom: Timestamp(milliseconds: row.integer(1)),
                    expiresAt: Timestamp(milliseconds: row.integer(2))
                )
            }
        }
    }
}

extension PostgresEventStore: ShadowCounting {
    package func shadowCounts() async throws(StoreError) -> [ShadowCount] {
        let rows = try await readPoint { (session) throws(PostgresFailure) in try session.run(.readShadowCounts, []) }
        var counts: [ShadowCount] = []
        for row in rows {
            counts.append(
                ShadowCount(
                    provider: ProviderName(row.text(0)),
                    shadowClass: try row.word(1),
                    field: row.text(2),
                    events: Int(clamping: row.integer(3)),
                    first: Timestamp(milliseconds: row.integer(4)),
                    last: Timestamp(milliseconds: row.integer(5)),
                    samples: row.integers(6).map { SequenceNumber($0) }
                )
            )
        }
        return counts
    }

    package func forgetShadowCounts(of provider: ProviderName) async throws(StoreError) {
        _ = try await run(.forgetShadowCounts, [.int4(parts.names.number(of: provider))])
    }
}
