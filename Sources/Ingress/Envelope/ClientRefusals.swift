import Events
import Synchronization

/// How many requests of each client were refused since the start of the gateway. One entry for each client of `routes.json` that was.
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

    /// Notes how a request of a client ended. Only refusals cost more than a look at the status.
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

    /// Nothing if none was refused.
    func count(of client: ClientName) -> Counts {
        counts.withLock { $0[client] ?? Counts() }
    }
}
