package import Events
package import Journal

extension PostgresEventStore: GatewayReporting {
    package func note(_ states: [ProviderName: AccountState]) { self.states.note(states) }

    package func note(routesDigest digest: [UInt8]) { ledger.keeper.use(routes: digest) }

    package var clockDifference: ClockDifference { parts.clock.difference }

    package func accountReports() async throws(StoreError) -> [AccountReport] {
        try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readReports, []).map { row in
                AccountReport(
                    provider: ProviderName(row.text(0)),
                    gateway: row.optionalInteger(1),
                    gatewayName: row.optionalText(2),
                    age: .milliseconds(max(0, row.integer(3))),
                    waiting: Int(clamping: row.integer(4)),
                    oldest: row.optionalInteger(5).map { Timestamp(milliseconds: $0) },
                    state: AccountState(isReady: row.bool(6), detail: row.text(7))
                )
            }
        }
    }

    package func gateways() async throws(StoreError) -> [GatewayNode] {
        let own = ledger.keeper.node
        return try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readReportingNodes, []).map { row in
                GatewayNode(
                    number: row.integer(0),
                    name: row.text(1),
                    version: row.text(2),
                    routes: row.bytes(3),
                    started: Timestamp(milliseconds: row.integer(4)),
                    isDraining: row.bool(5),
                    isThisOne: row.integer(0) == own,
                    load: GatewayLoad(
                        accounts: Int(clamping: row.integer(6)),
                        slots: Int(clamping: row.integer(7)),
                        waiting: Int(clamping: row.integer(8)),
                        oldest: row.optionalInteger(9).map { Timestamp(milliseconds: $0) }
                    )
                )
            }
        }
    }
}
