import JournalFormat
import Synchronization

/// The filters of closed parts: they tell, mostly without the database, that a part does not have a key.
final class IdentityFilters: Sendable {
    // Safe: a filter is filled before it is put here, and only read from then on.
    private let known = Mutex<[Int32: IdentityFilter]>([:])

    private static let blockBytes = 64 << 10
    private static let keysPerRead: Int64 = 50_000

    /// The keys among these that a part may have: all of them if it has no filter.
    func possible(
        _ keys: Set<Int64>,
        in part: Int32,
        _ parts: IdentityParts,
        _ connection: PostgresConnection
    ) async throws(PostgresFailure) -> Set<Int64> {
        guard parts.filtered.contains(part), let filter = try await filter(of: part, connection) else { return keys }
        return keys.filter { filter.contains(UInt64(bitPattern: $0)) }
    }

    /// Forgets the filters of parts that are gone.
    func keep(_ parts: IdentityParts) {
        known.withLock { $0 = $0.filter { parts.closed.contains($0.key) } }
    }

    private func filter(of part: Int32, _ connection: PostgresConnection) async throws(PostgresFailure)
        -> IdentityFilter?
    {
        if let filter = known.withLock({ $0[part] }) { return filter }
        let rows = try await connection.run(.readFilter, [.int4(part)])
        guard let head = rows.first?.bytes(0), head.count == 8 else { return nil }
        let capacity = head.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard let capacity = Int(exactly: capacity),
            let filter = IdentityFilter(capacity: capacity, bytes: rows.dropFirst().flatMap { $0.bytes(0) })
        else { return nil }
        known.withLock { $0[part] = filter }
        return filter
    }

    /// Makes the filters of closed parts that have none, and keeps them in the database. Any node may.
    static func make(_ connection: PostgresConnection) async throws(PostgresFailure) {
        let parts = IdentityParts(try await connection.run(.readIdentityParts))
        for part in parts.closed where !parts.filtered.contains(part) {
            let count = try await connection.run(.countIdentities(in: part)).first?.integer(0) ?? 0
            let filter = IdentityFilter(capacity: Int(clamping: count))
            var last: Int64?
            while true {
                if Task.isCancelled { return }
                let rows = try await connection.run(.readKeys(in: part), [.int8(last), .int8(keysPerRead)])
                for row in rows { filter.insert(UInt64(bitPattern: row.integer(0))) }
                guard let end = rows.last?.integer(0) else { break }
                last = end
            }
            try await connection.transaction(statements(for: filter, of: part))
        }
    }

    /// The first block has the number of entries that the filter was made for. All of it is one commit: a filter is whole, or not there.
    private static func statements(for filter: IdentityFilter, of part: Int32) -> [(Statement, [Parameter])] {
        let head = withUnsafeBytes(of: UInt64(filter.capacity).bigEndian) { Array($0) }
        var statements: [(Statement, [Parameter])] = [
            (.removeFilter, [.int4(part)]), (.addFilterBlock, [.int4(part), .int4(0), .bytea(head)]),
        ]
        var rest = filter.bytes[...]
        var number: Int32 = 1
        while !rest.isEmpty {
            let block = Array(rest.prefix(blockBytes))
            statements.append((.addFilterBlock, [.int4(part), .int4(number), .bytea(block)]))
            rest = rest.dropFirst(blockBytes)
            number += 1
        }
        return statements + [(.noteFilter, [.int4(part)])]
    }
}
