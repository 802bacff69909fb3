import ArgumentParser
import Client
import JSON

/// `tollgate events`: looks at events.
struct EventsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "events",
        abstract: "Look at events.",
        subcommands: [ShowEventCommand.self]
    )
}

/// `tollgate events show ID`: an event, its deliveries and every attempt.
struct ShowEventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an event, its deliveries and every attempt."
    )

    @Argument(help: "The event's id.")
    var id: String

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let answer = try await gateway.get("/v1/events/\(id.percentEncoded)")
        guard !json, let event = answer.json else { return Terminal.data(answer.body) }
        for name in ["id", "name", "customer_id", "subscription_id", "timestamp", "accepted_at", "route"] {
            if let text = event[name]?.string { Terminal.data("\(name): \(text)") }
        }
        var rows = [DeliveryRows.header]
        for delivery in event["deliveries"].map({ Array($0.elements) }) ?? [] {
            rows.append(DeliveryRows.row(delivery))
        }
        Terminal.data("\n" + Terminal.table(rows))
    }
}

/// Deliveries as rows of a table.
enum DeliveryRows {
    static let header = ["PROVIDER", "MODE", "STATUS", "ATTEMPTS", "HTTP", "NEXT ATTEMPT", "ERROR"]

    static func row(_ delivery: JSONValue) -> [String] {
        let error = delivery["error"]
        let words = [error?["code"]?.string, error?["message"]?.string].compactMap { $0 }.joined(separator: ": ")
        return [
            delivery["provider"]?.string ?? "", delivery["mode"]?.string ?? "", delivery["status"]?.string ?? "",
            delivery["attempts"]?.numberText ?? "", delivery["http_status"]?.numberText ?? "-",
            delivery["next_attempt_at"]?.string ?? "-", words.isEmpty ? "-" : words,
        ]
    }
}
