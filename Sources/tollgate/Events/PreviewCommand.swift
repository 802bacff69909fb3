import ArgumentParser
import Client
import JSON

/// `tollgate events preview`: what would happen to an event.
struct PreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Show the route of an event and the request to each vendor. Nothing is sent or stored.",
        discussion: """
            Reads one event as JSON from a file or standard input: \
            echo '{"name":"api_request","customer_id":"customer456"}' | tollgate events preview
            """
    )

    @OptionGroup var event: EventInput

    @Option(help: "Preview as this client; requires the scope admin.")
    var client: String?

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        let query = client.map { "?client=\($0.percentEncoded)" } ?? ""
        let body = try event.read()
        guard let preview = try await response.post("/v1/events/preview\(query)", body: body) else { return }
        for line in Self.lines(preview) { Terminal.line(line) }
    }

    /// The route, whose bill the event is on, and what would happen at each destination.
    static func lines(_ preview: JSONValue) -> [String] {
        var lines = ["route \(preview["route"]?.string ?? "none")"]
        if let record = preview["of_record"], let provider = record["provider"]?.string {
            lines.append("of record: \(provider) (migration \(record["migration"]?.string ?? ""))")
        }
        return lines + preview.elements(of: "destinations").flatMap { self.lines(at: $0) }
    }

    /// What would happen at one destination: the request, or why there is none.
    private static func lines(at destination: JSONValue) -> [String] {
        let provider = destination["provider"]?.string ?? ""
        let head = "\(provider) (\(destination["adapter"]?.string ?? ""), \(destination["mode"]?.string ?? ""))"
        if let error = destination["error"] {
            return ["", "\(head): \(error["field"]?.string ?? ""): \(error["message"]?.string ?? "")"]
        }
        guard let request = destination["request"] else { return ["", "\(head): not in routes.json"] }
        let headers = request.elements(of: "headers").map { header in
            "  \(header["name"]?.string ?? ""): \(header["value"]?.string ?? "")"
        }
        let wait = destination["not_before"]?.string.map { ", not before \($0)" } ?? ""
        return ["", "\(head)\(wait)", "  \(request["method"]?.string ?? "") \(request["url"]?.string ?? "")"]
            + headers + ["", "  \(request["body"]?.string ?? "")"]
    }
}
