import ArgumentParser
import Client
import JSON

/// `tollgate deliveries groups`: what fails, by provider, reason and name.
struct DeliveryGroupsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "groups",
        abstract: "Count deliveries by provider, status, error code and event name."
    )

    @OptionGroup var filter: DeliveryFilterOptions

    @Option(help: "Continue from this cursor.")
    var cursor: String?

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        var parameters = filter.parameters
        parameters.add("cursor", cursor)
        guard let list = try await response.get(parameters.appended(to: "/v1/deliveries/groups")) else { return }
        Terminal.data(Terminal.table([Self.header] + list.elements(of: "groups").map(Self.row)))
        for remark in Self.remarks(list) { Terminal.note(remark) }
    }

    /// What the table lacks, and how to see it.
    static func remarks(_ list: JSONValue) -> [String] {
        var remarks: [String] = []
        if let others = list["other"]?.int64, others > 0 {
            remarks.append("\(others) deliveries are in further groups; use filters to see them")
        }
        if let cursor = list["next_cursor"]?.string {
            let until = list["counted_until"]?.string ?? "an earlier event"
            remarks.append("counted up to events accepted at \(until); for the rest: --cursor \(cursor)")
        }
        return remarks
    }

    static let header = ["COUNT", "PROVIDER", "STATUS", "ERROR", "NAME", "FIRST", "LAST", "EXAMPLE", "MESSAGE"]

    /// One row of the table: the group and an example of its deliveries.
    static func row(_ group: JSONValue) -> [String] {
        let example = group["example"]
        return [group["count"]?.numberText ?? ""]
            + ["provider", "status", "error_code", "name", "first_accepted_at", "last_accepted_at"].map {
                group[$0]?.string ?? "-"
            } + [example?["event_id"]?.string ?? "-", example?["message"]?.string ?? "-"]
    }
}
