import Events
import GRDB
package import Parity

extension ParityStore {
    package func customers(of id: Int64, limit: Int) async throws(ParityError) -> [ParityCustomer] {
        let causes = Cause.billing.map(\.rawValue)
        let places = causes.map { _ in "?" }.joined(separator: ", ")
        return try await read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT customer_id, provider, count(*) AS findings, sum(cause IN (\(places))) AS billed FROM findings
                    WHERE run = ? GROUP BY customer_id, provider
                    ORDER BY billed DESC, findings DESC, customer_id, provider LIMIT ?
                    """,
                arguments: StatementArguments(causes) + [id, limit]
            ).map { row in
                try ParityCustomer(
                    customerID: row.decode(forColumn: "customer_id"),
                    provider: ProviderName(row.decode(forColumn: "provider") as String),
                    findings: row.decode(forColumn: "findings"),
                    billed: row.decode(forColumn: "billed")
                )
            }
        }
    }

    package func moneyFindings(of id: Int64) async throws(ParityError) -> [MoneyFinding] {
        try await read { db in
            try Row.fetchAll(
                db,
                sql:
                    "SELECT customer_id, provider, differences FROM findings WHERE run = ? AND instr(differences, ?) > 0",
                arguments: [id, FindingText.moneyMark]
            ).map { row in
                try MoneyFinding(
                    customerID: row.decode(forColumn: "customer_id"),
                    provider: ProviderName(row.decode(forColumn: "provider") as String),
                    differences: FindingText.read(row.decode(forColumn: "differences"))
                )
            }
        }
    }
}
