import ArgumentParser
import Client
import JSON

/// `tollgate log`: the audit log.
struct LogCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "log",
        abstract:
            "Show the audit log, newest first: administrative actions, sessions, refused keys and actions, reads of vendors' data.",
        discussion: "Requires the scope admin."
    )

    @Option(help: "Categories: administration, sign_in, refused, session, vendor_read, vendor_write.")
    var category: [String] = []

    @Option(help: "A client, or the operating system user who ran a command.")
    var actor: String?

    @Option(help: "An action, such as \"deliveries: discard\".")
    var action: String?

    @Option(help: "A tenant.")
    var tenant: String?

    @Option(name: .customLong("request-id"), help: "The ID of a request, from its answer or from the access log.")
    var requestID: String?

    @Option(help: "Entries at or after this time, such as 2026-01-31T00:00:00Z.")
    var from: String?

    @Option(help: "Entries before this time.")
    var until: String?

    @OptionGroup var page: PageOptions<100>

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        guard let list = try await response.get(parameters.appended(to: "/v1/log")) else { return }
        Terminal.data(Terminal.table([Self.header] + list.elements(of: "entries").map(Self.row)))
        page.tellNext(after: list)
    }

    static let header = ["TIME", "CATEGORY", "ACTION", "ACTOR", "KEY", "ADDRESS", "DETAILS"]

    /// The filter, by the API's names.
    var parameters: QueryParameters {
        var parameters = QueryParameters()
        parameters.add("category", anyOf: category)
        parameters.add("actor", actor)
        parameters.add("action", action)
        parameters.add("tenant", tenant)
        parameters.add("request_id", requestID)
        parameters.add("from", from)
        parameters.add("until", until)
        page.add(to: &parameters)
        return parameters
    }

    /// One row of the table; the details are joined to one column as `name=value`.
    static func row(_ entry: JSONValue) -> [String] {
        let details = (entry["details"].map { Array($0.members) } ?? []).map { "\($0.name)=\($0.value.string ?? "")" }
        let columns = ["at", "category", "action", "actor", "key_id", "remote_address"].map { entry[$0]?.string ?? "-" }
        return columns + [details.joined(separator: " ")]
    }
}
