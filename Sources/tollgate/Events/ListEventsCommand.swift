import ArgumentParser
import Client
import JSON

/// Which events are meant.
struct EventFilterOptions: ParsableArguments {
    @Option(help: "With this name.")
    var name: String?

    @Option(help: "Of this customer.")
    var customerID: String?

    @Option(help: "Of this subscription.")
    var subscriptionID: String?

    @Option(help: "From this source.")
    var source: String?

    @Option(help: "Not before this moment, such as 2026-01-31T00:00:00Z.")
    var start: String?

    @Option(help: "Before this moment.")
    var end: String?

    /// What is given, by the API's names.
    var given: [(name: String, value: String)] {
        [
            ("name", name), ("customer_id", customerID), ("subscription_id", subscriptionID), ("source", source),
            ("start", start), ("end", end),
        ].compactMap { name, value in value.map { (name, $0) } }
    }

    /// A path with these and further parameters.
    func path(_ path: String, _ further: [(name: String, value: String?)] = []) -> String {
        let all = given + further.compactMap { name, value in value.map { (name, $0) } }
        return all.isEmpty ? path : path + "?" + all.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")
    }
}

/// `tollgate events list`: a page of events, or new ones as they come.
struct ListEventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List events, the newest first; with --watch new ones and what becomes of them, until it is stopped."
    )

    @OptionGroup var filter: EventFilterOptions

    @Option(
        help: "With a delivery in this state: pending, retrying, delivered, rejected, uncertain, skipped, discarded."
    )
    var deliveryStatus: String?

    @Option(help: "Ask this provider's vendor itself.")
    var provider: String?

    @Flag(help: "The oldest first.")
    var oldest = false

    @Option(help: "How many at the most.")
    var limit = 20

    @Option(help: "Go on behind a page: the cursor that it ended with.")
    var cursor: String?

    @Flag(help: "Show events and settlements as they happen.")
    var watch = false

    @Flag(help: "Print the gateway's JSON; with --watch an object a line.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    func validate() throws {
        if watch, provider != nil || deliveryStatus != nil || cursor != nil || oldest {
            throw ValidationError(
                "--watch shows what happens now; --provider, --delivery-status, --cursor and --oldest are for pages"
            )
        }
    }

    mutating func run() async throws {
        if watch {
            return try await EventTail(gateway: gateway, path: filter.path("/v1/events/stream"), json: json).run()
        }
        let further: [(name: String, value: String?)] = [
            ("delivery_status", deliveryStatus), ("provider", provider), ("order", oldest ? "oldest" : nil),
            ("limit", "\(limit)"), ("cursor", cursor),
        ]
        let answer = try await gateway.get(filter.path("/v1/events", further))
        guard !json, let page = answer.json else { return Terminal.data(answer.body) }
        let events = page["events"].map { Array($0.elements) } ?? []
        Terminal.data(Terminal.table([EventRows.header] + events.map(EventRows.row)))
        for note in page["notes"].map({ Array($0.elements) }) ?? [] { Terminal.note(note.string ?? "") }
        guard let cursor = page["next_cursor"]?.string else { return }
        if let moment = page["searched_until"]?.string {
            Terminal.note(
                "searched up to \(moment), then the time limit was reached; to continue: --cursor \(cursor)"
            )
        } else {
            Terminal.note("there are more: --cursor \(cursor)")
        }
    }
}

/// Events as rows of a table.
enum EventRows {
    static let header = ["TIMESTAMP", "ID", "NAME", "CUSTOMER", "SUBSCRIPTION", "DELIVERIES"]

    static func row(_ event: JSONValue) -> [String] {
        [
            event["timestamp"]?.string ?? "", event["id"]?.string ?? "-", event["name"]?.string ?? "",
            event["customer_id"]?.string ?? "-", event["subscription_id"]?.string ?? "-", deliveries(event),
        ]
    }

    /// `3 delivered, 1 retrying`.
    private static func deliveries(_ event: JSONValue) -> String {
        let statuses = (event["deliveries"].map { Array($0.elements) } ?? []).compactMap { $0["status"]?.string }
        guard !statuses.isEmpty else { return "-" }
        let counts = Dictionary(grouping: statuses) { $0 }.mapValues(\.count)
        return counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { "\($0.value) \($0.key)" }.joined(
            separator: ", "
        )
    }
}

/// `tollgate events names`: which names occur.
struct ListNamesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "names",
        abstract: "List the names of events, with counts and when each was first and last seen."
    )

    @OptionGroup var filter: EventFilterOptions

    @Option(help: "Ask this provider's vendor itself.")
    var provider: String?

    @Option(help: "Maximum number of names; 1000 by default.")
    var limit: Int?

    @Option(help: "Continue from the cursor that the page before ended with.")
    var cursor: String?

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let further = [("provider", provider), ("limit", limit.map(String.init)), ("cursor", cursor)]
        let answer = try await gateway.get(filter.path("/v1/events/names", further))
        guard !json, let page = answer.json else { return Terminal.data(answer.body) }
        let rows = (page["names"].map { Array($0.elements) } ?? []).map { name in
            [
                name["name"]?.string ?? "", name["count"]?.numberText ?? "", name["first_seen"]?.string ?? "",
                name["last_seen"]?.string ?? "",
            ]
        }
        Terminal.data(Terminal.table([["NAME", "EVENTS", "FIRST SEEN", "LAST SEEN"]] + rows))
        if let cursor = page["next_cursor"]?.string { Terminal.note("there are more: --cursor \(cursor)") }
    }
}
