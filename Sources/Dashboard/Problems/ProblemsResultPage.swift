package import Events
package import Journal

/// What a retry or discard has changed, as the log has it.
package struct ProblemsResultPage: PageContent {
    /// A name and a value.
    struct Fact: Sendable {
        let label: String
        let text: String
    }

    package static let template = "ProblemsResult"
    package let title: String
    let at: TimeText
    let facts: [Fact]
    let logHref: String?

    /// - Parameters:
    ///   - entries: of the log, one per provider.
    ///   - seesLog: whether the client may see the log.
    package init(_ entries: [AuditEntry], at timestamp: Timestamp, seesLog: Bool) {
        let action = entries.first?.action ?? ""
        title = action.hasSuffix("retry") ? "Retried" : "Discarded"
        at = TimeText(timestamp)
        facts = entries.flatMap { entry in
            entry.details.sorted { $0.key < $1.key }.map { Fact(label: $0.key, text: $0.value) }
        }
        logHref = seesLog ? PageLink.address(Screen.log.path, [("action", action)]) : nil
    }
}
