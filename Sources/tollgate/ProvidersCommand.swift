import ArgumentParser
import Client
import JSON

/// `tollgate providers`: the state of each provider; holds and resumes deliveries to one.
struct ProvidersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers",
        abstract: "Show providers; hold or resume deliveries to one.",
        subcommands: [
            ListProvidersCommand.self, WatchedProvidersCommand.self, HoldProviderCommand.self,
            ResumeProviderCommand.self,
        ],
        defaultSubcommand: ListProvidersCommand.self
    )
}

/// `tollgate providers list`, the default subcommand.
struct ListProvidersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "Show each provider's state, backlog, backlog age, delivery counts, passed calls and last error."
    )

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        guard let list = try await response.get("/v1/providers") else { return }
        Terminal.data(Terminal.table([Self.header] + list.elements(of: "providers").map(Self.row)))
    }

    static let header = [
        "PROVIDER", "ADAPTER", "STATE", "BACKLOG", "OLDEST", "DELIVERED", "RETRIED", "REJECTED", "DEDUPLICATED",
        "PASSED", "PASS ERRORS", "PASS P99", "LAST ERROR",
    ]

    /// One row of the table; a dash for what the gateway does not know.
    static func row(_ provider: JSONValue) -> [String] {
        let counts = provider["since_start"]
        return [
            provider["name"]?.string ?? "", provider["adapter"]?.string ?? "", state(provider),
            provider["backlog"]?["events"]?.numberText ?? "-",
            provider["backlog"]?["age_seconds"]?.numberText.map { "\($0) s" } ?? "-",
        ] + ["delivered", "retried", "rejected", "deduplicated"].map { counts?[$0]?.numberText ?? "-" } + [
            provider["passed"]?["requests"]?.numberText ?? "-",
            provider["passed"]?["errors"]?.numberText ?? "-",
            provider["passed"]?["latency_ms_p99"]?.numberText.map { "\($0) ms" } ?? "-",
            provider["last_error"]?["message"]?.string ?? "-",
        ]
    }

    /// A provider's state in a few words; an operator's hold takes precedence over parking and the circuit.
    static func state(_ provider: JSONValue) -> String {
        if let until = provider["operator_hold"]?["until"]?.string {
            return "held until \(until) by \(provider["operator_hold"]?["client"]?.string ?? "")"
        }
        let since = provider["circuit_open_since"]?.string.map { " since \($0)" } ?? ""
        if provider["parked"]?.bool == true {
            return "parked\(provider["parked_since"]?.string.map { " since \($0)" } ?? "")"
        }
        if let until = provider["held_until"]?.string { return "paused by the vendor until \(until)" }
        if let gateway = provider["gateway"], let name = gateway["name"]?.string {
            return "\(gateway["detail"]?.string ?? "unknown") (at gateway \(name))"
        }
        return provider["circuit"]?.string.map { "circuit \($0)\(since)" } ?? "starting"
    }
}

/// `tollgate providers hold NAME --for 1h`: pauses deliveries to a provider.
struct HoldProviderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hold",
        abstract: "Pause deliveries to a provider.",
        discussion: "Events are still accepted and queued. The hold survives a restart. Requires the scope admin."
    )

    @Argument(help: "The provider.")
    var name: String

    @Option(name: .customLong("for"), help: "Duration, such as 30m, 1h or 7d.")
    var duration: String

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("for", string: duration)
        writer.endObject()
        let answer = try await gateway.post("/v1/providers/\(name.percentEncoded)/hold", body: writer.bytes)
        let until = answer.json?["operator_hold"]?["until"]?.string ?? ""
        Terminal.data("\(name) is held until \(until); `tollgate providers resume \(name)` ends the hold")
    }
}

/// `tollgate providers resume NAME`: ends a hold, or a wait requested by the vendor.
struct ResumeProviderCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resume",
        abstract: "Resume deliveries to a provider.",
        discussion: """
            Ends a hold, a wait requested by the vendor, and the pause before the next probe; retries become due now. Requires the \
            scope admin.
            """
    )

    @Argument(help: "The provider.")
    var name: String

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        _ = try await gateway.post("/v1/providers/\(name.percentEncoded)/resume", body: [])
        Terminal.data("\(name) is resumed")
    }
}
