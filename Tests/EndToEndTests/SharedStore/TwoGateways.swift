import Foundation
import PostgresServer
import TestSupport

/// Two gateways over one journal, as separate processes.
struct TwoGateways: Sendable {
    let first: Stage
    let second: Stage

    /// Starts two gateways, runs `body` with them, and stops them.
    static func run(
        over store: StageStore,
        arguments: [String] = [],
        _ body: (TwoGateways) async throws -> Void
    ) async throws {
        try await Stage.set(over: store) { (stage) async throws in
            let other = try stage.another("other")
            try await stage.withGateway(arguments: arguments) { _ async throws in
                try await other.withGateway(arguments: arguments) { _ async throws in
                    try await body(TwoGateways(first: stage, second: other))
                }
            }
        }
    }

    /// Which node holds which account, by the names of both.
    static func holders(in store: StageStore, of server: PostgresServer) async throws -> [String: String] {
        let sql = "SELECT a.name, n.name FROM accounts a JOIN nodes n ON n.node = a.node"
        let rows = try await server.run(sql, schema: store.schema)
        let pairs = rows.compactMap { row -> (String, String)? in
            let columns = row.split(separator: "|").map(String.init)
            return columns.count == 2 ? (columns[0], columns[1]) : nil
        }
        return Dictionary(pairs) { first, _ in first }
    }
}
