import Journal
import ServiceLifecycle

/// An open store: the journal by its protocols, its state for people, and its service.
struct OpenedStore: Sendable {
    /// The kinds of stores, by the names that people see.
    enum Kind: String, Sendable, CaseIterable {
        case sqlite
        case postgresql
    }

    let kind: Kind
    /// Where it is, without secrets.
    let place: String
    let journal: any EventStore
    /// What it shares with other gateways; nil if there are none.
    let shared: SharedParts?
    /// What does not work now; nil if everything does.
    let outage: @Sendable () -> StoreOutage?
    /// Why it accepts no new events; nil if it does, or if that cannot be determined now.
    let fullness: @Sendable () async -> StoreFullness?
    /// Whether an operator has asked this gateway to release everything that it holds.
    let isDraining: @Sendable () -> Bool
    /// How many events were missing after the store had confirmed them; always 0 for an embedded one.
    let lostEvents: @Sendable () -> Int
    /// The first in the group's list: it ends after all services that use the journal, and then closes it.
    let service: any Service
    /// Closes the journal of a gateway that cannot start.
    let close: @Sendable () async -> Void
}

extension OpenedStore {
    /// Opens the store that the settings name.
    static func open(_ settings: GatewaySettings, _ parts: StoreSurroundings) async throws(GatewayFault) -> OpenedStore
    {
        switch settings.store {
        case .embedded: try .embedded(settings, parts)
        case .shared(let shared): try await .shared(shared, settings, parts)
        }
    }
}
