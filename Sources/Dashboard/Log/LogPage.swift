import Events
package import Journal

/// The audit log: who did what, and when.
package struct LogPage: PageContent {
    /// One entry.
    struct Entry: Sendable {
        let at: TimeText
        let category: String
        let action: String
        let actor: String
        let keyID: String
        let address: String
        let details: [Detail]
    }

    /// What was done to what.
    struct Detail: Sendable {
        let name: String
        let value: String
    }

    package static let template = "Log"
    package let title = "Log"
    let categories: [Choice]
    let actor: String
    let action: String
    let requestID: String
    let from: String
    let until: String
    let entries: [Entry]
    let hasEntries: Bool
    let pager: Pager

    /// The filter as it is in the address.
    package struct Filter: Sendable {
        package let category: AuditEntry.Category?
        package let actor: String?
        package let action: String?
        package let requestID: String?
        package let from: String?
        package let until: String?

        package init(
            category: AuditEntry.Category?,
            actor: String?,
            action: String?,
            requestID: String?,
            from: String?,
            until: String?
        ) {
            self.category = category
            self.actor = actor
            self.action = action
            self.requestID = requestID
            self.from = from
            self.until = until
        }

        var parameters: [(name: String, value: String?)] {
            [
                ("category", category?.rawValue), ("actor", actor), ("action", action),
                ("request_id", requestID), ("from", from), ("until", until),
            ]
        }
    }

    /// - Parameters:
    ///   - entries: newest first.
    ///   - cursor: where the page begins; nil for the first.
    package init(_ filter: Filter, _ entries: [RecordedAuditEntry], limit: Int, cursor: String?) {
        categories = AuditEntry.Category.allCases.map { category in
            Choice(
                category.rawValue,
                label: category.rawValue.replacing("_", with: " "),
                isChosen: category == filter.category
            )
        }
        actor = filter.actor ?? ""
        action = filter.action ?? ""
        requestID = filter.requestID ?? ""
        from = filter.from ?? ""
        until = filter.until ?? ""
        self.entries = entries.map { Self.entry($0.entry) }
        hasEntries = !entries.isEmpty
        let last = entries.count == limit ? entries.last : nil
        pager = Pager(
            Screen.log.path,
            filter.parameters,
            limit: limit,
            cursor: cursor,
            next: last.map { "\($0.number)" },
            csv: "/dashboard/log.csv"
        )
    }

    private static func entry(_ entry: AuditEntry) -> Entry {
        Entry(
            at: TimeText(entry.at),
            category: entry.category.rawValue.replacing("_", with: " "),
            action: entry.action,
            actor: entry.actor ?? "-",
            keyID: entry.keyID ?? "-",
            address: entry.remoteAddress ?? "-",
            details: entry.details.sorted { $0.key < $1.key }.map { Detail(name: $0.key, value: $0.value) }
        )
    }
}
