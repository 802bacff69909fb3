import Access
import Events
import Routing

/// The keys with which vendors sign their webhooks, for a separate ``CredentialVault``.
struct WebhookKeys: ConfiguredCredentials {
    let routes: CurrentRoutes

    var providersWithCredentials: [ProviderName] {
        routes.current.routes.providers.filter { $0.connection.webhookKey != nil }.map(\.name)
    }

    func credentialSource(of provider: ProviderName) -> CredentialSource? {
        routes.current.routes.providers.first { $0.name == provider }?.connection.webhookKey
    }

    func vault(environment: [String: String]) -> CredentialVault {
        CredentialVault(of: self, environment: environment, holding: "the vendor's webhook key")
    }
}
