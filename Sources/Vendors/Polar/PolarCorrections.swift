import Events

/// What can be corrected at Polar, whose events never change: a sum takes a negative number, nothing else can be taken back.
///
/// Source: polarsource/polar, server/polar/event/service.py, server/polar/meter/aggregation.py.
extension PolarAdapter {
    private static let immutable = CorrectionMethod.impossible(
        "Polar keeps events as they are, and only a sum can be corrected by a further event"
    )

    static let corrections = CorrectionTraits(
        note: "Polar counts a correction in the billing cycle that runs when it arrives, whatever its timestamp.",
        [.sum: .compensate, .count: immutable, .unique: immutable, .latest: immutable, .max: immutable]
    )
}
