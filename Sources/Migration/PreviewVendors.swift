import Events
import Routing

/// The providers and adapters that a preview translates with.
struct PreviewVendors: Sendable {
    /// The providers of the new routes.
    let providers: [ProviderName: ProviderConfiguration]
    private let adapters: [AdapterName: any Adapter]

    init(providers: [ProviderConfiguration], adapters: [any Adapter]) {
        self.providers = Dictionary(providers.map { ($0.name, $0) }) { first, _ in first }
        self.adapters = Dictionary(adapters.map { ($0.traits.adapter, $0) }) { first, _ in first }
    }

    /// Translates for a destination; nil if this version does not have its adapter any more.
    func translation(for destination: Destination) -> (any Translating)? {
        adapters[destination.adapter]?.translation(for: destination)
    }
}
