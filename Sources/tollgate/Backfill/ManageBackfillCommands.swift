import ArgumentParser
import Client
import JSON

/// `tollgate backfill list`.
struct ListBackfillsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "List backfills, newest first.")

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let answer = try await gateway.get("/v1/backfills")
        guard !json, let list = answer.json else { return Terminal.data(answer.body) }
        var rows = [
            ["ID", "PROVIDER", "STATE", "DONE", "DELIVERED", "RETRYING", "REJECTED", "UNCERTAIN", "RATE", "HELD BY"]
        ]
        for backfill in list["backfills"].map({ Array($0.elements) }) ?? [] { rows.append(BackfillText(backfill).row) }
        Terminal.data(Terminal.table(rows))
    }
}

/// `tollgate backfill show ID`.
struct ShowBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a backfill: its filter, progress, and what holds it."
    )

    @Argument(help: "The number of the backfill.")
    var id: Int

    @Flag(help: "Show the progress until it has ended.")
    var follow = false

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let answer = try await gateway.get("/v1/backfills/\(id)")
        guard !json, let backfill = answer.json else { return Terminal.data(answer.body) }
        Terminal.data(BackfillText(backfill).lines.joined(separator: "\n"))
        guard follow else { return }
        if try await !BackfillProgress("\(id)", at: gateway).follow() { throw ExitCode(1) }
    }
}

/// `tollgate backfill pause ID`.
struct PauseBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pause",
        abstract: "Pause a backfill. Requests in flight are finished."
    )

    @Argument(help: "The number of the backfill.")
    var id: Int

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        _ = try await gateway.post("/v1/backfills/\(id)/pause", body: [])
        Terminal.data("backfill \(id) is paused; `tollgate backfill resume \(id)` resumes it")
    }
}

/// `tollgate backfill resume ID`.
struct ResumeBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Resume a paused backfill.")

    @Argument(help: "The number of the backfill.")
    var id: Int

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        _ = try await gateway.post("/v1/backfills/\(id)/resume", body: [])
        Terminal.data("backfill \(id) is running")
    }
}

/// `tollgate backfill rate ID 20%`.
struct RateBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rate",
        abstract: "Change how much of the provider's rate limit a backfill may take."
    )

    @Argument(help: "The number of the backfill.")
    var id: Int

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
        _ = try await gateway.patch("/v1/backfills/\(id)", body: writer.bytes)
        Terminal.data("backfill \(id) takes up to \(BackfillText.percent(percent)) of the rate limit")
    }
}

/// `tollgate backfill cancel ID`.
struct CancelBackfillCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cancel",
        abstract: "Cancel a backfill. What is delivered stays; what waits for a retry is discarded."
    )

    @Argument(help: "The number of the backfill.")
    var id: Int

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        _ = try await gateway.post("/v1/backfills/\(id)/cancel", body: [])
        Terminal.data("backfill \(id) is cancelled; requests in flight are finished")
    }
}
