import Events
package import JSON

/// What a changed `routes.json` would do to recorded events, as far as it is known.
package struct RoutesPlanPage: PageContent {
    package static let template = "RoutesPlan"
    package let title = "Plan"
    let id: String
    let isRunning: Bool
    let eventsRead: String
    let error: String?
    let isStale: Bool
    let result: Summary?

    /// The result.
    struct Summary: Sendable {
        let events: String
        let translated: String
        let changesNothing: Bool
        let destinations: [Destination]
        let unrouted: Group?
        let forbidden: Group?
    }

    /// One provider's part.
    struct Destination: Sendable {
        let provider: String
        let events: String
        let added: String
        let removed: String
        let changed: String
        let untranslatable: String
        let hasUntranslatable: Bool
        let fields: [Field]
        let reasons: [Reason]
        let hasDetails: Bool
        let backfill: String?
    }

    /// A field that the vendor would get in another form.
    struct Field: Sendable {
        let path: String
        let events: String
        let before: String
        let after: String
    }

    /// Why events cannot be translated.
    struct Reason: Sendable {
        let events: String
        let field: String
        let message: String
    }

    /// Events that would go nowhere.
    struct Group: Sendable {
        let events: String
        let names: String
    }

    /// - Parameters:
    ///   - plan: as the API answers it.
    ///   - hidesProperties: whether values of fields are not shown, since most of them are properties.
    package init(_ plan: JSONValue, hidesProperties: Bool = false) {
        id = plan["id"]?.string ?? ""
        let status = plan["status"]?.string
        isRunning = status == "waiting" || status == "running"
        eventsRead = Self.count(plan["events_read"])
        error = plan["error"]?.string
        isStale = plan["stale"]?.bool ?? false
        result = plan["result"].flatMap { $0.kind == .object ? Summary($0, hidesProperties) : nil }
    }

    fileprivate static func count(_ value: JSONValue?) -> String {
        PlainNumbers.count(value?.int64.flatMap { Int(exactly: $0) } ?? 0)
    }
}

extension RoutesPlanPage.Summary {
    fileprivate init(_ result: JSONValue, _ hidesProperties: Bool) {
        events = RoutesPlanPage.count(result["events"])
        translated = RoutesPlanPage.count(result["translated_events"])
        changesNothing = result["changes_nothing"]?.bool ?? false
        destinations = result["destinations"]?.elements.map { RoutesPlanPage.Destination($0, hidesProperties) } ?? []
        unrouted = RoutesPlanPage.Group(result["unrouted"])
        forbidden = RoutesPlanPage.Group(result["forbidden"])
    }
}

extension RoutesPlanPage.Destination {
    fileprivate init(_ destination: JSONValue, _ hidesProperties: Bool) {
        provider = destination["provider"]?.string ?? ""
        events = RoutesPlanPage.count(destination["events"])
        added = RoutesPlanPage.count(destination["added"])
        removed = RoutesPlanPage.count(destination["removed"])
        changed = RoutesPlanPage.count(destination["changed"]?["events"])
        untranslatable = RoutesPlanPage.count(destination["untranslatable"]?["events"])
        hasUntranslatable = untranslatable != "0"
        fields =
            destination["changed"]?["fields"]?.elements.prefix(20).map { field in
                RoutesPlanPage.Field(
                    path: field["field"]?.string ?? "",
                    events: RoutesPlanPage.count(field["events"]),
                    before: Self.text(field["example"]?["before"], hidesProperties),
                    after: Self.text(field["example"]?["after"], hidesProperties)
                )
            } ?? []
        reasons =
            destination["untranslatable"]?["groups"]?.elements.prefix(20).map { group in
                RoutesPlanPage.Reason(
                    events: RoutesPlanPage.count(group["events"]),
                    field: group["field"]?.string ?? "",
                    message: group["message"]?.string ?? ""
                )
            } ?? []
        hasDetails = !fields.isEmpty || !reasons.isEmpty
        backfill = destination["backfill"].flatMap { backfill in
            guard backfill.kind == .object else { return nil }
            let seconds = backfill["seconds"]?.int64
            let time = seconds.map { ", about \(PlainNumbers.duration(.seconds($0)))" } ?? ""
            return "\(RoutesPlanPage.count(backfill["events"])) events were not sent there yet\(time)"
        }
    }
}

extension RoutesPlanPage.Destination {
    private static func text(_ value: JSONValue?, _ hidesProperties: Bool) -> String {
        guard let text = value?.string else { return "nothing" }
        return hidesProperties ? EventText.hiddenText : text
    }
}

extension RoutesPlanPage.Group {
    fileprivate init?(_ group: JSONValue?) {
        guard let group, let count = group["events"]?.int64, count > 0 else { return nil }
        events = RoutesPlanPage.count(group["events"])
        names = (group["groups"]?.elements.prefix(10).compactMap { $0["name"]?.string } ?? []).joined(separator: ", ")
    }
}
