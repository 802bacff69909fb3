import Events
import Foundation
import Journal

/// The table of client keys, over one connection.
struct ClientKeyTable: ClientKeyKeeping {
    let connection: PostgresConnection
    let retryAfter: Duration

    func clientKeyVersion() async throws(StoreError) -> Int64 {
        try await run { () throws(PostgresFailure) in
            try await connection.run(.readClientKeyVersion).first?.integer(0) ?? 0
        }
    }

    func clientKeys() async throws(StoreError) -> RecordedClientKeys {
        let version = try await clientKeyVersion()
        let rows = try await run { () throws(PostgresFailure) in try await connection.run(.readClientKeys) }
        return RecordedClientKeys(version: version, keys: rows.map(ClientKeyRecord.init))
    }

    func put(
        _ keys: [ClientKeyRecord],
        after version: Int64,
        recording entry: AuditEntry
    ) async throws(StoreError) -> Bool {
        let parameters = try Self.parameters(keys, version, entry)
        do throws(PostgresFailure) {
            return try await connection.run(.putClientKeys, parameters).isEmpty == false
        } catch {
            // Two commands that add the same id or key at once: the second one reads what the first has made.
            if error.isRefusal(.uniqueViolation) { return false }
            guard !error.isCertain else { throw StoreError(error, retryAfter: retryAfter) }
        }
        // No answer: whether it was carried out is seen from the keys.
        let found = try await clientKeys()
        guard found.version == version else { return keys.allSatisfy(found.keys.contains) }
        return try await run { () throws(PostgresFailure) in
            try await connection.run(.putClientKeys, parameters).isEmpty == false
        }
    }

    func clientKeyUses() async throws(StoreError) -> [ClientKeyUse] {
        let rows = try await run { () throws(PostgresFailure) in try await connection.run(.readClientKeyUses) }
        return rows.map { row in
            ClientKeyUse(digest: row.bytes(0), day: String(decoding: row.bytes(1), as: UTF8.self))
        }
    }

    func note(_ uses: [ClientKeyUse], forgettingBefore oldest: String) async throws(StoreError) {
        let parameters: [Parameter] = [
            .byteas(uses.map(\.digest)), .byteas(uses.map { Array($0.day.utf8) }), .bytea(Array(oldest.utf8)),
        ]
        _ = try await run { () throws(PostgresFailure) in
            try await connection.run(.noteClientKeyUses, parameters)
        }
    }

    private static func parameters(
        _ keys: [ClientKeyRecord],
        _ version: Int64,
        _ entry: AuditEntry
    ) throws(StoreError) -> [Parameter] {
        [
            .int8(version), .texts(keys.map(\.id.storable)), .byteas(keys.map(\.digest)),
            .texts(keys.map(\.client.rawValue)), .texts(keys.map(\.origin)), .int8s(keys.map(\.created.milliseconds)),
            .int8s(keys.map { $0.notBefore?.milliseconds }), .int8s(keys.map { $0.expires?.milliseconds }),
            .int8s(keys.map { $0.revoked?.milliseconds }), .int8(entry.at.milliseconds), .text(entry.action.storable),
            .text(entry.actor?.storable), .bytea(try entry.encodedDetails),
        ]
    }

    private func run<Value: Sendable>(
        _ body: () async throws(PostgresFailure) -> Value
    ) async throws(StoreError) -> Value {
        do throws(PostgresFailure) { return try await body() } catch {
            throw StoreError(error, retryAfter: retryAfter)
        }
    }
}

extension ClientKeyRecord {
    /// - Parameter row: of ``Statement/readClientKeys``.
    fileprivate init(_ row: Row) {
        func timestamp(_ column: Int) -> Timestamp? {
            row.optionalInteger(column).map { Timestamp(milliseconds: $0) }
        }
        self.init(
            id: row.text(0),
            digest: row.bytes(1),
            client: ClientName(row.text(2)),
            origin: row.text(3),
            created: Timestamp(milliseconds: row.integer(4)),
            notBefore: timestamp(5),
            expires: timestamp(6),
            revoked: timestamp(7)
        )
    }
}
