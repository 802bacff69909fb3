import ArgumentParser
import Client
import JSON

/// The filters of a list of events.
struct EventFilterOptions: ParsableArguments {
    @Option(help: "Event names. Filters may be repeated, or contain several values separated by commas.")
    var name: [String] = []

    @Option(help: "Customers.")
    var customerID: [String] = []

    @Option(help: "Subscriptions.")
    var subscriptionID: [String] = []

    @Option(help: "Sources.")
    var source: [String] = []

    @OptionGroup var time: TimestampOptions
    @OptionGroup var acceptance: AcceptanceOptions

    /// The filter, by the API's names.
    var parameters: QueryParameters {
        var parameters = QueryParameters()
        parameters.add("name", anyOf: name)
        parameters.add("customer_id", anyOf: customerID)
        parameters.add("subscription_id", anyOf: subscriptionID)
        parameters.add("source", anyOf: source)
        time.add(to: &parameters)
        acceptance.add(to: &parameters)
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

    @OptionGroup var page: PageOptions<20>

    @Flag(help: "Show events and settlements as they happen, until interrupted; with --json, one object per line.")
    var watch = false

    @OptionGroup var response: ResponseOptions

    func validate() throws {
        if watch, provider != nil || !deliveryStatus.isEmpty || page.cursor != nil || oldest {
            throw ValidationError(
                "--watch follows new events; --provider, --delivery-status, --cursor and --oldest do not apply"
            )
        }
    }

    mutating func run() async throws {
        if watch {
            return try await EventTail(
                gateway: response.gateway,
                path: filter.parameters.appended(to: "/v1/events/stream"),
                json: response.json
            ).run()
        }
        var parameters = filter.parameters
        parameters.add("delivery_status", anyOf: deliveryStatus)
        parameters.add("provider", provider)
        parameters.add("order", oldest ? "oldest" : nil)
        page.add(to: &parameters)
        guard let list = try await response.get(parameters.appended(to: "/v1/events")) else { return }
        Terminal.data(Terminal.table([EventRows.header] + list.elements(of: "events").map(EventRows.row)))
        for note in list.elements(of: "notes") { Terminal.note(note.string ?? "") }
        if let time = list["searched_until"]?.string, let cursor = list["next_cursor"]?.string {
            Terminal.note("the search reached its time limit at \(time); to continue: --cursor \(cursor)")
        } else {
            page.tellNext(after: list)
        }
    }
}

/// Events as rows of a table.
enum EventRows {
    static let header = ["TIMESTAMP", "ID", "NAME", "CUSTOMER", "SUBSCRIPTION", "DELIVERIES"]

    /// One row per event, with a summary of its deliveries.
    static func row(_ event: JSONValue) -> [String] {
        [
            event["timestamp"]?.string ?? "", event["id"]?.string ?? "-", event["name"]?.string ?? "",
            event["customer_id"]?.string ?? "-", event["subscription_id"]?.string ?? "-", deliveries(event),
        ]
    }

    /// `3 delivered, 1 retrying`.
    private static func deliveries(_ event: JSONValue) -> String {
        let statuses = event.elements(of: "deliveries").compactMap { $0["status"]?.string }
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

    @OptionGroup var page: PageOptions<1000>

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        var parameters = filter.parameters
        parameters.add("provider", provider)
        page.add(to: &parameters)
        guard let list = try await response.get(parameters.appended(to: "/v1/events/names")) else { return }
        let rows = list.elements(of: "names").map { name in
            [
                name["name"]?.string ?? "", name["count"]?.numberText ?? "", name["first_seen"]?.string ?? "",
                name["last_seen"]?.string ?? "",
            ]
        }
        Terminal.data(Terminal.table([["NAME", "EVENTS", "FIRST SEEN", "LAST SEEN"]] + rows))
        page.tellNext(after: list)
    }
}
