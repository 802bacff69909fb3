import ArgumentParser
import Client
import Events
import JSON

/// `tollgate events`: reads events.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract:
            "List, show and watch events; read them back from a vendor; preview one; estimate costs; correct one.",
        subcommands: [
            ListEventsCommand.self, ShowEventCommand.self, ListNamesCommand.self, PreviewCommand.self,
            EstimateCommand.self, VoidCommand.self, AdjustCommand.self,
        ]
    )
}

/// `tollgate events show ID`: an event, its deliveries and every attempt.
struct ShowEventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an event with its deliveries and attempts."
    )

    @OptionGroup var event: EventReport

    @Option(help: "Read the event from this provider's vendor instead of the gateway's journal.")
    var provider: String?

    mutating func run() async throws {
        guard let provider else { return try await event.show() }
        let path = "\(event.path)?provider=\(provider.percentEncoded)"
        Terminal.data(try await event.response.gateway.get(path).body)
    }
}

/// One event with its deliveries.
struct EventReport: ParsableArguments {
    @Argument(help: "Event id.")
    var id: String

    @OptionGroup var response: ResponseOptions

    /// Takes every id, also one that is the name of an endpoint.
    var path: String { "/v1/events/id/\(id.percentEncoded)" }

    /// Prints the event, and further events with the same ID in other scopes.
    func show() async throws {
        guard let event = try await response.get(path) else { return }
        print(event)
        for other in event.elements(of: "same_id") {
            Terminal.data("\nThe same id in another scope:\n")
            print(other)
        }
    }

    /// Prints the event's fields, then its deliveries with every attempt.
    private func print(_ event: JSONValue) {
        for name in [
            "id", "corrects", "correction", "name", "customer_id", "subscription_id", "source", "timestamp",
            "accepted_at", "client", "route",
        ] {
            if let text = event[name]?.string { Terminal.line("\(name): \(text)") }
        }
        let deliveries = event.elements(of: "deliveries")
        Terminal.data("\n" + Terminal.table([DeliveryRows.header] + deliveries.map(DeliveryRows.row)))
        let attempts = deliveries.flatMap(DeliveryRows.attempts)
        guard !attempts.isEmpty else { return }
        Terminal.data("\n" + Terminal.table([DeliveryRows.attemptHeader] + attempts.sorted { $0[0] < $1[0] }))
    }
}

/// Deliveries as rows of a table.
enum DeliveryRows {
    static let header = ["PROVIDER", "MODE", "STATUS", "ATTEMPTS", "HTTP", "NEXT ATTEMPT", "ERROR"]
    static let attemptHeader = ["TIME", "PROVIDER", "OUTCOME", "HTTP", "MS", "ERROR", "VENDOR MESSAGE"]

    /// One row per delivery.
    static func row(_ delivery: JSONValue) -> [String] {
        [
            delivery["provider"]?.string ?? "", delivery["mode"]?.string ?? "", status(of: delivery),
            delivery["attempts"]?.numberText ?? "", delivery["http_status"]?.numberText ?? "-",
            nextAttempt(delivery["next_attempt_at"]?.string), text(delivery["error"]),
        ]
    }

    /// The status of a delivery or an attempt, and whether the vendor already had the event.
    static func status(of delivery: JSONValue) -> String {
        (delivery["status"]?.string ?? "") + (delivery["deduplicated"]?.bool == true ? " (deduplicated)" : "")
    }

    /// When a delivery is retried. One that is overdue waits for its provider, which is parked or failing.
    static func nextAttempt(_ text: String?, now: Timestamp = SystemWallClock().now) -> String {
        guard let text else { return "-" }
        let isPast = Timestamp(rfc3339: text).map { $0 < now } ?? false
        return isPast ? "due since \(text)" : text
    }

    /// A delivery's attempts, oldest first.
    static func attempts(_ delivery: JSONValue) -> [[String]] {
        delivery.elements(of: "history").map { attempt in
            [
                attempt["at"]?.string ?? "", delivery["provider"]?.string ?? "", status(of: attempt),
                attempt["http_status"]?.numberText ?? "-", attempt["latency_ms"]?.numberText ?? "-",
                text(attempt["error"]), attempt["error"]?["vendor"]?.string ?? "-",
            ]
        }
    }

    /// The code and the message of an error; `-` if there is none.
    private static func text(_ error: JSONValue?) -> String {
        let text = [error?["code"]?.string, error?["message"]?.string].compactMap(\.self).joined(separator: ": ")
        return text.isEmpty ? "-" : text
    }
}
