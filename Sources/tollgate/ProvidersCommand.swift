import ArgumentParser
import Client
import JSON

/// `tollgate providers`: the state of each provider.
struct ProvidersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "providers",
        abstract: "Show each provider: circuit, backlog and its age, what was delivered, the last error."
    )

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let answer = try await gateway.get("/v1/providers")
        guard !json, let list = answer.json else { return Terminal.data(answer.body) }
        var rows = [
            ["PROVIDER", "ADAPTER", "STATE", "BACKLOG", "OLDEST", "DELIVERED", "RETRIED", "REJECTED", "LAST ERROR"]
        ]
        for provider in list["providers"].map({ Array($0.elements) }) ?? [] {
            let counts = provider["since_start"]
            rows.append(
                [
                    provider["name"]?.string ?? "", provider["adapter"]?.string ?? "", Self.state(provider),
                    provider["backlog"]?["events"]?.numberText ?? "-",
                    (provider["backlog"]?["age_seconds"]?.numberText ?? "-") + " s",
                ] + ["delivered", "retried", "rejected"].map { counts?[$0]?.numberText ?? "-" } + [
                    provider["last_error"]?["message"]?.string ?? "-"
                ]
            )
        }
        Terminal.data(Terminal.table(rows))
    }

    private static func state(_ provider: JSONValue) -> String {
        if provider["parked"]?.bool == true { return "parked" }
        if let until = provider["held_until"]?.string { return "waits until \(until)" }
        return provider["circuit"]?.string.map { "circuit \($0)" } ?? "starting"
    }
}
