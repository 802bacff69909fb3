/// Test events that the gateway sends on its own, to measure how long a vendor takes to show one. A setting of its destination marks an
/// event as one. No client and no `routes.json` can set it, and the journal's format needs no field for it.
extension DestinationSettings {
    /// The setting of a canary's destination.
    package static let canary = "canary"
    /// Settings that `routes.json` cannot set, and that a retry with other settings keeps.
    package static let reserved = ofCorrections + [canary]
}

extension Destination {
    /// Whether only canaries are sent here.
    package var isForCanaries: Bool { settings.flag(DestinationSettings.canary) }

    /// The destination for a canary, which is sent like the route's own events, under its own name.
    package var forCanaries: Destination {
        var values = settings.values
        values[DestinationSettings.canary] = .flag(true)
        return Destination(
            provider: provider,
            adapter: adapter,
            mode: .mirror,
            settings: DestinationSettings(values)
        )
    }
}

extension TenantID {
    /// The tenant of canaries: no client can have this name, so no client sees them among its events.
    package static var canary: TenantID { TenantID("(canary)") }
}

extension ClientName {
    /// The client of canaries: no client can have this name.
    package static var canary: ClientName { ClientName("(canary)") }
}
