package import Events
package import Journal

extension PostgresEventStore: FiguresKeeping {
    package func keep(_ figures: [StepFigures]) async throws(StoreError) {
        guard !figures.isEmpty else { return }
        // A node that is not in the list has no number.
        guard let node = ledger.keeper.node else { throw parts.reach.outageError }
        let parameters: [Parameter] = [
            .int8(node), .text(parts.settings.nodeName.storable), .int4s(figures.map { Int32(clamping: $0.seconds) }),
            .int8s(figures.map(\.start.milliseconds)), .byteas(figures.map(\.content)),
        ]
        _ = try await run(.keepFigures, parameters)
    }

    package func figures(ofSteps seconds: Int, from start: Timestamp, limit: Int) async throws(StoreError)
        -> [KeptFigures]
    {
        let parameters: [Parameter] = [
            .int4(Int32(clamping: seconds)), .int8(start.milliseconds), .int8(Int64(max(0, limit))),
        ]
        return try await readPoint { (session) throws(PostgresFailure) in
            try session.run(.readFigures, parameters).map { row in
                KeptFigures(
                    gateway: row.integer(1),
                    gatewayName: row.text(2),
                    figures: StepFigures(
                        seconds: seconds,
                        start: Timestamp(milliseconds: row.integer(0)),
                        content: row.bytes(3)
                    )
                )
            }
        }
    }

    package func removeFigures(ofSteps seconds: Int, before start: Timestamp) async throws(StoreError) {
        _ = try await run(.removeFigures, [.int4(Int32(clamping: seconds)), .int8(start.milliseconds)])
    }
}
