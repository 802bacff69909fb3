package import Events

/// All providers that the client may see.
package struct ProvidersPage: PageContent {
    package static let template = "Providers"
    package let title = "Providers"
    let providers: [ProviderRow]
    let hasProviders: Bool

    package init(_ facts: [ProviderFacts], at now: Timestamp) {
        providers = facts.map { ProviderRow($0, at: now) }
        hasProviders = !facts.isEmpty
    }
}
