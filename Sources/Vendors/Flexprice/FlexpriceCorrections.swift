import Events

/// What can be corrected at Flexprice: a later event with the same id, customer and timestamp takes the place of the first. A negative
/// value would count as 0, and a count goes by ids, which stay.
///
/// Source: flexprice/flexprice, internal/repository/clickhouse/aggregators.go, internal/ee/service/meter_usage.go.
extension FlexpriceAdapter {
    private static let counted = CorrectionMethod.impossible(
        "Flexprice counts the ids that it has, and has no call that removes one"
    )
    private static let distinct = CorrectionMethod.impossible(
        "Flexprice counts the values that it has, and has no call that takes one out"
    )

    static let corrections = CorrectionTraits(
        note:
            "Flexprice bills a correction in the period of its timestamp; an invoice that is computed must be voided and computed again.",
        [.sum: .replace, .count: counted, .unique: distinct, .latest: .replace, .max: .replace]
    )
}
