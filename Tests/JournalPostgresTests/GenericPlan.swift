@testable import JournalPostgres

extension Statement {
    /// How the server carries a statement out that it plans once for all parameters, as the store's connections have it.
    /// - Parameters:
    ///   - types: of the parameters, as SQL names them.
    ///   - values: as SQL writes them; they do not change the plan.
    func genericPlan(_ types: String, _ values: String, over connection: PostgresConnection) async throws -> [String] {
        let statements = [
            "PREPARE explained(\(types)) AS \(text)", "EXPLAIN EXECUTE explained(\(values))", "DEALLOCATE explained",
        ]
        return try await connection.read { (session) throws(PostgresFailure) in
            var lines: [String] = []
            for statement in statements { lines += try session.run(Statement(statement), []).map { $0.text(0) } }
            return lines
        }
    }
}
