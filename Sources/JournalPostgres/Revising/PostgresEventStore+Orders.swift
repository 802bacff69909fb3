package import Events
package import Journal

extension PostgresEventStore: OrderFollowing {
    package var changes: AsyncStream<Void> { ledger.desk.changes }

    package func operatorOrders() async throws(StoreError) -> [ProviderName: RecordedOrder] {
        let rows = try await readPoint { (session) throws(PostgresFailure) in try session.run(.readOperatorOrders, []) }
        return rows.reduce(into: [:]) { orders, row in
            let (until, at) = (Timestamp(milliseconds: row.integer(1)), Timestamp(milliseconds: row.integer(3)))
            let hold = OperatorHold(until: until, by: ClientName(row.text(2)), at: at)
            orders[ProviderName(row.text(0))] = RecordedOrder(at: at, hold: until.milliseconds > 0 ? hold : nil)
        }
    }
}
