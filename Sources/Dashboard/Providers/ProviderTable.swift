import Events
import Journal

/// A column that the list of providers can be sorted by.
package enum ProviderColumn: String, SortColumn {
    case provider, delivered, waiting, oldest, p50, p99

    package var beginsWithLargest: Bool { self != .provider }
}

/// The list of providers, as the Overview and Providers show it.
enum ProviderTable {
    /// - Parameter order: nil: as `routes.json` has them.
    static func rows(_ facts: [ProviderFacts], by order: TableOrder<ProviderColumn>?, at now: Timestamp)
        -> [ProviderRow]
    {
        sorted(facts, by: order, at: now).map { ProviderRow($0, at: now) }
    }

    private static func sorted(
        _ facts: [ProviderFacts],
        by order: TableOrder<ProviderColumn>?,
        at now: Timestamp
    ) -> [ProviderFacts] {
        guard let order else { return facts }
        return switch order.column {
        case .provider: order.sorted(facts) { $0.name.rawValue }
        case .delivered: order.sorted(facts) { $0.figures?.deliveredNow }
        case .waiting: order.sorted(facts) { $0.backlog?.events }
        case .oldest: order.sorted(facts) { $0.backlog?.oldest.map { now - $0 } }
        case .p50: order.sorted(facts) { $0.figures?.p50Now }
        case .p99: order.sorted(facts) { $0.figures?.p99Now }
        }
    }

    /// - Parameter address: of the page with another value of the parameter `sort`.
    static func heads(_ order: TableOrder<ProviderColumn>?, address: (String) -> String) -> [ColumnHead] {
        func head(_ label: String, _ column: ProviderColumn) -> ColumnHead {
            ColumnHead(label, column, isNumber: column != .provider, of: order, address: address)
        }
        return [
            head("Provider", .provider), ColumnHead("State"), ColumnHead("In flight", isNumber: true),
            head("Delivered/s", .delivered), head("Waiting", .waiting), head("Oldest", .oldest),
            ColumnHead("Clears in", isNumber: true), head("p50", .p50), head("p99", .p99), ColumnHead("Delivered"),
            ColumnHead("Last error"),
        ]
    }
}
