package import Events
package import OfRecord

extension Routes {
    /// The destinations of a route, with the one that is `off` until a migration has it delivered.
    package func possibleDestinations(of route: Route) -> [RoutedDestination] {
        guard let migration = migration(of: route.name) else { return route.destinations }
        return route.destinations + route.inactive.filter { $0.destination.provider == migration.to }
    }

    /// These routes with what the migrations' logs order for the new providers before any customer has moved: not sent, shadow or mirror.
    package func ordered(by logs: MigrationLogs) -> Routes {
        let ordered = routes.map { route -> Route in
            guard let migration = migration(of: route.name), migration.fixed == nil,
                let delivery = logs[migration.name].delivery
            else { return route }
            let destinations = possibleDestinations(of: route).map { routed in
                guard routed.destination.provider == migration.to else { return routed }
                let mode = routed.destination.mode.changed(by: delivery)
                return RoutedDestination(
                    destination: routed.destination.delivered(as: mode),
                    share: routed.share,
                    window: routed.window
                )
            }
            let inactive = route.inactive.filter { $0.destination.provider != migration.to }
            return Route(name: route.name, match: route.match, destinations: destinations, inactive: inactive)
        }
        return Routes(replacing: ordered, in: self)
    }

    /// The migration that has moved customers to or from a provider whose vendor would bill a past event now; nil if none has.
    package func migration(billing provider: ProviderConfiguration, by logs: MigrationLogs) -> MigrationName? {
        guard provider.traits.billing.clock == .receipt else { return nil }
        let name = provider.owner?.provider ?? provider.name
        return migrations.first { migration in
            [migration.from, migration.to].contains(name) && migration.fixed == nil
                && !migration.record(by: logs[migration.name]).isUnused
        }?.name
    }
}

extension RoutesSnapshot {
    /// When something was ordered last in a migration to or from the provider of an account; nil if nothing was.
    package func newestOrder(concerning account: ProviderName) -> Timestamp? {
        let owner = routes.providers.first { $0.name == account }?.owner
        let provider = owner?.provider ?? account
        return routes.migrations.filter { [$0.from, $0.to].contains(provider) }
            .compactMap { logs[$0.name].entries.last?.at }.max()
    }
}
