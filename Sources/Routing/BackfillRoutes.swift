import Access
import ConfigurationFile
package import Events
import JSON

/// What the routes send to one provider account, frozen when a backfill begins: it says which events the account gets, and how.
///
/// A pure function of the event, so that every start of the gateway comes to the same set of events.
package struct BackfillRoutes: Sendable, Equatable {
    /// A route, by what it does for the account.
    struct Rule: Sendable, Equatable {
        let match: RouteMatch
        /// Where its events go; nil if it does not send to the account.
        let destination: Destination?
        /// Percent of the customers that go there.
        let share: Double
    }

    /// Whose events go to the account.
    enum Tenants: Sendable, Equatable {
        /// Those of all tenants but these, which have accounts of their own.
        case all(but: Set<TenantID>)
        /// Of one tenant, whose own account it is.
        case only(TenantID)
    }

    /// The account.
    package let account: ProviderName
    let rules: [Rule]
    let tenants: Tenants
    /// Whether the tenant stands in front of each id, because tenants share the account.
    let prefixesTenant: Bool

    init(account: ProviderName, rules: [Rule], tenants: Tenants, prefixesTenant: Bool) {
        self.account = account
        self.rules = rules
        self.tenants = tenants
        self.prefixesTenant = prefixesTenant
    }

    /// Freezes what the routes send to an account.
    /// - Parameter withShadow: whether destinations in mode `shadow` are taken for live ones.
    /// - Returns: nil if no route delivers to it.
    package init?(of account: ProviderConfiguration, in routes: Routes, withShadow: Bool = false) {
        let provider = account.owner?.provider ?? account.name
        let rules = routes.routes.map { route in
            let routed = route.destinations.first {
                $0.destination.provider == provider && (withShadow || $0.destination.mode != .shadow)
            }
            // Nobody waits for what becomes of a backfill's deliveries.
            return Rule(
                match: route.match,
                destination: routed.map { $0.destination.moved(to: account.name, mode: .mirror) },
                share: routed?.share ?? 0
            )
        }
        guard rules.contains(where: { $0.destination != nil }) else { return nil }
        let owners = routes.providers.compactMap(\.owner).filter { $0.provider == provider }.map(\.tenant)
        self.init(
            account: account.name,
            rules: rules,
            tenants: account.owner.map { .only($0.tenant) } ?? .all(but: Set(owners)),
            prefixesTenant: routes.isShared(account.name)
        )
    }

    /// Where the routes send an event at the account; nil if they do not.
    package func destination(of event: AcceptedEvent) -> Destination? {
        switch tenants {
        case .all(let others): if others.contains(event.tenant) { return nil }
        case .only(let tenant): if tenant != event.tenant { return nil }
        }
        let rule = rules.first {
            $0.match.matches(name: event.name, customerID: event.customerID, client: event.client)
        }
        guard let rule, let destination = rule.destination,
            rule.share >= 100 || CustomerShare.point(of: event.customerID ?? event.subscriptionID ?? "") < rule.share
        else { return nil }
        return prefixesTenant ? destination.prefixed(by: event.tenant) : destination
    }
}

// MARK: - As the journal keeps it

extension BackfillRoutes {
    /// These routes as JSON; they hold no secret.
    package var encoded: [UInt8] {
        var writer = JSONWriter(capacity: 512)
        writer.beginObject()
        writer.member("account", string: account.rawValue)
        switch tenants {
        case .all(let others): write(others.map(\.rawValue).sorted(), as: "but", to: &writer)
        case .only(let tenant): writer.member("only", string: tenant.rawValue)
        }
        writer.key("prefixes_tenant")
        writer.bool(prefixesTenant)
        writer.key("rules")
        writer.beginArray()
        for rule in rules { write(rule, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private func write(_ rule: Rule, to writer: inout JSONWriter) {
        writer.beginObject()
        write(rule.match.names.map(\.pattern), as: "names", to: &writer)
        write(rule.match.customers.map(\.pattern), as: "customers", to: &writer)
        write(rule.match.clients.map(\.rawValue), as: "clients", to: &writer)
        if let destination = rule.destination {
            // Safe: a share is from 0 to 100. In units of a ten-thousandth of a percent, as shares are distinguished.
            writer.member("share", integer: Int((rule.share * 10_000).rounded()))
            writer.member(
                "plan",
                string: String(decoding: Plan(route: nil, destinations: [destination]).encoded, as: UTF8.self)
            )
        }
        writer.endObject()
    }

    private func write(_ texts: [String], as name: String, to writer: inout JSONWriter) {
        writer.key(name)
        writer.beginArray()
        for text in texts { writer.string(text) }
        writer.endArray()
    }

    /// Reads what ``encoded`` wrote.
    /// - Returns: nil if the bytes are something else.
    package init?(decoding bytes: [UInt8]) {
        guard let root = try? JSONDocument(parsing: bytes).root, let account = root["account"]?.string,
            let prefixes = root["prefixes_tenant"]?.bool, let list = root["rules"], list.kind == .array
        else { return nil }
        var rules: [Rule] = []
        for element in list.elements {
            guard let rule = Rule(from: element) else { return nil }
            rules.append(rule)
        }
        let tenants: Tenants
        if let only = root["only"]?.string {
            tenants = .only(TenantID(only))
        } else if let others = root["but"], others.kind == .array {
            tenants = .all(but: Set(others.elements.compactMap(\.string).map { TenantID($0) }))
        } else {
            return nil
        }
        self.init(account: ProviderName(account), rules: rules, tenants: tenants, prefixesTenant: prefixes)
    }
}

extension BackfillRoutes.Rule {
    fileprivate init?(from value: JSONValue) {
        func texts(_ name: String) -> [String]? {
            guard let list = value[name], list.kind == .array else { return nil }
            return list.elements.compactMap(\.string)
        }
        guard let names = texts("names"), let customers = texts("customers"), let clients = texts("clients") else {
            return nil
        }
        let match = RouteMatch(
            names: names.map { Glob($0) },
            customers: customers.map { Glob($0) },
            clients: clients.map { ClientName($0) }
        )
        guard let plan = value["plan"]?.string else {
            self.init(match: match, destination: nil, share: 0)
            return
        }
        guard let destination = PlanCoding.decode(Array(plan.utf8))?.destinations.first,
            let share = value["share"]?.int64, (0...1_000_000).contains(share)
        else { return nil }
        self.init(match: match, destination: destination, share: Double(share) / 10_000)
    }
}
