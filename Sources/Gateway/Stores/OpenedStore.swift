import Journal
import ServiceLifecycle

/// A store that is open: the journal by its protocols, what people are told of it, and its part in the group of services.
struct OpenedStore: Sendable {
    /// What kinds of stores there are, by the names that people see.
    enum Kind: String, Sendable, CaseIterable {
        case sqlite
        case postgresql
    }

    let kind: Kind
    /// Where it is, without secrets.
    let place: String
    let journal: any EventStore
    /// What it has in common with other gateways; nil if there are none.
    let shared: SharedParts?
    /// What does not work now; nil if everything does.
    let outage: @Sendable () -> StoreOutage?
    /// Why it takes no new event; nil if there is room, or if that cannot be found out now.
    let fullness: @Sendable () async -> StoreFullness?
    /// Whether an operator has asked this gateway to return what it holds.
    let isDraining: @Sendable () -> Bool
    /// How many events were missing after the store had confirmed them; none in an embedded one.
    let lostEvents: @Sendable () -> Int
    /// The first in the group's list: it ends after all services that use the journal, and closes it.
    let service: any Service
    /// Closes the journal of a gateway that cannot start.
    let close: @Sendable () async -> Void
}

extension OpenedStore {
    /// Opens what the settings name.
    static func open(_ settings: GatewaySettings, _ parts: StoreSurroundings) async throws(GatewayFault) -> OpenedStore
    {
        switch settings.store {
        case .embedded: try .embedded(settings, parts)
        case .shared(let shared): try await .shared(shared, settings, parts)
        }
    }
}
