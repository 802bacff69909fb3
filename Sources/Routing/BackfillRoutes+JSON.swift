import ConfigurationFile
import Events
import JSON
import OfRecord

/// As the journal keeps it.
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
        // An older gateway, which does not know of limits, must not take such routes for unlimited ones.
        writer.key(starts.map { $0.otherwise == nil ? Self.limitedRules : Self.rulesFromStarts } ?? "rules")
        writer.beginArray()
        for rule in rules { write(rule, to: &writer) }
        writer.endArray()
        if let starts {
            writer.key("customers_from")
            writer.beginObject()
            for (customer, start) in starts.customers.sorted(by: { $0.key < $1.key }) {
                writer.member(customer.rawValue, integer: start.milliseconds)
            }
            writer.endObject()
            if let otherwise = starts.otherwise { writer.member("others_from", integer: otherwise.milliseconds) }
        }
        if let returned {
            writer.key(Self.afterReturn)
            writer.beginObject()
            writer.member("migration", string: returned.migration.rawValue)
            writer.member("number", integer: returned.number)
            writer.endObject()
        }
        writer.endObject()
        return writer.bytes
    }

    private static let limitedRules = "rules_for_customers"
    private static let rulesFromStarts = "rules_from_starts"
    private static let afterReturn = "after_return"

    private func write(_ rule: Rule, to writer: inout JSONWriter) {
        writer.beginObject()
        write(rule.match.names.map(\.pattern), as: "names", to: &writer)
        write(rule.match.customers.map(\.pattern), as: "customers", to: &writer)
        write(rule.match.clients.map(\.rawValue), as: "clients", to: &writer)
        let isPlain = rule.destinations.count == 1 && rule.destinations[0].window == .always
        if isPlain {
            // As all were kept before destinations had times, so that an older gateway can read it.
            write(rule.destinations[0], to: &writer)
        } else if !rule.destinations.isEmpty {
            writer.key("destinations")
            writer.beginArray()
            for routed in rule.destinations {
                writer.beginObject()
                write(routed, to: &writer)
                writer.endObject()
            }
            writer.endArray()
        }
        writer.endObject()
    }

    private func write(_ routed: RoutedDestination, to writer: inout JSONWriter) {
        // Safe: a share is from 0 to 100. In units of a ten-thousandth of a percent, as shares are distinguished.
        writer.member("share", integer: Int((routed.share * 10_000).rounded()))
        let window = routed.window
        if let from = window.event.from { writer.member("from", integer: from.milliseconds) }
        if let until = window.event.until { writer.member("until", integer: until.milliseconds) }
        if let from = window.acceptance.from { writer.member("accepted_from", integer: from.milliseconds) }
        if let until = window.acceptance.until { writer.member("accepted_until", integer: until.milliseconds) }
        let plan = Plan(route: nil, destinations: [routed.destination])
        writer.member("plan", string: String(decoding: plan.encoded, as: UTF8.self))
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
            let prefixes = root["prefixes_tenant"]?.bool,
            let list = root["rules"] ?? root[Self.limitedRules] ?? root[Self.rulesFromStarts], list.kind == .array
        else { return nil }
        var starts: BackfillStarts?
        if root["rules"] == nil {
            starts = BackfillStarts(from: root, hasOthers: root[Self.rulesFromStarts] != nil)
            if starts == nil { return nil }
        }
        var rules: [Rule] = []
        for element in list.elements {
            guard let rule = Rule(from: element) else { return nil }
            rules.append(rule)
        }
        let tenants: Tenants
        if let only = root["only"]?.string {
            tenants = .only(TenantID(only))
        } else if let others = root["but"]?.texts {
            tenants = .all(but: Set(others.map { TenantID($0) }))
        } else {
            return nil
        }
        var returned: Return?
        if let value = root[Self.afterReturn] {
            returned = Return(from: value)
            if returned == nil { return nil }
        }
        self.init(
            account: ProviderName(account),
            rules: rules,
            tenants: tenants,
            prefixesTenant: prefixes,
            starts: starts,
            returned: returned
        )
    }
}

extension BackfillStarts {
    fileprivate init?(from value: JSONValue, hasOthers: Bool) {
        guard let limits = value["customers_from"], limits.kind == .object else { return nil }
        var customers: [CustomerID: Timestamp] = [:]
        for member in limits.members {
            guard let start = member.value.int64 else { return nil }
            customers[CustomerID(member.name)] = Timestamp(milliseconds: start)
        }
        let otherwise = value["others_from"]?.int64.map(Timestamp.init(milliseconds:))
        guard hasOthers == (otherwise != nil) else { return nil }
        self.init(customers: customers, otherwise: otherwise)
    }
}

extension BackfillRoutes.Return {
    fileprivate init?(from value: JSONValue) {
        guard let migration = value["migration"]?.string,
            let number = value["number"]?.int64.flatMap({ Int(exactly: $0) })
        else { return nil }
        self.init(migration: MigrationName(migration), number: number)
    }
}

extension BackfillRoutes.Rule {
    fileprivate init?(from value: JSONValue) {
        guard let names = value["names"]?.texts, let customers = value["customers"]?.texts,
            let clients = value["clients"]?.texts
        else { return nil }
        let match = RouteMatch(
            names: names.map { Glob($0) },
            customers: customers.map { Glob($0) },
            clients: clients.map { ClientName($0) }
        )
        var destinations: [RoutedDestination] = []
        let isPlain = value["plan"] != nil
        if let list = value["destinations"], list.kind != .array { return nil }
        for element in isPlain ? [value] : value["destinations"].map({ Array($0.elements) }) ?? [] {
            guard let routed = RoutedDestination(from: element) else { return nil }
            destinations.append(routed)
        }
        self.init(match: match, destinations: destinations)
    }
}

extension RoutedDestination {
    fileprivate init?(from value: JSONValue) {
        guard let plan = value["plan"]?.string,
            let destination = PlanCoding.decode(Array(plan.utf8))?.destinations.first,
            let share = value["share"]?.int64, (0...1_000_000).contains(share)
        else { return nil }
        func time(_ name: String) -> Timestamp? { value[name]?.int64.map(Timestamp.init(milliseconds:)) }
        // A time that cannot be read must not count as none: more events would be sent than were meant.
        let times = ["from", "until", "accepted_from", "accepted_until"]
        guard times.allSatisfy({ value[$0] == nil || time($0) != nil }) else { return nil }
        guard let event = UsageWindow(from: time("from"), until: time("until")),
            let acceptance = UsageWindow(from: time("accepted_from"), until: time("accepted_until"))
        else { return nil }
        let window = EventWindow(event: event, acceptance: acceptance)
        self.init(destination: destination, share: Double(share) / 10_000, window: window)
    }
}

extension JSONValue {
    /// The texts of a list; nil if this is none, or has something else in it: a condition that is left out would take more events.
    fileprivate var texts: [String]? {
        guard kind == .array else { return nil }
        var texts: [String] = []
        for element in elements {
            guard let text = element.string else { return nil }
            texts.append(text)
        }
        return texts
    }
}
