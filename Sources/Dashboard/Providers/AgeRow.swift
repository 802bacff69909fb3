import Events
import Journal

/// What waits for a provider, by age.
struct AgeRow: Sendable {
    let age: String
    let events: String
    /// Of all that waits, from 0 to 100.
    let percent: Int

    /// One row for each class, the youngest first, and one for what was not examined, if there is such; none if nothing waits.
    static func rows(_ ages: BacklogAges) -> [AgeRow] {
        guard ages.events > 0 else { return [] }
        var rows = zip(labels, ages.counts).map { row($0, $1, of: ages.events) }
        if ages.uncounted > 0 { rows.append(row("not looked at, older", ages.uncounted, of: ages.events)) }
        return rows
    }

    private static func row(_ label: String, _ events: Int, of all: Int) -> AgeRow {
        AgeRow(
            age: label,
            events: PlainNumbers.count(events),
            // Safe: from 0 to 100.
            percent: Int((100 * Double(events) / Double(all)).rounded())
        )
    }

    /// `up to 1 min`, `1 min to 10 min`, `over 1 d`.
    private static let labels: [String] = {
        let bounds = BacklogAges.bounds.map { $0 == .seconds(60) ? "1 min" : PlainNumbers.duration($0) }
        let between = zip(bounds, bounds.dropFirst()).map { "\($0) to \($1)" }
        return bounds.prefix(1).map { "up to \($0)" } + between + bounds.suffix(1).map { "over \($0)" }
    }()
}
