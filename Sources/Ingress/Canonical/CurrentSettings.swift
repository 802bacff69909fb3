import Events
import Journal
import OfRecord
import Routing

/// The settings of the current routes, for deliveries that a person retries.
struct CurrentSettings: DeliveryAmending {
    private let snapshot: RoutesSnapshot

    init(_ snapshot: RoutesSnapshot) {
        self.snapshot = snapshot
    }

    /// Provider, adapter, mode and identity stay; templates, names and everything else come from the current routes.
    func amended(_ planned: Destination, for event: AcceptedEvent) -> Destination {
        guard let today = today(planned.provider, event), today.adapter == planned.adapter else { return planned }
        var values = today.settings.values
        for kept in [DestinationSettings.idPrefix] + DestinationSettings.reserved {
            values[kept] = planned.settings.values[kept]
        }
        return Destination(
            provider: planned.provider,
            adapter: planned.adapter,
            mode: planned.mode,
            rename: today.rename,
            settings: DestinationSettings(values)
        )
    }

    /// False if the provider was removed or has another adapter now.
    func canTranslate(_ event: AcceptedEvent, for destination: Destination) -> Bool {
        let provider = snapshot.routes.providers.first { $0.name == destination.provider }
        guard let adapter = provider?.adapter, adapter.traits.adapter == destination.adapter else { return false }
        do throws(Untranslatable) {
            _ = try adapter.translate(event, for: destination)
            return true
        } catch {
            return false
        }
    }

    /// The destination that the event would get now at a provider; otherwise the one that its plan's route has for other customers.
    private func today(_ provider: ProviderName, _ event: AcceptedEvent) -> Destination? {
        let plan = snapshot.table.plan(
            for: event.name,
            customerID: event.customerID,
            subscriptionID: event.subscriptionID,
            at: event.timestamp,
            acceptedAt: event.acceptedAt,
            client: event.client
        )
        if let destination = plan?.destination(at: provider) { return destination }
        let route = snapshot.routes.routes.first { $0.name == event.plan.route }
        let all = route.map { snapshot.routes.possibleDestinations(of: $0) } ?? []
        let there = all.filter { $0.destination.provider == provider.withoutTenant }
        return
            (there.first { $0.window.contains(event.timestamp, acceptedAt: event.acceptedAt) } ?? there.first)?
            .destination
    }
}
