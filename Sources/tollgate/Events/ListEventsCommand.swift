import ArgumentParser
import Client
import JSON

/// The filters of a list of events.
struct EventFilterOptions: ParsableArguments {
    @Option(help: "Event names. Filters may be repeated, or hold several values separated by commas.")
    var name: [String] = []

    @Option(help: "Customers.")
    var customerID: [String] = []

    @Option(help: "Subscriptions.")
    var subscriptionID: [String] = []

    @Option(help: "Sources.")
    var source: [String] = []

    @Option(help: "Events with a timestamp at or after this time, such as 2026-01-31T00:00:00Z.")
    var from: String?

    @Option(help: "Events with a timestamp before this time.")
    var until: String?

    @Option(help: "Events accepted at or after this time.")
    var acceptedFrom: String?

    @Option(help: "Events accepted before this time.")
    var acceptedUntil: String?

    /// The filter, by the API's names.
    var parameters: QueryParameters {
        var parameters = QueryParameters()
        parameters.add("name", anyOf: name)
        parameters.add("customer_id", anyOf: customerID)
        parameters.add("subscription_id", anyOf: subscriptionID)
        parameters.add("source", anyOf: source)
        parameters.add("from", from)
        parameters.add("until", until)
        parameters.add("accepted_from", acceptedFrom)
        parameters.add("accepted_until", acceptedUntil)
        return parameters
    }
}

/// `tollgate events list`: a page of events, or new ones as they arrive.
struct ListEventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List events, newest first; with --watch, follow new events and their deliveries."
    )

    @OptionGroup var filter: EventFilterOptions

    @Option(
        help:
            "Events with a delivery in one of these states: pending, retrying, delivered, rejected, uncertain, skipped, discarded."
    )
    var deliveryStatus: [String] = []

    @Option(help: "Read from this provider's vendor instead of the gateway's journal.")
    var provider: String?

    @Flag(help: "Oldest first.")
    var oldest = false

    @Option(help: "Maximum number of results.")
    var limit = 20

    @Option(help: "Continue from this cursor.")
    var cursor: String?

    @Flag(help: "Show events and settlements as they happen, until interrupted.")
    var watch = false

    @Flag(help: "Print the gateway's JSON; with --watch, one object per line.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    func validate() throws {
        if watch, provider != nil || !deliveryStatus.isEmpty || cursor != nil || oldest {
            throw ValidationError(
                "--watch follows new events; --provider, --delivery-status, --cursor and --oldest do not apply"
            )
        }
    }

    mutating func run() async throws {
        if watch {
            return try await EventTail(
                gateway: gateway,
                path: filter.parameters.appended(to: "/v1/events/stream"),
                json: json
            ).run()
        }
        var parameters = filter.parameters
        parameters.add("delivery_status", anyOf: deliveryStatus)
        parameters.add("provider", provider)
        parameters.add("order", oldest ? "oldest" : nil)
        parameters.add("limit", "\(limit)")
        parameters.add("cursor", cursor)
        let answer = try await gateway.get(parameters.appended(to: "/v1/events"))
        guard !json, let page = answer.json else { return Terminal.data(answer.body) }
        let events = page["events"].map { Array($0.elements) } ?? []
        Terminal.data(Terminal.table([EventRows.header] + events.map(EventRows.row)))
        for note in page["notes"].map({ Array($0.elements) }) ?? [] { Terminal.note(note.string ?? "") }
        guard let cursor = page["next_cursor"]?.string else { return }
        if let time = page["searched_until"]?.string {
            Terminal.note("the search reached its time limit at \(time); to continue: --cursor \(cursor)")
        } else {
            Terminal.note("more results: --cursor \(cursor)")
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

/// `tollgate events names`: the event names in the journal.
struct ListNamesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "names",
        abstract: "List event names with their counts, first and last timestamp."
    )

    @OptionGroup var filter: EventFilterOptions

    @Option(help: "Read from this provider's vendor instead of the gateway's journal.")
    var provider: String?

    @Option(help: "Maximum number of names (default: 1000).")
    var limit: Int?

    @Option(help: "Continue from this cursor.")
    var cursor: String?

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        var parameters = filter.parameters
        parameters.add("provider", provider)
        parameters.add("limit", limit.map(String.init))
        parameters.add("cursor", cursor)
        let answer = try await gateway.get(parameters.appended(to: "/v1/events/names"))
        guard !json, let page = answer.json else { return Terminal.data(answer.body) }
        let rows = (page["names"].map { Array($0.elements) } ?? []).map { name in
            [
                name["name"]?.string ?? "", name["count"]?.numberText ?? "", name["first_seen"]?.string ?? "",
                name["last_seen"]?.string ?? "",
            ]
        }
        Terminal.data(Terminal.table([["NAME", "EVENTS", "FIRST SEEN", "LAST SEEN"]] + rows))
        if let cursor = page["next_cursor"]?.string { Terminal.note("more results: --cursor \(cursor)") }
    }
}
