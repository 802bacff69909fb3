import Foundation
import Journal
import JournalPostgres
import PostgresServer

/// The row about closed parts of the identities.
extension StoreRates {
    private static let (closedParts, slots) = (30, 4)

    /// - Parameter ids: how many the closed parts have together.
    func closedPartsRow(ids: Int) async throws -> Row {
        let schema = PostgresServer.newSchema()
        try await closeParts(of: schema, ids: ids)
        let (many, none) = try await withStore(in: schema, slots: Self.slots) { many in
            try await withStore(slots: Self.slots) { none, _ in
                // Until the filters are loaded, and both are warm.
                for store in [many, none] { _ = try await append(to: store, group: 64, slots: Self.slots, for: 2) }
                var turn = 0
                return try await inTurns {
                    try await append(to: many, group: 64, slots: Self.slots, from: turn * 100_000_000).rate
                } beside: {
                    turn += 10
                    return try await append(to: none, group: 64, slots: Self.slots, from: turn * 100_000_000).rate
                }
            }
        }
        try await remove(schema)
        return Row(
            .closedParts,
            "append 64 events a commit, 4 streams, beside \(Self.closedParts) closed parts of the index with \(ids) IDs",
            [Figure("", many, "events/s", of: Limit(name: "no closed part", value: none))]
        )
    }

    /// Has the store close one part after another: each time it is opened, because the limits of a part are reached by then.
    func closeParts(of schema: String, ids: Int) async throws {
        let limits = IdentityPartLimits(age: .seconds(0), identities: 1)
        var number = 1_000_000_000
        for part in 1...(Self.closedParts + 1) {
            try await withStore(in: schema, slots: Self.slots, identityPart: limits) { store in
                try await waitUntilClosed(part - 1, schema)
                guard part <= Self.closedParts else { return }
                let end = number + ids / Self.closedParts
                while number < end {
                    let count = min(4096, end - number)
                    let events = sample.accepted(count, from: number)
                    _ = try await store.append(AppendRequest(events: events, policy: .each))
                    number += count
                }
            }
            // By what the server knows of its size it is decided whether the part can be closed.
            try await database.server.run("ANALYZE", schema: schema)
        }
    }

    /// Waits until so many parts are closed and have their filters.
    private func waitUntilClosed(_ parts: Int, _ schema: String) async throws {
        let closed = "SELECT count(*) FROM identity_parts WHERE state = 'closed' AND has_filter"
        let end = ContinuousClock.now + .seconds(120)
        while try await database.number(closed, schema: schema) < Double(parts) {
            guard ContinuousClock.now < end else {
                throw BenchFailure(description: "the part \(parts) of the identities was not closed")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
