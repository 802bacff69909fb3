import ArgumentParser
import Client
import JSON

/// Follows the gateway's stream, and comes back to it when it breaks off.
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
                Terminal.message("the gateway has closed the stream; trying again")
            } catch let refusal as StreamRefused {
                Terminal.message(refusal.problem)
                throw ExitCode(1)
            } catch let error as GatewayUnreachable {
                // Before the first message this is a wrong address; later it is a restart.
                guard last != nil else {
                    Terminal.message("\(error)")
                    throw ExitCode(1)
                }
                Terminal.message("the stream broke off (\(error.reason)); trying again")
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private func show(_ message: StreamMessage) {
        if json {
            return Terminal.data(Array(#"{"event":"\#(message.kind)","data":\#(message.data)}"#.utf8))
        }
        guard let data = message.json else { return }
        switch message.kind {
        case "accepted":
            let customer = data["customer_id"]?.string ?? data["subscription_id"]?.string ?? ""
            let words = [
                data["accepted_at"]?.string ?? "", data["id"]?.string ?? "", data["name"]?.string ?? "", customer,
            ]
            Terminal.line("accepted  " + words.joined(separator: "  "))
        case "settled":
            let delivery = data["delivery"]
            let error = delivery?["error"]?["message"]?.string.map { "  \($0)" } ?? ""
            let words = [
                data["id"]?.string ?? "", delivery?["provider"]?.string ?? "", delivery?["status"]?.string ?? "",
            ]
            Terminal.line("settled   " + words.joined(separator: "  ") + error)
        case "missed":
            Terminal.message(
                "\(data["settlements"]?.numberText ?? "?") settlements came faster than they could be shown"
            )
        default: break
        }
    }
}
