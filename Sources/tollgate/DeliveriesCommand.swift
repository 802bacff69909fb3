import ArgumentParser
import Client
import Foundation
import JSON

/// `tollgate deliveries`: lists, retries and discards deliveries that did not succeed at once.
struct DeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deliveries",
        abstract: "List or count failed and waiting deliveries; retry or discard them.",
        subcommands: [
            ListDeliveriesCommand.self, DeliveryGroupsCommand.self, ShowDeliveriesCommand.self,
            RetryDeliveriesCommand.self, DiscardDeliveriesCommand.self, ListActionsCommand.self,
        ]
    )
}

/// The filters of deliveries.
struct DeliveryFilterOptions: ParsableArguments {
    @Option(help: "Providers.")
    var provider: [String] = []

    @Option(
        help: """
            States: pending, retrying, rejected, uncertain, skipped, discarded, delivered. Filters may be repeated, or contain several \
            values separated by commas.
            """
    )
    var status: [String] = []

    @Option(help: "Event names.")
    var name: [String] = []

    @Option(help: "Customer ids.")
    var customerId: [String] = []

    @Option(help: "Error codes, such as invalid_event,timeout.")
    var errorCode: [String] = []

    @OptionGroup var acceptance: AcceptanceOptions

    /// Whether no filter was given: then IDs or `--all` must say what is meant, so that nobody retries everything by mistake.
    var isEmpty: Bool { lists.isEmpty && values.isEmpty }

    /// The filters that take several values, by the API's names.
    private var lists: [(name: String, values: [String])] {
        [
            ("provider", provider), ("status", status), ("name", name), ("customer_id", customerId),
            ("error_code", errorCode),
        ].filter { !$0.1.isEmpty }
    }

    /// The filters that take one value, by the API's names.
    private var values: [(name: String, value: String)] {
        [("accepted_from", acceptance.acceptedFrom), ("accepted_until", acceptance.acceptedUntil)]
            .compactMap { name, value in value.map { (name, $0) } }
    }

    /// The filter for a list.
    var parameters: QueryParameters {
        var parameters = QueryParameters()
        for (name, values) in lists { parameters.add(name, anyOf: values) }
        for (name, value) in values { parameters.add(name, value) }
        return parameters
    }

    /// The filter for a retry or discard, as members of an object.
    func writeMembers(to writer: inout JSONWriter) {
        for (name, values) in lists { writer.member(name, strings: QueryParameters.split(values)) }
        for (name, value) in values { writer.member(name, string: value) }
    }
}

/// `tollgate deliveries list`: deliveries that were retried or rejected, or have an unknown outcome.
struct ListDeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List deliveries that are retrying, rejected or uncertain."
    )

    @OptionGroup var filter: DeliveryFilterOptions

    @Flag(help: "Only deliveries that the vendor already had at the first attempt.")
    var duplicateAtVendor = false

    @OptionGroup var page: PageOptions<100>

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        var parameters = filter.parameters
        if duplicateAtVendor { parameters.add("duplicate_at_vendor", "true") }
        page.add(to: &parameters)
        guard let list = try await response.get(parameters.appended(to: "/v1/deliveries")) else { return }
        var rows = [["EVENT"] + DeliveryRows.header]
        for item in list.elements(of: "deliveries") {
            guard let delivery = item["delivery"] else { continue }
            rows.append([item["event_id"]?.string ?? ""] + DeliveryRows.row(delivery))
        }
        Terminal.data(Terminal.table(rows))
        page.tellNext(after: list)
    }
}

/// `tollgate deliveries show ID`: one event's deliveries with every attempt.
struct ShowDeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show an event's deliveries and attempts (same as `tollgate events show`)."
    )

    @OptionGroup var event: EventReport

    mutating func run() async throws {
        try await event.show()
    }
}

/// The arguments of a retry or discard.
struct DeliveryOrder: ParsableArguments {
    @Argument(help: "Event ids; none with a filter or --all.")
    var ids: [String] = []

    @OptionGroup var filter: DeliveryFilterOptions

    @Flag(help: "All deliveries that the command applies to. Ids, a filter or --all is required.")
    var all = false

    @Flag(help: "Only count; change nothing.")
    var dryRun = false

    @OptionGroup var response: ResponseOptions

    /// Sends the request and prints what it changed.
    func send(_ action: String, done: String) async throws {
        guard let count = try await response.post("/v1/deliveries/\(action)", body: body) else { return }
        let changed = count["changed"]?.numberText ?? "0"
        Terminal.data(dryRun ? "\(changed) deliveries would be \(done)" : "\(changed) deliveries \(done)")
        for remark in Self.remarks(count, isDryRun: dryRun) { Terminal.message(remark) }
    }

    /// What was not changed, or will fail again, each with what can be done about it.
    static func remarks(_ count: JSONValue, isDryRun: Bool) -> [String] {
        var remarks: [String] = []
        if let untranslatable = count["untranslatable"]?.numberText, untranslatable != "0" {
            let translatable = count["translatable"]?.numberText ?? "0"
            let verb = isDryRun ? "would be" : "will be"
            remarks.append(
                "\(translatable) can be translated now; \(untranslatable) cannot and \(verb) rejected again"
            )
        }
        if let busy = count["busy"]?.numberText, busy != "0" {
            remarks.append("\(busy) are in flight and were not changed; run the command again later")
        }
        if let uncertain = count["uncertain"]?.numberText, uncertain != "0" {
            remarks.append("\(uncertain) are uncertain and were not changed; --status uncertain retries them")
        }
        return remarks
    }

    /// The order, as the API takes it.
    var body: [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        if !ids.isEmpty { writer.member("ids", strings: ids) }
        if !filter.isEmpty {
            writer.key("filter")
            writer.beginObject()
            filter.writeMembers(to: &writer)
            writer.endObject()
        }
        if all { writer.member("all", bool: true) }
        if dryRun { writer.member("dry_run", bool: true) }
        writer.endObject()
        return writer.bytes
    }
}

/// `tollgate deliveries retry`: sends deliveries again.
struct RetryDeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Retry rejected and retrying deliveries now.",
        discussion:
            "An uncertain delivery may have arrived, and a vendor that does not deduplicate would bill it twice. "
            + "Uncertain deliveries are retried only with --status uncertain. A delivery that never reached the vendor, such as one that "
            + "could not be translated, is sent with the settings of the active routes; all others keep theirs. --dry-run says how many "
            + "can be translated now."
    )

    @OptionGroup var order: DeliveryOrder

    mutating func run() async throws {
        try await order.send("retry", done: "sent again")
    }
}

/// `tollgate deliveries discard`: deliveries that will not be sent.
struct DiscardDeliveriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "discard",
        abstract: "Discard rejected, uncertain or retrying deliveries, and those pending for a removed provider."
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
        abstract: "List retries and discards, newest first."
    )

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        guard let list = try await response.get("/v1/deliveries/actions") else { return }
        var rows = [["TIME", "CLIENT", "ACTION", "CHANGED", "IN FLIGHT", "FILTER"]]
        for action in list.elements(of: "actions") {
            rows.append(
                ["at", "client", "action"].map { action[$0]?.string ?? "" }
                    + ["changed", "busy"].map { action[$0]?.numberText ?? "" } + [action["filter"]?.string ?? ""]
            )
        }
        Terminal.data(Terminal.table(rows))
    }
}
