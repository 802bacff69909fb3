import ArgumentParser
import Client
import JSON
import NIOHTTP1

/// `tollgate backfill start`: begins one, and follows it until it has ended.
struct StartBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "start",
        abstract: "Start a backfill, or show what it would do.",
        discussion: """
            Sends the events of the window that the routes now send to the provider and that were never sent there. The command shows \
            the progress until the backfill ends; the backfill continues if the command is stopped.
            """
    )

    @Argument(help: "A migration in routes.json, whose new provider gets the events.")
    var name: String?

    @Option(name: .customLong("to"), help: "In place of a migration: the provider.")
    var provider: String?

    @Option(name: .customLong("migration"), help: "The same as the argument <name>.")
    var namedMigration: String?

    @Option(
        help: """
            Events at or after this time: 30d, or a time such as 2026-01-31T00:00:00Z; with a migration also period, the start of each \
            customer's running billing period.
            """
    )
    var since: String

    @Option(help: "Events before this time.")
    var until: String?

    @Option(
        name: .customLong("name"),
        help: "Event names; * matches any text. May be repeated, or contain several separated by commas."
    )
    var eventNames: [String] = []

    @Option(help: "Customers. May be repeated, or contain several separated by commas.")
    var customerID: [String] = []

    @Option(help: "Percentage of the provider's rate limit.")
    var rate = "50%"

    @Flag(help: "Only show what the backfill would do.")
    var dryRun = false

    @Flag(help: "Start even if the routes have the provider in mode shadow only.")
    var withoutLive = false

    @Flag(
        help: """
            With --since period: leave out the customers whose running billing period began before the oldest events that the journal \
            has, whose bills would be incomplete.
            """
    )
    var withoutIncomplete = false

    @Flag(help: "Start even at a vendor that counts a repeated event again and cannot be read.")
    var acceptUnreadable = false

    @Flag(name: .customLong("i-know"), help: "Start although past usage may appear on another bill than expected.")
    var confirmed = false

    @Flag(help: "Return at once instead of showing the progress.")
    var detach = false

    @OptionGroup var response: ResponseOptions

    func validate() throws {
        guard [name, namedMigration, provider].count(where: { $0 != nil }) == 1 else {
            throw ValidationError("name either a migration, or a provider with --to PROVIDER")
        }
        if since == "period", migration == nil {
            throw ValidationError("--since period requires a migration, which says when billing periods begin")
        }
        if withoutIncomplete, since != "period" {
            throw ValidationError("--without-incomplete is for --since period, which has a start for each customer")
        }
    }

    var migration: String? { name ?? namedMigration }

    mutating func run() async throws {
        guard let root = response.toShow(try await start()) else { return }
        if dryRun { return Terminal.data(ForecastText(root).text) }
        if let effect = root["effect"]?.string { Terminal.message(effect) }
        for line in ForecastText.leftOut(root) { Terminal.message(line) }
        let numbers = root["backfills"]?.elements.compactMap { $0["id"]?.numberText } ?? []
        for number in numbers { Terminal.message("backfill \(number) has started") }
        guard !detach else { return }
        var failed = false
        for number in numbers where try await !BackfillProgress(number, at: response.gateway).follow() { failed = true }
        if failed { throw ExitCode(1) }
    }

    private func start() async throws -> GatewayClient.Answer {
        try await response.gateway.call(.POST, "/v1/backfills", body: try body) { refusal in
            Self.advice(on: refusal.json?["type"]?.string)
        }
    }

    /// Names the option that lets a backfill start that was refused for this kind of problem.
    static func advice(on type: String?) -> String? {
        let option: String? =
            switch type {
            case "urn:tollgate:problem:not-confirmed": "--i-know"
            case "urn:tollgate:problem:unreadable-provider": "--accept-unreadable"
            case "urn:tollgate:problem:not-live": "--without-live"
            case "urn:tollgate:problem:incomplete-periods": "--without-incomplete"
            default: nil
            }
        return option.map { "Use \($0) to start it." }
    }

    /// The order, as the API takes it.
    var body: [UInt8] {
        get throws {
            var writer = JSONWriter()
            writer.beginObject()
            if let provider { writer.member("to", string: provider) }
            if let migration { writer.member("migration", string: migration) }
            writer.member("since", string: since)
            if let until { writer.member("until", string: until) }
            writer.member("names", strings: QueryParameters.split(eventNames))
            writer.member("customer_ids", strings: QueryParameters.split(customerID))
            writer.key("rate")
            writer.number("\(try Percentage.read(rate))")
            writer.member("dry_run", bool: dryRun)
            writer.member("without_live", bool: withoutLive)
            writer.member("accept_unreadable", bool: acceptUnreadable)
            writer.member("confirmed", bool: confirmed)
            if withoutIncomplete { writer.member("without_incomplete", bool: true) }
            writer.endObject()
            return writer.bytes
        }
    }
}

/// `50%`, or `50`.
enum Percentage {
    /// - Throws: `ValidationError` for what is no number from 1 to 100.
    static func read(_ text: String) throws -> Double {
        guard let percent = Double(text.hasSuffix("%") ? text.dropLast() : text[...]), percent >= 1, percent <= 100
        else {
            throw ValidationError("\"\(text)\" must be a percentage from 1% to 100%")
        }
        return percent
    }
}
