import Events

/// What can be corrected at Lago, which neither changes nor removes an event: on PostgreSQL the first event with an id stays, on
/// ClickHouse a later one with the same subscription, code, id and timestamp takes its place.
///
/// Source: getlago/lago-api, app/models/event.rb, app/services/events/stores/clickhouse_store.rb; getlago/lago-openapi,
/// src/schemas/EventObject.yaml (`operation_type`).
extension LagoAdapter {
    static let postgres = "postgres"
    static let clickHouse = "clickhouse"

    private static let removal = CorrectionMethod.remove(RemovalMarker(property: "operation_type", value: "remove"))
    private static let counted = CorrectionMethod.impossible(
        "Lago counts every event that it has, and has no call that removes one"
    )
    private static let chosen = CorrectionMethod.impossible(
        "Lago on PostgreSQL keeps an event as it is, so its value stays a candidate; a later or larger value must be sent"
    )
    private static let note =
        "Lago bills a correction in the period of its timestamp while that invoice is open or a draft."

    static let corrections = [
        CorrectionTraits(
            store: postgres,
            note: note,
            [.sum: .compensate, .count: counted, .unique: removal, .latest: chosen, .max: chosen]
        ),
        CorrectionTraits(
            store: clickHouse,
            note: note,
            [.sum: .replace, .count: counted, .unique: removal, .latest: .replace, .max: .replace]
        ),
    ]
}
