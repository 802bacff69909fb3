import ArgumentParser
import Client
import JSON

/// Follows the gateway's event stream, and reconnects when it ends.
struct EventTail {
    let gateway: GatewayOptions
    let path: String
    let json: Bool

    func run() async throws {
        let client = try gateway.client
        var last: String?
        while true {
            do {
                try await client.follow(path, after: last) { message in
                    if let id = message.id { last = id }
                    show(message)
                }
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
    private func show(_ message: StreamMessage) {
        if json {
            return Terminal.data(Array(#"{"event":"\#(message.kind)","data":\#(message.data)}"#.utf8))
        }
        guard let data = message.json else { return }
        switch message.kind {
        case "accepted":
            let customer = data["customer_id"]?.string ?? data["subscription_id"]?.string ?? ""
            let columns = [
                data["accepted_at"]?.string ?? "", data["id"]?.string ?? "", data["name"]?.string ?? "", customer,
            ]
            Terminal.line("accepted  " + columns.joined(separator: "  "))
        case "settled":
            let delivery = data["delivery"]
            let error = delivery?["error"]?["message"]?.string.map { "  \($0)" } ?? ""
            let columns = [
                data["id"]?.string ?? "", delivery?["provider"]?.string ?? "", delivery?["status"]?.string ?? "",
            ]
            Terminal.line("settled   " + columns.joined(separator: "  ") + error)
        case "missed":
            Terminal.message(
                "\(data["settlements"]?.numberText ?? "?") settlements were skipped because they arrived faster than they could be shown"
            )
        default: break
        }
    }
}
