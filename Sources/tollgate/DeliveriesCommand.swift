import ArgumentParser
import Client
import JSON

/// `tollgate deliveries`: looks at what did not simply arrive.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "Look at deliveries that did not simply arrive.",
        subcommands: [ListDeliveriesCommand.self]
    )
}

/// `tollgate deliveries list`: retrying, rejected and uncertain deliveries.
struct ListDeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List deliveries that were retried, rejected or are uncertain."
    )

    @Option(help: "One provider's only.")
    var provider: String?

    @Option(help: "These only, separated by commas: retrying, rejected, uncertain, skipped, discarded, delivered.")
    var status: String?

    @Option(help: "How many at the most.")
    var limit = 100

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        var query = "limit=\(limit)"
        if let provider { query += "&provider=\(provider.percentEncoded)" }
        if let status { query += "&status=\(status.percentEncoded)" }
        let answer = try await gateway.get("/v1/deliveries?\(query)")
        guard !json, let page = answer.json else { return Terminal.data(answer.body) }
        var rows = [["EVENT"] + DeliveryRows.header]
        for item in page["deliveries"].map({ Array($0.elements) }) ?? [] {
            guard let delivery = item["delivery"] else { continue }
            rows.append([item["event_id"]?.string ?? ""] + DeliveryRows.row(delivery))
        }
        Terminal.data(Terminal.table(rows))
        if let cursor = page["next_cursor"]?.string { Terminal.message("there are more, after \(cursor)") }
    }
}
