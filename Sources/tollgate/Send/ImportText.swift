import Events
import Imports

/// What was read of a file, for people.
enum ImportText {
    /// Names beyond these are only counted.
    private static let mostNames = 50

    /// What an import would send, a line each.
    /// - Parameters:
    ///   - known: how many of the events the journal has already; nil if it was not asked.
    ///   - faults: rows that cannot be imported.
    static func summary(_ tally: ImportTally, known: Int?, faults: Int) -> [String] {
        var lines = ["\(tally.events) events" + window(tally)]
        let names = tally.names.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        lines += names.prefix(mostNames).map { "  \($0.key): \($0.value)" }
        if names.count > mostNames { lines.append("  and \(names.count - mostNames) more names") }
        if let known {
            if known > 0 { lines.append(Self.known(known)) }
        } else {
            lines.append("the journal was not asked which of them it has already: there is no client key")
        }
        return lines + omissions(tally) + ["\(faults) rows cannot be imported", "nothing was sent"]
    }

    /// That events were left out because the journal has them.
    static func known(_ count: Int) -> String {
        "\(count) left out: the journal has them already, with the same ID and customer or subscription; a backfill sends those"
    }

    /// What was left out, a line for each reason.
    static func omissions(_ tally: ImportTally) -> [String] {
        tally.omitted.sorted { $0.key < $1.key }.map { "\($0.value) left out: \($0.key)" }
    }

    private static func window(_ tally: ImportTally) -> String {
        guard let first = tally.first, let last = tally.last else { return "" }
        return ", from \(first.rfc3339) to \(last.rfc3339)"
    }
}
