import Access
import Journal
import Routing

/// Why a request is refused, before each API writes it in its own format.
enum RequestError: Error {
    case noKey
    /// The key's field occurs more than once: a proxy in front may have checked the other one.
    case repeatedKeyField(String)
    case refusedKey(KeyError)
    case missingScope(Scope)
    case rateLimited(LimitExceeded)
    case store(StoreError)
    case problem(Problem)
    /// An error of the gateway, which is in the log.
    case failed
}
