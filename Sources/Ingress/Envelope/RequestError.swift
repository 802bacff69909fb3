import Access
import Journal
import Routing

/// Why a request is refused, before each API words it in its own way.
enum RequestError: Error {
    case noKey
    /// The field of the key stands more than once: a proxy in front may have looked at the other one.
    case repeatedKeyField(String)
    case refusedKey(KeyError)
    case missingScope(Scope)
    case rateLimited(LimitExceeded)
    case store(StoreError)
    case problem(Problem)
    /// For a reason of ours, which is in the log.
    case failed
}
