import ArgumentParser
import Client
import JSON

/// Follows the gateway's event stream, and reconnects when it ends, until nobody reads standard output any more.
struct EventTail {
    let gateway: GatewayOptions
    /// With the filter as its query.
    let path: String
    /// Whether each message is printed as a JSON object instead of a row.
    let json: Bool

    func run() async throws {
        let client = try gateway.client
        var last: String?
        var hasReader = true
        while hasReader {
            do {
                try await client.follow(path, after: last) { message in
                    if let id = message.id { last = id }
                    hasReader = show(message)
                    return hasReader
                }
                guard hasReader else { return }
                Terminal.message("the gateway closed the stream; reconnecting")
            } catch let refusal as StreamRefused {
                Terminal.message(refusal.problem)
                throw ExitCode(1)
            } catch let error as GatewayUnreachable {
                // Before the first message this is a wrong address; later it is a restart.
                guard last != nil else {
                    Terminal.message("\(error)")
                    throw ExitCode(1)
                }
                Terminal.message("the stream was interrupted (\(error.reason)); reconnecting")
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    /// Prints one message of the stream: as JSON on one line, or as a row.
    /// - Returns: false if nobody reads standard output any more.
    private func show(_ message: StreamMessage) -> Bool {
        if json {
            let object = #"{"event":"\#(message.kind)","data":\#(message.data)}"#
            return Terminal.lines(Array("\(object)\n".utf8))
        }
        if message.kind == "missed" {
            let count = message.json?["settlements"]?.numberText ?? "?"
            Terminal.note("\(count) settlements were skipped because they arrived faster than they could be shown")
        }
        return Self.line(message).map { Terminal.goOn(with: $0) } ?? true
    }

    /// An accepted event, or a settled delivery, on one line; nil for other messages.
    static func line(_ message: StreamMessage) -> String? {
        guard let data = message.json else { return nil }
        switch message.kind {
        case "accepted":
            let customer = data["customer_id"]?.string ?? data["subscription_id"]?.string ?? ""
            let columns = [
                data["accepted_at"]?.string ?? "", data["id"]?.string ?? "", data["name"]?.string ?? "", customer,
            ]
            return "accepted  " + columns.joined(separator: "  ")
        case "settled":
            let delivery = data["delivery"]
            let error = delivery?["error"]?["message"]?.string.map { "  \($0)" } ?? ""
            let columns = [
                data["id"]?.string ?? "", delivery?["provider"]?.string ?? "", delivery?["status"]?.string ?? "",
            ]
            return "settled   " + columns.joined(separator: "  ") + error
        default: return nil
        }
    }
}
