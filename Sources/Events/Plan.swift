/// How a destination takes part in a route.
package enum DeliveryMode: String, Sendable, CaseIterable {
    /// Delivered; a client that waits, waits for its result.
    case primary
    /// Delivered; never affects the client.
    case mirror
    /// Translated, validated and logged, but not sent.
    case shadow
    /// Neither sent nor translated; such a destination is in no plan.
    case off
}

/// A provider inside a route, with everything that decides how an event is written there. Frozen with the plan.
///
/// A class, because each delivery refers to it: comparing the references mostly shows whether two go to the same destination.
package final class Destination: Sendable, Equatable {
    package let provider: ProviderName
    package let adapter: AdapterName
    package let mode: DeliveryMode
    /// Event names that are sent under another name.
    package let rename: [ExactText: ExactText]
    /// The adapter's own settings, such as Lago's `subscription_id` template, checked against ``VendorTraits/settings``.
    package let settings: DestinationSettings

    package init(
        provider: ProviderName,
        adapter: AdapterName,
        mode: DeliveryMode,
        rename: [ExactText: ExactText] = [:],
        settings: DestinationSettings = DestinationSettings()
    ) {
        self.provider = provider
        self.adapter = adapter
        self.mode = mode
        self.rename = rename
        self.settings = settings
    }

    package static func == (left: Destination, right: Destination) -> Bool {
        left === right
            || (left.provider == right.provider && left.adapter == right.adapter && left.mode == right.mode
                && left.rename == right.rename && left.settings == right.settings)
    }

    /// The name under which an event of this name is sent.
    package func name(for name: String) -> String {
        rename.isEmpty ? name : rename[name.exact]?.rawValue ?? name
    }
}

/// The destinations of an event, fixed when it is accepted: a later change of `routes.json` never reroutes it.
///
/// A class, because thousands of events share one plan: the journal stores each plan once, and compares plans by reference first and by
/// ``encoded`` second.
package final class Plan: Sendable {
    /// The route that matched; nil where none did.
    package let route: RouteName?
    /// The destinations in the order of `routes.json`; never one with mode ``DeliveryMode/off``, no provider twice.
    package let destinations: [Destination]
    /// This plan as JSON; equal plans have equal bytes. Holds no secret.
    package let encoded: [UInt8]
    /// Whether its events are canaries, which are excluded everywhere: from comparisons, usage, plans, backfills and the gates of migrations.
    /// Computed once, because walks through the journal ask it of every event.
    package let isOfCanaries: Bool

    /// Encodes the plan once, so that equal plans can be recognized by their bytes. `destinations` must meet what ``destinations``
    /// promises.
    package init(route: RouteName?, destinations: [Destination]) {
        precondition(!destinations.contains { $0.mode == .off }, "a destination that is off is in no plan")
        precondition(
            Set(destinations.map(\.provider)).count == destinations.count,
            "a provider stands in a plan once, or one event would be two on its bill"
        )
        self.route = route
        self.destinations = destinations
        encoded = PlanCoding.encode(route: route, destinations: destinations)
        isOfCanaries = destinations.contains(where: \.isForCanaries)
    }

    /// The destination at this provider, if the plan has one.
    package func destination(at provider: ProviderName) -> Destination? {
        destinations.first { $0.provider == provider }
    }
}
