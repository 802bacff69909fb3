import Access
import ConfigurationFile
import Events
import Notifications
import OfRecord

/// What `tollgate check` prints for a valid file: what it configures.
package enum RoutesReport {
    /// The routes as text.
    package static func summary(of routes: Routes, file: String) -> String {
        var lines = [
            "\(file): "
                + [
                    count(routes.providers.count, "provider"), count(routes.routes.count, "route"),
                    count(routes.clients.count, "client"),
                ].joined(separator: ", ")
        ]
        for provider in routes.providers {
            let headers = provider.connection.headers.map { ", \($0.setting) \($0.value)" }.joined()
            lines.append(
                "  provider \(provider.name): \(provider.traits.vendor) at \(provider.connection.baseURL), \(text(provider.connection.credential))\(headers), "
                    + reads(of: provider)
            )
        }
        for route in routes.routes {
            let destinations = route.destinations.map { routed in
                let share = routed.share < 100 ? " for \(percent(routed.share))% of the customers" : ""
                return
                    "\(routed.destination.provider) (\(routed.destination.mode.rawValue)\(share)\(time(routed.window)))"
            }
            let list = destinations.isEmpty ? "nowhere" : destinations.joined(separator: ", ")
            lines.append("  route \(route.name): \(text(route.match)) to \(list)")
        }
        for migration in routes.migrations {
            lines.append("  migration \(migration.name): \(migration.summary)")
            for destination in destinations(of: migration, in: routes) where lacksIDProperty(destination, routes) {
                lines.append(
                    """
                        advice: set "\(SettingField.idProperty)" at \(destination.provider), so that comparisons tell its events apart by \
                    their IDs
                    """
                )
            }
        }
        for client in routes.clients {
            lines.append("  client \(client.name): \(text(client))")
        }
        for receiver in routes.notifications.receivers {
            lines.append("  notifications to \(receiver.name): \(text(receiver))")
        }
        return lines.joined(separator: "\n")
    }

    private static func text(_ receiver: Receiver) -> String {
        let kinds =
            receiver.kinds.count == NotificationKind.allCases.count
            ? "everything" : receiver.kinds.sorted().map(\.rawValue).joined(separator: ", ")
        return switch receiver.channel {
        case .webhook(let address, let secret): "webhook\(text(address)), signed with the \(text(secret)): \(kinds)"
        case .slack(let address): "Slack-compatible webhook\(text(address)): \(kinds)"
        case .mail(let mail):
            "mail from \(mail.from) to \(mail.to.joined(separator: ", ")) by \(mail.program): \(kinds)"
        }
    }

    private static func text(_ address: ReceiverAddress) -> String {
        switch address.source {
        case .text(let text): " at \(text)"
        case .credential: ""
        }
    }

    /// Where the route of a migration sends events at its two providers.
    private static func destinations(of migration: MigrationConfiguration, in routes: Routes) -> [Destination] {
        let route = routes.routes.first { $0.name == migration.route }
        return (route.map(routes.possibleDestinations) ?? []).map(\.destination).filter {
            $0.provider == migration.from || $0.provider == migration.to
        }
    }

    /// Whether the vendor never shows the ids of events, and none of their properties carries them.
    private static func lacksIDProperty(_ destination: Destination, _ routes: Routes) -> Bool {
        let traits = routes.providers.first { $0.name == destination.provider }?.traits
        guard traits?.settings.contains(where: { $0.name == SettingField.idProperty }) ?? false else { return false }
        return destination.settings.text(SettingField.idProperty)?.isEmpty ?? true
    }

    /// `, events from … until … accepted from …`; empty for all times.
    private static func time(_ window: EventWindow) -> String {
        window == .always ? "" : ", events\(window.text)"
    }

    private static func reads(of provider: ProviderConfiguration) -> String {
        guard provider.traits.reads != nil else {
            return "cannot be read: a delivery with an unknown outcome is never looked up, and stays uncertain"
        }
        let share = "at most \(percent(provider.reads.share))% of its rate limit and "
        let limit = provider.pipeline.rateLimit == nil ? "" : share
        let metered = provider.reads.metered
        let names = metered.keys.sorted().map { "\($0) by \(metered[$0]?.property ?? "")" }
        let sums = names.isEmpty ? "" : ", sums of \(names.joined(separator: " and "))"
        let verify = provider.verify.map { ", \($0.text) of the delivered events read back" } ?? ""
        let canary = provider.canary.map { ", a canary every \(DurationText.write($0.every))" } ?? ""
        return "read with \(limit)a lag of \(DurationText.write(provider.reads.lag))\(sums)\(verify)\(canary)"
    }

    /// A number with its noun: `1 route`, `2 routes`.
    package static func count(_ number: Int, _ name: String) -> String { "\(number) \(name)\(number == 1 ? "" : "s")" }

    private static func text(_ client: Client) -> String {
        var parts = ["tenant \(client.tenant)"]
        switch client.keys.count {
        case 0: parts.append("no key here")
        case 1: break
        case let count: parts.append("\(count) keys")
        }
        parts.append("may \(client.scopes.map(\.rawValue).sorted().joined(separator: ", "))")
        if !client.allowance.names.isEmpty {
            parts.append("names \(client.allowance.names.map(\.pattern).joined(separator: " or "))")
        }
        if !client.allowance.routes.isEmpty {
            parts.append("routes \(client.allowance.routes.map(\.rawValue).sorted().joined(separator: " or "))")
        }
        if let limit = client.limits.requests { parts.append("at most \(text(limit, of: "requests"))") }
        if let limit = client.limits.events { parts.append("at most \(text(limit, of: "events"))") }
        if !client.pass.rules.isEmpty { parts.append(text(client.pass)) }
        let window = client.timestamps
        parts.append(
            "timestamps up to \(TimestampWindow.text(window.past)) old and \(TimestampWindow.text(window.future)) ahead"
        )
        return parts.joined(separator: ", ")
    }

    private static func text(_ pass: PassRules) -> String {
        let rules = pass.rules.sorted { $0.key.rawValue < $1.key.rawValue }.map { adapter, rule in
            let target = rule.provider.map { " at \($0)" } ?? ""
            return "\(adapter)\(target): \(rule.paths.map(\.pattern).joined(separator: " or "))"
        }
        let shared = pass.includesSharedAccounts ? ", also in shared accounts" : ""
        return "passes \(rules.joined(separator: "; "))\(shared)"
    }

    private static func text(_ limit: RateLimit, of what: String) -> String {
        "\(limit.requests) \(what) in \(limit.per.components.seconds) s"
    }

    private static func percent(_ share: Double) -> String {
        share == share.rounded() ? "\(Int(share))" : "\(share)"
    }

    private static func text(_ source: CredentialSource) -> String {
        switch source {
        case .environment(let name): "key from the variable \(name)"
        case .file(let path): "key from the file \(path)"
        case .command(let command): text(command)
        case .inline: "key from this file"
        }
    }

    private static func text(_ command: CredentialCommand) -> String {
        let variables =
            command.variables.isEmpty ? "" : " with the variables \(command.variables.joined(separator: ", "))"
        return "key from the program \(command.arguments[0])\(variables)"
    }

    private static func text(_ match: RouteMatch) -> String {
        var conditions: [String] = []
        if !match.names.isEmpty { conditions.append("name \(match.names.map(\.pattern).joined(separator: " or "))") }
        if !match.customers.isEmpty {
            conditions.append("customer \(match.customers.map(\.pattern).joined(separator: " or "))")
        }
        if !match.clients.isEmpty {
            conditions.append("client \(match.clients.map(\.rawValue).joined(separator: " or "))")
        }
        return conditions.isEmpty ? "every event" : "events with \(conditions.joined(separator: " and "))"
    }
}
