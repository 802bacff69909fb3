import Access
package import Events
import Notifications

/// The differences between two versions of `routes.json`, for people to review.
package struct RoutesChanges: Sendable, Equatable {
    /// The parts of the file.
    package enum Part: String, Sendable {
        case provider, route, migration, client, notifications
    }

    /// What happened to one part.
    package enum Kind: String, Sendable {
        case added, removed, changed
    }

    /// One provider, route, migration or client that has changed.
    package struct Change: Sendable, Equatable {
        package let part: Part
        package let name: String
        package let kind: Kind
        /// The fields that differ; empty unless `kind` is ``Kind/changed``.
        package let fields: [String]

        /// `provider lago: changed: base_url, batch`.
        package var summary: String {
            "\(part.rawValue) \(name): \(kind.rawValue)" + (fields.isEmpty ? "" : ": \(fields.joined(separator: ", "))")
        }
    }

    /// In the order of the newer file, with removed parts at the end.
    package let list: [Change]

    /// Compares two files part by part; parts are identified by their names.
    package init(from old: Routes, to new: Routes) {
        let providers = Self.changes(.provider, old.providers, new.providers, \.name.rawValue, Self.fields)
        let routes = Self.changes(.route, old.routes, new.routes, \.name.rawValue, Self.fields)
        let migrations = Self.changes(
            .migration,
            old.migrations,
            new.migrations,
            \.name.rawValue,
            MigrationConfiguration.changedFields
        )
        let clients = Self.changes(.client, old.clients, new.clients, \.name.rawValue, Self.fields)
        list =
            providers + routes + Self.moved(old.routes, new.routes) + migrations + clients
            + Self.changes(old.notifications, new.notifications)
    }

    /// The providers that are not in the newer file.
    package var removedProviders: [ProviderName] {
        list.filter { $0.part == .provider && $0.kind == .removed }.map { ProviderName($0.name) }
    }

    private static func changes<Element: Equatable>(
        _ part: Part,
        _ old: [Element],
        _ new: [Element],
        _ name: (Element) -> String,
        _ fields: (Element, Element) -> [String]
    ) -> [Change] {
        let newNames = Set(new.map(name))
        let kept = new.compactMap { element -> Change? in
            guard let before = old.first(where: { name($0) == name(element) }) else {
                return Change(part: part, name: name(element), kind: .added, fields: [])
            }
            guard before != element else { return nil }
            return Change(part: part, name: name(element), kind: .changed, fields: fields(before, element))
        }
        let removed = old.filter { !newNames.contains(name($0)) }
        return kept + removed.map { Change(part: part, name: name($0), kind: .removed, fields: []) }
    }

    /// The settings themselves are one part with the name `notifications`; receivers are named.
    private static func changes(_ old: NotificationSettings, _ new: NotificationSettings) -> [Change] {
        let fields = named([
            ("name", old.gateway != new.gateway), ("circuit_open", old.rules.circuitOpen != new.rules.circuitOpen),
            ("backlog", old.rules.backlog != new.rules.backlog),
            ("memory_left", old.rules.memoryLeft != new.rules.memoryLeft),
            ("key_expiry", old.rules.keyExpiry != new.rules.keyExpiry), ("quiet", old.rules.quiet != new.rules.quiet),
            ("gather", old.pacing.gather != new.pacing.gather),
            ("interval", old.pacing.interval != new.pacing.interval),
            ("settle", old.pacing.settle != new.pacing.settle),
            ("repeat", old.pacing.repeatAfter != new.pacing.repeatAfter),
        ])
        let settings =
            fields.isEmpty
            ? [] : [Change(part: .notifications, name: "notifications", kind: .changed, fields: fields)]
        return settings
            + changes(.notifications, old.receivers, new.receivers, \.name) { old, new in
                named([("receiver", old.channel != new.channel), ("kinds", old.kinds != new.kinds)])
            }
    }

    /// The first matching route takes an event, so the order of routes matters.
    private static func moved(_ old: [Route], _ new: [Route]) -> [Change] {
        let kept = old.map(\.name).filter { name in new.contains { $0.name == name } }
        let order = new.map(\.name).filter { kept.contains($0) }
        return zip(kept, order).filter { $0 != $1 }.map { _, name in
            Change(part: .route, name: name.rawValue, kind: .changed, fields: ["position"])
        }
    }

    private static func fields(_ old: ProviderConfiguration, _ new: ProviderConfiguration) -> [String] {
        let (before, after) = (old.connection.headers, new.connection.headers)
        let differing = before.filter { !after.contains($0) } + after.filter { !before.contains($0) }
        return namedFields(old, new) + Set(differing.map(\.setting)).sorted()
    }

    private static func namedFields(_ old: ProviderConfiguration, _ new: ProviderConfiguration) -> [String] {
        let (before, after) = (old.connection, new.connection)
        return named([
            ("adapter", old.traits.adapter != new.traits.adapter), ("base_url", before.baseURL != after.baseURL),
            ("allow_private_address", before.mayBeInside != after.mayBeInside),
            ("credential", before.credential != after.credential),
            ("webhook_key", before.webhookKey != after.webhookKey),
            ("batch", old.pipeline.batch != new.pipeline.batch),
            ("concurrency", old.pipeline.concurrency != new.pipeline.concurrency),
            ("timeout", old.timeout != new.timeout), ("rate_limit", old.pipeline.rateLimit != new.pipeline.rateLimit),
            ("retry", old.pipeline.retry != new.pipeline.retry),
            ("breaker", old.pipeline.breaker != new.pipeline.breaker),
            ("reads", old.reads != new.reads), ("verify", old.verify != new.verify),
            ("canary", old.canary != new.canary),
            ("on_uncertain", old.pipeline.onUncertain != new.pipeline.onUncertain),
        ])
    }

    private static func fields(_ old: Route, _ new: Route) -> [String] {
        named([
            ("match", old.match != new.match),
            ("to", old.destinations != new.destinations || old.inactive != new.inactive),
        ])
    }

    private static func fields(_ old: Client, _ new: Client) -> [String] {
        named([
            ("tenant", old.tenant != new.tenant), ("keys", old.keys != new.keys), ("scopes", old.scopes != new.scopes),
            ("routes", old.allowance.routes != new.allowance.routes),
            ("names", old.allowance.names != new.allowance.names), ("limits", old.limits != new.limits),
            ("timestamps", old.timestamps != new.timestamps),
            ("pass", old.pass.rules != new.pass.rules),
            ("pass_shared", old.pass.includesSharedAccounts != new.pass.includesSharedAccounts),
        ])
    }

    private static func named(_ fields: [(name: String, differs: Bool)]) -> [String] {
        fields.filter(\.differs).map(\.name)
    }
}
