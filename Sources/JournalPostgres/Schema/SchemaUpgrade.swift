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
    /// How long the node keeps the duty after it was heard of last.
    var lease = Duration.seconds(60)
    /// How long a node waits for another one that changes the tables.
    private static let patience = Duration.seconds(1800)
    private static let pause = Duration.milliseconds(100)
    /// How often a statement is tried that waits for a lock; every append waits behind it meanwhile.
    private static let tries = 60
    private static let lockTimeout = Duration.seconds(2)
    /// How long a statement may take that nothing waits behind.
    private static let longest = Duration.seconds(3600)

    // MARK: Expanding

    /// Adds what this version's format needs, step by step; every step can be repeated by any node.
    ///
    /// The node that does so is in the list of nodes meanwhile, where it holds nothing but the duty: if it ends, others finish.
    func expand() async throws(StoreError) {
        let connection = PostgresConnection(settings.connection("schema"))
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

    /// - Returns: why nothing was done, if nothing was.
    private func expand(_ node: Int64, _ connection: PostgresConnection) async throws(PostgresFailure) -> String? {
        let milliseconds = Parameter.float8(Double(lease.wholeMilliseconds))
        let registration: [Parameter] = [
            .int8(node), .text(settings.nodeName), .text(settings.version), .int4(Int32(clamping: history.format)),
            .bytea(settings.routesDigest), milliseconds,
        ]
        let end = ContinuousClock.now + Self.patience
        while try await format(connection) < history.format {
            try await connection.run(.registerUpgrade, registration)
            try await connection.run(.bury, [.int8(node)])
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
            try await carryOut(change.expand, renewing: [.int8(node), lease])
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
            try await carryOut(change.contract)
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

    /// Runs statements, each by itself, and keeps the duty meanwhile.
    /// - Parameter lease: of the node that does so; nil: it needs none.
    private func carryOut(_ statements: [Statement], renewing lease: [Parameter]? = nil) async throws(PostgresFailure) {
        // Safe: it is cancelled, and its end awaited, as soon as the statements are done.
        let renewal = lease.map { lease in Task { await renew(lease) } }
        let (brief, aside) = (connection(waiting: Self.lockTimeout), connection(waiting: Self.longest))
        let failure = await patiently(statements) { statement throws(PostgresFailure) in
            if let lease { try await brief.run(.renewUpgrade, lease) }
            // Each new try would read the table from the start.
            try await (statement.waitsAside ? aside : brief).run(statement)
        }
        renewal?.cancel()
        await renewal?.value
        await brief.close()
        await aside.close()
        if let failure { throw failure }
    }

    /// Runs statements whose locks other transactions may hold. When one times out, all run again from the first, since a half-built index
    /// would block the next attempt.
    private func patiently(
        _ statements: [Statement],
        run: (Statement) async throws(PostgresFailure) -> Void
    ) async -> PostgresFailure? {
        var tries = 0
        while true {
            do throws(PostgresFailure) {
                for statement in statements { try await run(statement) }
                return nil
            } catch {
                tries += 1
                guard error.isRefusal(.lockNotAvailable), tries < Self.tries else { return error }
                await Pause.wait(Self.pause * tries)
            }
        }
    }

    /// Connects with the first statement.
    private func connection(waiting lockTimeout: Duration) -> PostgresConnection {
        var settings = settings.connection("schema")
        (settings.statementTimeout, settings.patience) = (Self.longest, Self.longest + .seconds(60))
        settings.lockTimeout = lockTimeout
        return PostgresConnection(settings)
    }

    /// Renews the node's lease on a connection of its own, until the task is cancelled.
    private func renew(_ parameters: [Parameter]) async {
        let connection = PostgresConnection(settings.connection("schema lease"), whenCancelled: .leaves)
        while !Task.isCancelled {
            // Cancelled; the loop ends then.
            try? await Task.sleep(for: lease / 3)
            // What cannot be renewed now can be the next time; when the lease has ended, another node finishes the change.
            _ = try? await connection.run(.renewUpgrade, parameters)
        }
        await connection.close()
    }
}
