import Events
package import Routing

extension VendorEndpoint {
    /// The endpoint of a provider in `routes.json`.
    package init(_ provider: ProviderConfiguration) {
        self.init(
            provider: provider.name,
            baseURL: provider.connection.baseURL,
            credential: provider.traits.api.credential,
            headers: provider.connection.headers.map { (name: $0.name, value: $0.value) },
            timeout: provider.timeout,
            mayRepeat: provider.traits.requests.deduplication != .none
        )
    }
}
