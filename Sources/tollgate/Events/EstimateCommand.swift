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
        Terminal.data(Terminal.table([Self.header] + estimate.elements(of: "charges").map(Self.row)))
        if let total = Self.total(estimate) { Terminal.line(total) }
    }

    static let header = ["CHARGE", "UNITS", "EACH", "AMOUNT", "TAXES", "TOTAL", "CURRENCY"]

    /// One row of the table; amounts are the vendor's texts, not rounded.
    static func row(_ charge: JSONValue) -> [String] {
        ["name", "units", "unit_amount"].map { charge[$0]?.string ?? "-" }
            + ["amount", "taxes", "total", "currency"].map { charge[$0]?.string ?? "" }
    }

    /// `total 0.06 EUR, by lago`; nil if the charges are in several currencies.
    static func total(_ estimate: JSONValue) -> String? {
        guard let total = estimate["total"]?.string, let currency = estimate["currency"]?.string else { return nil }
        return "total \(total) \(currency), by \(estimate["provider"]?.string ?? "")"
    }
}
