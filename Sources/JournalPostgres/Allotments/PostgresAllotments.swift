package import Events
import Logging

/// The common rate limits of all gateways of a journal, in one table, over a connection of its own.
package final class PostgresAllotments: TokenAllotting {
    private let connection: PostgresConnection
    private let logger: Logger

    /// - Parameter patience: how long it waits for an answer. A client waits for it, and can be counted without it.
    init(_ settings: PostgresStoreSettings, patience: Duration = .seconds(1), logger: Logger) {
        // What the database forgets when it crashes are tokens of a moment.
        var connection = settings.connection("limits", session: ["synchronous_commit": "off"])
        (connection.patience, connection.statementTimeout, connection.lockTimeout) = (patience, patience, patience)
        self.connection = PostgresConnection(connection)
        self.logger = logger
    }

    package func allot(_ order: TokenOrder) async -> TokenGrant? {
        let perToken = order.limit.per / .seconds(order.limit.requests)
        let parameters: [Parameter] = [
            .text(order.holder.storable), .text(order.what), .float8(Double(order.limit.requests)), .float8(perToken),
            .float8(order.needed), .float8(order.wanted),
        ]
        do throws(PostgresFailure) {
            guard let row = try await connection.run(.allot, parameters).first else { return nil }
            return TokenGrant(tokens: row.float(0), left: row.float(1))
        } catch {
            logger.debug("a rate limit was not asked for", metadata: ["reason": "\(error.reason)"])
            return nil
        }
    }

    func close() async { await connection.close() }
}
