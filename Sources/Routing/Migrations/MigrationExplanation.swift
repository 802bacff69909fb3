import ConfigurationFile
package import Events
package import OfRecord

/// What a migration compiles to: which of its providers get an event, and whose bill it is on, before and after a customer's move.
package struct MigrationExplanation: Sendable, Equatable {
    /// What happens to one kind of event.
    package struct Case: Sendable, Equatable {
        /// The event's time.
        package let event: String
        /// The time of its acceptance.
        package let accepted: String
        /// Whose bill it is on.
        package let record: ProviderName
        /// `lago-prod (primary)`, in the order of the move.
        package let recipients: [String]
    }

    /// Of kinds of events that differ.
    package let cases: [Case]

    /// - Parameter delivery: what the new provider is to get before the move; nil: what `routes.json` says.
    package init(_ migration: MigrationConfiguration, in routes: Routes, delivery: MigrationEntry.Delivery? = nil) {
        let order = Timestamp.start(ofYear: 2030)
        let stage = delivery.map { [MigrationEntry(number: 1, at: order, action: .stage($0))] } ?? []
        let log = MigrationLog(stage + [MigrationEntry(number: 2, at: order, action: .cut(at: order))])
        let customer = CustomerID("")
        guard let rule = MigrationRule(migration, in: routes, by: log),
            let move = migration.record(by: log).switches(of: customer).first?.at
        else {
            cases = Self.fixedCases(of: migration, in: routes)
            return
        }
        let old = routes.mode(of: migration.from, on: migration.route)
        func found(_ event: (String, Timestamp), _ accepted: (String, Timestamp)) -> Case {
            let recipients = rule.recipients(of: customer, at: event.1, acceptedAt: accepted.1)
            let modes = [(migration.from, recipients.old ? old : .off), (migration.to, recipients.new)]
            return Case(
                event: event.0,
                accepted: accepted.0,
                record: recipients.record == .from ? migration.from : migration.to,
                recipients: modes.filter { $0.1 != .off }.map { "\($0.0) (\($0.1.rawValue))" }
            )
        }
        let (day, hour) = (Duration.seconds(86_400), Duration.seconds(3600))
        let before = ("before the move", move - day)
        let after = ("after the move", move + hour)
        let over = "\(DurationText.write(migration.keepFor)) after the move and later"
        let shortlyBefore = move - .seconds(1)
        var cases = [
            found(before, before), found(("before the move", shortlyBefore), ("in the hour before it", shortlyBefore)),
            found(before, after), found(after, ("before the move", move - hour)), found(after, after),
            found((after.0, move + migration.keepFor), (over, move + migration.keepFor)),
        ]
        // An hour, and a time after all times, that change nothing are of no interest.
        if cases[5].recipients == cases[4].recipients { cases.remove(at: 5) }
        if cases[1].recipients == cases[0].recipients { cases.remove(at: 1) }
        self.cases = cases
    }

    private static func fixedCases(of migration: MigrationConfiguration, in routes: Routes) -> [Case] {
        let destinations = routes.routes.first { $0.name == migration.route }?.destinations ?? []
        let own = destinations.filter { [migration.from, migration.to].contains($0.destination.provider) }
        return own.map { routed in
            Case(
                event: "events" + routed.window.event.text,
                accepted: routed.window.acceptance == .always
                    ? "at any time" : String(routed.window.acceptance.text.dropFirst()),
                record: routed.destination.provider,
                recipients: ["\(routed.destination.provider) (\(routed.destination.mode.rawValue))"]
            )
        }
    }
}

extension Timestamp {
    fileprivate static func - (left: Self, right: Duration) -> Timestamp { left + (.zero - right) }
}

extension Routes {
    /// How a provider gets a route's events by the file.
    fileprivate func mode(of provider: ProviderName, on name: RouteName) -> DeliveryMode {
        let route = routes.first { $0.name == name }
        return route?.destinations.first { $0.destination.provider == provider }?.destination.mode ?? .off
    }
}
