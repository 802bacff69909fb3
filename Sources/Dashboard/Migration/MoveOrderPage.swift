import Events
package import Migration
package import OfRecord

/// What an order for a migration would do, before it does anything.
package struct MoveOrderPage: PageContent {
    package static let template = "MoveOrder"
    package let title: String
    let name: String
    let text: String
    /// Why it was given.
    let reason: String?
    /// The gates that are overridden.
    let despite: String?
    /// The usage that must be voided at the new provider.
    let returned: Returned?
    let to: String
    /// Whether it moves money in the middle of a period, or cannot be undone.
    let isDanger: Bool
    /// Whether the migration's name must be typed, because customers move.
    let needsTyping: Bool
    /// What the form carries on.
    let fields: [ProblemsFilter.Hidden]

    /// The usage of customers that return at once.
    struct Returned: Sendable {
        let customers: [Customer]
        let hasCustomers: Bool
        let more: String?
        /// Parts of the journal that are not counted.
        let unreadable: String?
    }

    /// One of them.
    struct Customer: Sendable {
        let id: String
        let events: String
        let first: TimeText
        let last: TimeText
    }

    /// Maximum number of customers that are shown; the CSV has all.
    private static let mostShown = 100

    /// - Parameters:
    ///   - outcome: of a dry run.
    ///   - fields: the same order, for the form.
    package init(_ outcome: MigrationOutcome, fields: [ProblemsFilter.Hidden]) {
        let (record, outline) = (outcome.record, outcome.status.outline)
        title = "Order for \(outline.name)"
        name = outline.name.rawValue
        to = outline.to.rawValue
        text = MoveText.text(of: record.entry.action)
        reason = record.reason
        despite = record.despite.isEmpty ? nil : record.despite.map(\.rawValue).joined(separator: ", ")
        isDanger =
            switch record.entry.action {
            case .cut, .goBack, .close: true
            case .stage, .ramp, .hold, .resume: false
            }
        needsTyping = Self.needsTyping(record.entry.action)
        returned = outcome.returned.map(Self.returned)
        self.fields = fields
    }

    /// Whether an order moves customers, or ends the migration, and the name must be typed to confirm it. A hold is for emergencies.
    package static func needsTyping(_ action: MigrationEntry.Action) -> Bool {
        switch action {
        case .ramp, .cut, .goBack, .close: true
        case .stage, .hold, .resume: false
        }
    }

    private static func returned(_ usage: ReturnedUsage) -> Returned {
        let list = usage.list
        let shown = list.prefix(mostShown).map { customer in
            Customer(
                id: customer.customer.rawValue,
                events: PlainNumbers.count(customer.events),
                first: TimeText(customer.first),
                last: TimeText(customer.last)
            )
        }
        let rest = list.count - shown.count
        return Returned(
            customers: shown,
            hasCustomers: !shown.isEmpty,
            more: rest > 0 ? "\(PlainNumbers.count(rest, of: "more customer")); the CSV has all." : nil,
            unreadable: usage.unreadableParts > 0 ? PlainNumbers.count(usage.unreadableParts, of: "part") : nil
        )
    }
}
