import Access
import Events

/// Refreshes that several open pages ask for, written once a second for all pages of the same client.
///
/// What a page shows follows from the client and the address. So nobody is answered with what was written for another client, nor for the
/// same client with other scopes.
final class SharedRefreshes: Sendable {
    /// What a refresh is written for.
    struct Key: Sendable, Hashable {
        private let client: ClientName
        private let tenant: TenantID
        private let scopes: Set<Scope>
        private let address: String

        /// - Parameter address: path and query.
        init(_ client: Client, _ address: String) {
            self.client = client.name
            tenant = client.tenant
            scopes = client.scopes
            self.address = address
        }
    }

    /// Maximum number of answers that are kept, of some 50 KB each.
    static let most = 64

    /// A page asks every five seconds at most.
    private let answers = SharedAnswers<Key, EndpointResponse>(limit: SharedRefreshes.most)

    /// How many requests wait for what is written for another one.
    var waiting: Int { answers.waiting }

    /// The answer to a refresh: one of the last second, one that is being written, or a new one.
    /// - Parameter write: makes a new one. What it throws is thrown to its caller alone.
    func response(
        for key: Key,
        at now: ContinuousClock.Instant = .now,
        write: () async throws -> EndpointResponse
    ) async throws -> EndpointResponse {
        try await answers.answer(for: key, at: now, make: write)
    }
}
