import Events
import Synchronization

/// How many requests of each client were refused since the gateway started. One entry for each client of `routes.json` with refusals.
final class ClientRefusals: Sendable {
    /// Of one client.
    struct Counts: Sendable, Equatable {
        /// Beyond a rate limit: 429.
        var limited = 0
        /// Without the scope, or not allowed by the client's restrictions: 403.
        var forbidden = 0
    }

    private let counts = Mutex<[ClientName: Counts]>([:])

    init() {}

    /// Counts the status of a client's request. Only refusals cost more than a comparison.
    func note(_ status: Int, of client: ClientName) {
        guard status == 429 || status == 403 else { return }
        counts.withLock { counts in
            if status == 429 {
                counts[client, default: Counts()].limited += 1
            } else {
                counts[client, default: Counts()].forbidden += 1
            }
        }
    }

    /// Zero if none was refused.
    func count(of client: ClientName) -> Counts {
        counts.withLock { $0[client] ?? Counts() }
    }
}
