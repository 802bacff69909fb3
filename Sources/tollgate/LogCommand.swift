import ArgumentParser
import Client
import JSON

/// `tollgate log`: the audit log.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract: "Show the audit log, newest first: administrative acts, failed sign-ins, reads of vendors' data.",
        discussion: "The key needs the scope admin."
    )

    @Option(help: "administration, sign_in, vendor_read or vendor_write; several are separated by commas.")
    var category: String?

    @Option(help: "A client's name, or the operating system's user for what was done by the command line.")
    var actor: String?

    @Option(help: "The action, such as \"deliveries: discard\".")
    var action: String?

    @Option(help: "A tenant's name.")
    var tenant: String?

    @Option(help: "Entries of this time or later, in RFC 3339.")
    var start: String?

    @Option(help: "Entries before this time, in RFC 3339.")
    var end: String?

    @Option(help: "Maximum number of entries.")
    var limit = 100

    @Option(help: "Continue from this cursor.")
    var cursor: String?

    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    mutating func run() async throws {
        let parameters = [
            ("category", category), ("actor", actor), ("action", action), ("tenant", tenant), ("start", start),
            ("end", end), ("limit", "\(limit)"), ("cursor", cursor),
        ]
        let query = parameters.compactMap { name, value in value.map { "\(name)=\($0.percentEncoded)" } }
        let answer = try await gateway.get("/v1/log?" + query.joined(separator: "&"))
        guard !json, let page = answer.json else { return Terminal.data(answer.body) }
        var rows = [["TIME", "CATEGORY", "ACTION", "ACTOR", "KEY", "ADDRESS", "DETAILS"]]
        for entry in page["entries"].map({ Array($0.elements) }) ?? [] { rows.append(Self.row(entry)) }
        Terminal.data(Terminal.table(rows))
        if let next = page["next_cursor"]?.string { Terminal.message("more: --cursor \(next)") }
    }

    private static func row(_ entry: JSONValue) -> [String] {
        let details = (entry["details"].map { Array($0.members) } ?? []).map { "\($0.name)=\($0.value.string ?? "")" }
        let columns = ["at", "category", "action", "actor", "key_id", "remote_address"].map { entry[$0]?.string ?? "-" }
        return columns + [details.joined(separator: " ")]
    }
}
