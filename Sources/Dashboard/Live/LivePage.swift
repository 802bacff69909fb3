package import Events

/// The tail of the journal: events as they are accepted and settled. Its rows are made in the browser.
package struct LivePage: PageContent {
    package static let template = "Live"
    package let title = "Live"
    /// The stream, with the filter.
    let stream: String
    let name: String
    let customer: String
    let providers: [Choice]
    let statuses: [Choice]
    /// What the browser filters: only settlements have it.
    let provider: String
    let status: String

    /// What the address of the page filters by.
    package struct Filter: Sendable {
        package let name: String?
        package let customer: String?
        package let provider: String?
        package let status: DeliveryStatus?

        package init(name: String?, customer: String?, provider: String?, status: DeliveryStatus?) {
            self.name = name
            self.customer = customer
            self.provider = provider
            self.status = status
        }
    }

    /// - Parameter providers: those that the visitor may see.
    package init(_ filter: Filter, providers: [ProviderName]) {
        stream = PageLink.address(
            "/dashboard/live/stream",
            [("name", filter.name), ("customer_id", filter.customer)]
        )
        name = filter.name ?? ""
        customer = filter.customer ?? ""
        provider = filter.provider ?? ""
        status = filter.status?.rawValue ?? ""
        self.providers = providers.map { Choice($0.rawValue, isChosen: $0.rawValue == filter.provider) }
        statuses = DeliveryStatus.allCases.map { Choice($0.rawValue, isChosen: $0 == filter.status) }
    }
}
