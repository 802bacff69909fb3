import Events
import Journal
import Logging

/// Brings the tables of an older format to a newer one, while gateways of the older one go on.
struct SchemaUpgrade: Sendable {
    let settings: PostgresStoreSettings
    let history: SchemaHistory
    let logger: Logger

    /// One node at a time changes the tables.
    private static let duty = "schema"
    private static let lease = Duration.seconds(60)
    /// How long a node waits for another one that changes the tables.
    private static let patience = Duration.seconds(1800)
    private static let pause = Duration.milliseconds(100)
    /// How often a statement is tried that waits for a lock; every append waits behind it meanwhile.
    private static let tries = 60
    private static let lockTimeout = Duration.seconds(2)

    // MARK: Expanding

    /// Adds what this version's format needs, step by step; every step can be repeated by any node.
    ///
    /// The node that does so is in the list of nodes meanwhile, where it holds nothing but the duty: if it ends, others finish.
    func expand() async throws(StoreError) {
        let connection = PostgresConnection(long)
        var refusal: String?
        do throws(PostgresFailure) {
            let node = Int64.random(in: 1...Int64.max)
            refusal = try await expand(node, connection)
            try await connection.run(.leave, [.int8(node)])
            for statement in Statement.freeWhatTheBuriedHeld { try await connection.run(statement) }
        } catch {
            refusal = error.reason
        }
        await connection.close()
        guard let refusal else { return }
        throw .unusable(
            path: settings.schema,
            reason: "its tables could not be brought to format \(history.format): \(refusal)"
        )
    }

    private var long: ConnectionSettings {
        var settings = settings.connection("schema")
        (settings.statementTimeout, settings.patience) = (.seconds(3600), .seconds(3660))
        settings.lockTimeout = Self.lockTimeout
        return settings
    }

    /// - Returns: why nothing was done, if nothing was.
    private func expand(_ node: Int64, _ connection: PostgresConnection) async throws(PostgresFailure) -> String? {
        let milliseconds = Parameter.float8(Double(Self.lease.wholeMilliseconds))
        try await connection.run(
            .registerUpgrade,
            [
                .int8(node), .text(settings.nodeName), .text(settings.version), .int4(Int32(clamping: history.format)),
                .bytea(settings.routesDigest), milliseconds,
            ]
        )
        let end = ContinuousClock.now + Self.patience
        while try await format(connection) < history.format {
            try await connection.run(.renewUpgrade, [.int8(node), milliseconds])
            try await connection.run(.bury)
            for statement in Statement.freeWhatTheBuriedHeld { try await connection.run(statement) }
            guard try await connection.run(.takeDuty, [.int8(node), .text(Self.duty)]).isEmpty else {
                try await addAll(node, milliseconds, connection)
                return nil
            }
            guard ContinuousClock.now < end else {
                return "another gateway has been changing the tables for half an hour"
            }
            await Pause.wait(Self.pause)
        }
        return nil
    }

    private func addAll(_ node: Int64, _ lease: Parameter, _ connection: PostgresConnection)
        async throws(PostgresFailure)
    {
        for change in history.changes(after: try await format(connection)) {
            try await patiently(change.expand, connection, renewing: [.int8(node), lease])
            try await note(JournalMeta.Name.format, change.format, connection)
            logger.notice(
                "changed the journal's tables",
                metadata: ["schema": "\(settings.schema)", "format": "\(change.format)"]
            )
        }
    }

    // MARK: Contracting

    /// Removes what only older programs used, if none of them is there any more. First it keeps them from starting; what they used goes the
    /// next time, when one that was starting just then is in the list.
    func contract(as node: Int64, over connection: PostgresConnection) async throws(PostgresFailure) {
        guard !history.changes.isEmpty else { return }
        let values = try await connection.run(.readMeta)
        func number(_ name: String) -> Int {
            values.first { $0.text(0) == name }.flatMap { Int(String(decoding: $0.bytes(1), as: UTF8.self)) } ?? 1
        }
        let (found, oldest) = (number(JournalMeta.Name.format), number(JournalMeta.Name.oldestWriter))
        let contracted = number(JournalMeta.Name.contracted)
        guard found == history.format, contracted < found else { return }
        guard let lowest = try await connection.run(.readLowestFormat).first?.optionalInteger(0), lowest >= found,
            let epoch = try await connection.run(.takeDuty, [.int8(node), .text(Self.duty)]).first?.integer(0)
        else { return }
        let duty: [Parameter] = [.int8(node), .text(Self.duty), .int8(epoch)]
        do throws(PostgresFailure) {
            if oldest == found {
                try await removeAll(after: contracted, connection)
            } else {
                try await note(JournalMeta.Name.oldestWriter, found, connection)
            }
        } catch {
            try await connection.run(.giveBackDuty, duty)
            throw error
        }
        try await connection.run(.giveBackDuty, duty)
    }

    private func removeAll(after contracted: Int, _ connection: PostgresConnection) async throws(PostgresFailure) {
        for change in history.changes(after: contracted) {
            try await patiently(change.contract, connection)
        }
        try await note(JournalMeta.Name.contracted, history.format, connection)
    }

    // MARK: Steps

    private func format(_ connection: PostgresConnection) async throws(PostgresFailure) -> Int {
        let row = try await connection.run(.readMeta).first { $0.text(0) == JournalMeta.Name.format }
        return row.flatMap { Int(String(decoding: $0.bytes(1), as: UTF8.self)) } ?? 1
    }

    private func note(_ name: String, _ number: Int, _ connection: PostgresConnection) async throws(PostgresFailure) {
        try await connection.run(.putMeta, [.text(name), .bytea(Array("\(number)".utf8))])
    }

    /// Runs statements, each by itself, that others' transactions may keep from their locks: then all again from the first, since an index
    /// that was given up half built is in the way of the next try.
    /// - Parameter lease: of the node that does so; nil: it needs none.
    private func patiently(
        _ statements: [Statement],
        _ connection: PostgresConnection,
        renewing lease: [Parameter]? = nil
    ) async throws(PostgresFailure) {
        var tries = 0
        while true {
            do throws(PostgresFailure) {
                for statement in statements {
                    if let lease { try await connection.run(.renewUpgrade, lease) }
                    try await connection.run(statement)
                }
                return
            } catch {
                tries += 1
                guard error.isRefusal(.lockNotAvailable), tries < Self.tries else { throw error }
                await Pause.wait(Self.pause * tries)
            }
        }
    }
}
