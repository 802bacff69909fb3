import ArgumentParser
import Client
import JSON

/// The backfill that a command is about.
struct BackfillReference: ParsableArguments {
    @Argument(help: "Number of the backfill.")
    var id: Int

    var path: String { "/v1/backfills/\(id)" }
}

/// `tollgate backfill list`.
struct ListBackfillsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List backfills, newest first.")

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        guard let list = try await response.get("/v1/backfills") else { return }
        var rows = [BackfillText.header]
        for backfill in list.elements(of: "backfills") { rows.append(BackfillText(backfill).row) }
        Terminal.data(Terminal.table(rows))
    }
}

/// `tollgate backfill show ID`.
struct ShowBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a backfill: its filter, its progress, and why it is waiting."
    )

    @OptionGroup var backfill: BackfillReference

    @Flag(help: "Show the progress until it ends.")
    var follow = false

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        guard let shown = try await response.get(backfill.path) else { return }
        Terminal.data(BackfillText(shown).lines.joined(separator: "\n"))
        guard follow else { return }
        if try await !BackfillProgress("\(backfill.id)", at: response.gateway).follow() { throw ExitCode(1) }
    }
}

/// `tollgate backfill pause ID`.
struct PauseBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Pause a backfill. In-flight requests are finished."
    )

    @OptionGroup var backfill: BackfillReference

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        _ = try await gateway.post(backfill.path + "/pause", body: [])
        Terminal.data("backfill \(backfill.id) is paused; `tollgate backfill resume \(backfill.id)` resumes it")
    }
}

/// `tollgate backfill resume ID`.
struct ResumeBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Resume a paused backfill.")

    @OptionGroup var backfill: BackfillReference

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        _ = try await gateway.post(backfill.path + "/resume", body: [])
        Terminal.data("backfill \(backfill.id) is running")
    }
}

/// `tollgate backfill rate ID 20%`.
struct RateBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate",
        abstract: "Change how much of the provider's rate limit a backfill may use."
    )

    @OptionGroup var backfill: BackfillReference

    @Argument(help: "Percentage of the provider's rate limit, such as 20%.")
    var rate: String

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let percent = try Percentage.read(rate)
        var writer = JSONWriter()
        writer.beginObject()
        writer.key("rate")
        writer.number("\(percent)")
        writer.endObject()
        _ = try await gateway.patch(backfill.path, body: writer.bytes)
        Terminal.data("backfill \(backfill.id) uses up to \(BackfillText.percent(percent)) of the rate limit")
    }
}

/// `tollgate backfill cancel ID`.
struct CancelBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel a backfill. Delivered events stay delivered; waiting retries are discarded."
    )

    @OptionGroup var backfill: BackfillReference

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        _ = try await gateway.post(backfill.path + "/cancel", body: [])
        Terminal.data("backfill \(backfill.id) is cancelled; in-flight requests are finished")
    }
}
