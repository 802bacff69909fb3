import ArgumentParser
import Client
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

    @OptionGroup var event: EventInput

    @Option(help: "Provider to ask (default: the first whose vendor has estimates).")
    var provider: String?

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        let query = provider.map { "?provider=\($0.percentEncoded)" } ?? ""
        let path = "/v1/events/estimate\(query)"
        guard let estimate = try await response.post(path, body: try event.read()) else { return }
        let rows = estimate.elements(of: "charges").map { charge in
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
