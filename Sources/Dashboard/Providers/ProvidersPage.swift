package import Events

/// All providers that the client may see.
package struct ProvidersPage: PageContent {
    package static let template = "Providers"
    package let title = "Providers"
    let heads: [ColumnHead]
    let providers: [ProviderRow]
    let hasProviders: Bool

    /// - Parameter order: nil: as `routes.json` has them.
    package init(_ facts: [ProviderFacts], by order: TableOrder<ProviderColumn>? = nil, at now: Timestamp) {
        heads = ProviderTable.heads(order) { PageLink.address(Screen.providers.path, [("sort", $0)]) }
        providers = ProviderTable.rows(facts, by: order, at: now)
        hasProviders = !facts.isEmpty
    }
}
