import ArgumentParser
import Client
import Foundation
import JSON

/// `tollgate deliveries`: looks at what did not simply arrive, and decides about it.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "Look at deliveries that did not simply arrive; retry or discard them.",
        subcommands: [
            ListDeliveriesCommand.self, ShowDeliveriesCommand.self, RetryDeliveriesCommand.self,
            DiscardDeliveriesCommand.self, ListActionsCommand.self,
        ]
    )
}

/// Which deliveries are meant.
struct DeliveryFilterOptions: ParsableArguments {
    @Option(help: "One provider's only.")
    var provider: String?

    @Option(
        help: "These only, separated by commas: pending, retrying, rejected, uncertain, skipped, discarded, delivered."
    )
    var status: String?

    @Option(help: "Of events with this name.")
    var name: String?

    @Option(help: "With these errors only, separated by commas, such as invalid_event,timeout.")
    var errorCode: String?

    @Option(help: "Of events accepted at this moment or later, such as 2026-01-31T00:00:00Z.")
    var acceptedFrom: String?

    @Option(help: "Of events accepted before this moment.")
    var acceptedBefore: String?

    /// What is given, by the API's names.
    var given: [(name: String, value: String)] {
        [
            ("provider", provider), ("status", status), ("name", name), ("error_code", errorCode),
            ("accepted_from", acceptedFrom), ("accepted_before", acceptedBefore),
        ].compactMap { name, value in value.map { (name, $0) } }
    }
}

/// `tollgate deliveries list`: retrying, rejected and uncertain deliveries.
struct ListDeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List deliveries that were retried, rejected or are uncertain."
    )

    @OptionGroup var filter: DeliveryFilterOptions

    @Option(help: "How many at the most.")
    var limit = 100

    @Option(help: "Go on behind a page: the cursor that it ended with.")
    var cursor: String?

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let parameters = filter.given + [("limit", "\(limit)")] + (cursor.map { [("cursor", $0)] } ?? [])
        let query = parameters.map { "\($0.0)=\($0.1.percentEncoded)" }.joined(separator: "&")
        let answer = try await gateway.get("/v1/deliveries?\(query)")
        guard !json, let page = answer.json else { return Terminal.data(answer.body) }
        var rows = [["EVENT"] + DeliveryRows.header]
        for item in page["deliveries"].map({ Array($0.elements) }) ?? [] {
            guard let delivery = item["delivery"] else { continue }
            rows.append([item["event_id"]?.string ?? ""] + DeliveryRows.row(delivery))
        }
        Terminal.data(Terminal.table(rows))
        if let cursor = page["next_cursor"]?.string { Terminal.note("there are more: --cursor \(cursor)") }
    }
}

/// `tollgate deliveries show ID`: one event's deliveries with every attempt.
struct ShowDeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an event's deliveries and every attempt (the same as `tollgate events show`)."
    )

    @OptionGroup var event: EventReport

    mutating func run() async throws {
        try await event.show()
    }
}

/// What an order about deliveries takes.
struct DeliveryOrder: ParsableArguments {
    @Argument(help: "Ids of events; none if a filter says which.")
    var ids: [String] = []

    @OptionGroup var filter: DeliveryFilterOptions

    @Flag(help: "All of them. Without ids, filter or --all nothing is done.")
    var all = false

    @Flag(help: "Count only; nothing is changed.")
    var dryRun = false

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    /// Sends the order and says what it did.
    func send(_ action: String, done: String) async throws {
        let answer = try await gateway.post("/v1/deliveries/\(action)", body: body)
        guard !json, let count = answer.json else { return Terminal.data(answer.body) }
        let changed = count["changed"]?.numberText ?? "0"
        Terminal.data(dryRun ? "\(changed) deliveries would be \(done)" : "\(changed) deliveries \(done)")
        if let busy = count["busy"]?.numberText, busy != "0" {
            Terminal.message("\(busy) are in flight and were left alone; try again in a moment")
        }
        if let uncertain = count["uncertain"]?.numberText, uncertain != "0" {
            Terminal.message("\(uncertain) are uncertain and were left alone; --status uncertain retries them")
        }
    }

    private var body: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if !ids.isEmpty {
            writer.key("ids")
            write(ids, to: &writer)
        }
        if !filter.given.isEmpty {
            writer.key("filter")
            writer.beginObject()
            for (name, value) in filter.given {
                switch name {
                case "status", "error_code":
                    writer.key(name)
                    write(value.split(separator: ",").map(String.init), to: &writer)
                default: writer.member(name, string: value)
                }
            }
            writer.endObject()
        }
        if all { writer.member("all", bool: true) }
        if dryRun { writer.member("dry_run", bool: true) }
        writer.endObject()
        return writer.bytes
    }

    private func write(_ texts: [String], to writer: inout JSONWriter) {
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
    }
}

/// `tollgate deliveries retry`: sends deliveries again.
struct RetryDeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Retry rejected and retrying deliveries now.",
        discussion:
            "An uncertain delivery may have arrived, and a vendor that does not deduplicate would bill it twice: "
            + "--status uncertain retries these, nothing else does."
    )

    @OptionGroup var order: DeliveryOrder

    mutating func run() async throws {
        try await order.send("retry", done: "sent again")
    }
}

/// `tollgate deliveries discard`: gives deliveries up.
struct DiscardDeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Give up rejected, uncertain or retrying deliveries, and what waits for a removed provider."
    )

    @OptionGroup var order: DeliveryOrder

    mutating func run() async throws {
        try await order.send("discard", done: "discarded")
    }
}

/// `tollgate deliveries actions`: who retried or discarded what, and when.
struct ListActionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "actions",
        abstract: "List who retried or discarded what, newest first."
    )

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let answer = try await gateway.get("/v1/deliveries/actions")
        guard !json, let list = answer.json else { return Terminal.data(answer.body) }
        var rows = [["WHEN", "WHO", "ACTION", "CHANGED", "BUSY", "WHICH"]]
        for action in list["actions"].map({ Array($0.elements) }) ?? [] {
            rows.append(
                ["at", "client", "action"].map { action[$0]?.string ?? "" }
                    + ["changed", "busy"].map { action[$0]?.numberText ?? "" } + [action["filter"]?.string ?? ""]
            )
        }
        Terminal.data(Terminal.table(rows))
    }
}
