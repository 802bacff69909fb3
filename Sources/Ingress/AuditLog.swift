import Logging
import Routing

/// One line an administrative act of a client, under a label of its own, so that a log collector can keep these apart and for longer. Decisions about
/// deliveries are in the journal too.
struct AuditLog: Sendable {
    let logger: Logger

    /// - Parameter details: what was done to what; never a secret.
    func write(_ act: String, by client: Client, _ details: [String: String]) {
        var metadata: Logger.Metadata = ["client": "\(client.name)", "tenant": "\(client.tenant)"]
        for (name, value) in details { metadata[name] = "\(value)" }
        logger.notice("\(act)", metadata: metadata)
    }
}
