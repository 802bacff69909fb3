import ArgumentParser
import Client
import Foundation
import JSON

/// `tollgate events estimate`: what an event would cost.
struct EstimateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "estimate",
        abstract: "Ask a vendor what an event would cost. Nothing is sent or stored.",
        discussion: """
            Reads one event as JSON from a file or standard input: \
            echo '{"name":"api_request","customer_id":"customer456"}' | tollgate events estimate
            """
    )

    @Argument(help: "File with one event as JSON (default: standard input).")
    var file: String?

    @Option(help: "Provider to ask (default: the first whose vendor has estimates).")
    var provider: String?

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let event: Data
        do {
            event =
                try file.map { try Data(contentsOf: URL(filePath: $0)) } ?? FileHandle.standardInput.readToEnd()
                ?? Data()
        } catch {
            throw ValidationError("\"\(file ?? "standard input")\" cannot be read")
        }
        let query = provider.map { "?provider=\($0.percentEncoded)" } ?? ""
        let answer = try await gateway.post("/v1/events/estimate\(query)", body: [UInt8](event))
        guard !json, let estimate = answer.json else { return Terminal.data(answer.body) }
        let rows = (estimate["charges"].map { Array($0.elements) } ?? []).map { charge in
            [
                charge["name"]?.string ?? "-", charge["units"]?.string ?? "-", charge["unit_amount"]?.string ?? "-",
                charge["amount"]?.string ?? "", charge["taxes"]?.string ?? "", charge["total"]?.string ?? "",
                charge["currency"]?.string ?? "",
            ]
        }
        Terminal.data(Terminal.table([["CHARGE", "UNITS", "EACH", "AMOUNT", "TAXES", "TOTAL", "CURRENCY"]] + rows))
        if let total = estimate["total"]?.string, let currency = estimate["currency"]?.string {
            Terminal.line("total \(total) \(currency), by \(estimate["provider"]?.string ?? "")")
        }
    }
}
