import JournalFormat
import Synchronization

/// The filters of closed parts: they tell, mostly without the database, that a part does not have a key.
final class IdentityFilters: Sendable {
    private enum Knowledge {
        // Safe: a filter is filled before it is put here, and only read from then on.
        case filter(IdentityFilter)
        case loading
        /// It could not be loaded, and is not tried again before this time.
        case missing(until: ContinuousClock.Instant)
    }

    private let known = Mutex<[Int32: Knowledge]>([:])
    private let connection: PostgresConnection

    /// How long a filter that could not be loaded is left alone.
    private static let pause = Duration.seconds(60)
    private static let blockBytes = 64 << 10
    private static let keysPerRead: Int64 = 50_000
    /// An append asks the filters of all parts, and each key that one of them lets pass for nothing costs a question to the database.
    private static let density = IdentityFilter.Density.fine

    /// - Parameter connection: where filters are loaded, however long that takes.
    init(_ connection: PostgresConnection) {
        self.connection = connection
    }

    /// Those closed parts that may have any of these keys, and which: all of them if a part has no filter, or while that is being loaded.
    /// An append does not wait for it.
    func possible(_ keys: [Int64], in parts: IdentityParts) -> [(part: Int32, keys: [Int64])] {
        guard !keys.isEmpty else { return [] }
        return parts.closed.compactMap { part in
            guard parts.filtered.contains(part), let filter = filter(of: part) else { return (part, keys) }
            let possible = keys.filter { filter.contains(UInt64(bitPattern: $0)) }
            return possible.isEmpty ? nil : (part, possible)
        }
    }

    /// Forgets the filters of removed parts.
    func keep(_ parts: IdentityParts) {
        known.withLock { $0 = $0.filter { parts.closed.contains($0.key) } }
    }

    /// Nil while it is not here; it is loaded then.
    private func filter(of part: Int32) -> IdentityFilter? {
        let (filter, isNeeded) = known.withLock { known -> (IdentityFilter?, Bool) in
            switch known[part] {
            case .filter(let filter): return (filter, false)
            case .loading: return (nil, false)
            case .missing(let end) where ContinuousClock.now < end: return (nil, false)
            case .missing, nil:
                known[part] = .loading
                return (nil, true)
            }
        }
        // Safe: it ends with its statement, at the latest when the connection is closed.
        if isNeeded { Task { await load(part) } }
        return filter
    }

    private func load(_ part: Int32) async {
        let filter = try? await read(part)
        known.withLock { known in
            // Forgotten meanwhile: the part was removed.
            guard known[part] != nil else { return }
            known[part] = filter.map { .filter($0) } ?? .missing(until: .now + Self.pause)
        }
    }

    /// - Returns: nil if it is damaged.
    private func read(_ part: Int32) async throws(PostgresFailure) -> IdentityFilter? {
        let rows = try await connection.run(.readFilter, [.int4(part)])
        guard let head = rows.first?.bytes(0), head.count == 8 else { return nil }
        let capacity = head.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: capacity).flatMap { capacity in
            IdentityFilter(capacity: capacity, bytes: rows.dropFirst().flatMap { $0.bytes(0) })
        }
    }

    /// Makes the filters of closed parts that have none, and keeps them in the database. Any node may.
    static func make(_ connection: PostgresConnection) async throws(PostgresFailure) {
        let parts = IdentityParts(try await connection.run(.readIdentityParts))
        for part in parts.closed where !parts.filtered.contains(part) {
            let count = try await connection.run(.countIdentities(in: part)).first?.integer(0) ?? 0
            let filter = IdentityFilter(capacity: Int(clamping: count), density: density)
            var next: Int64? = Int64.min
            while let start = next {
                if Task.isCancelled { return }
                let rows = try await connection.run(.readKeys(in: part), [.int8(start), .int8(keysPerRead)])
                for row in rows { filter.insert(UInt64(bitPattern: row.integer(0))) }
                next = rows.last.flatMap { $0.integer(0) == Int64.max ? nil : $0.integer(0) + 1 }
            }
            try await connection.transaction(making(filter, of: part))
        }
    }

    /// Keeps a filter in the database, unless the part was removed in the meantime.
    ///
    /// The first block has the number of entries that the filter was made for. All of it is one commit: a filter is whole, or not there.
    static func making(_ filter: IdentityFilter, of part: Int32) -> [(Statement, [Parameter])] {
        let head = withUnsafeBytes(of: UInt64(filter.capacity).bigEndian) { Array($0) }
        var statements: [(Statement, [Parameter])] = [
            (.lockClosedPart, [.int4(part)]), (.removeFilter, [.int4(part)]),
            (.addFilterBlock, [.int4(part), .int4(0), .bytea(head)]),
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

    /// Takes a part off the list, with its filter.
    static func forgetting(_ part: Int32) -> [(Statement, [Parameter])] {
        [(.forgetIdentityPart, [.int4(part)]), (.removeFilter, [.int4(part)])]
    }
}
