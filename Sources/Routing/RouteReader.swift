import Access
import ConfigurationFile
import Events
import JSON
import OfRecord

/// A destination, and where it stands in `routes.json`.
struct WrittenDestination {
    let routed: RoutedDestination
    let value: JSONValue
}

/// Reads the routes of `routes.json`.
struct RouteReader {
    private let vendors: [VendorTraits]
    private let providers: ProviderReader
    private let clients: ClientReader
    /// The names of the routes so far.
    private(set) var names: Set<String> = []
    /// The destinations of the routes so far, with those that are `off`, as they stand in the file.
    private(set) var written: [RouteName: [WrittenDestination]] = [:]

    init(vendors: [VendorTraits], providers: ProviderReader, clients: ClientReader) {
        self.vendors = vendors
        self.providers = providers
        self.clients = clients
    }

    /// Reads one route.
    mutating func read(_ value: JSONValue, _ fields: inout FieldReader) -> Route {
        let members = fields.members(of: value, RoutesFields.route(vendors), in: "a route")
        let name = members["name"]?.string ?? ""
        if let value = members["name"] {
            if !NameRule.isMet(by: name) { fields.fault(value, NameRule.broken("a route's name", name)) }
            if !names.insert(name).inserted { fields.fault(value, "the route \"\(name)\" is duplicated") }
        }
        let match = members["match"].map { readMatch($0, &fields) } ?? RouteMatch()
        var windows: [ProviderName: [EventWindow]] = [:]
        var written: [WrittenDestination] = []
        for element in members["to"].objects {
            guard let routed = readDestination(element, &windows, &fields) else { continue }
            written.append(WrittenDestination(routed: routed, value: element))
        }
        self.written[RouteName(name)] = written
        let destinations = written.map(\.routed).filter { $0.destination.mode != .off }
        let inactive = written.map(\.routed).filter { $0.destination.mode == .off }
        if let list = members["to"], Array(list.elements).isEmpty {
            fields.fault(list, "the route \"\(name)\" goes nowhere; add a destination, or set its mode to \"off\"")
        }
        if let list = members["to"], written.count > RoutesFields.mostDestinations {
            fields.fault(list, "a route has at most \(RoutesFields.mostDestinations) destinations; split it in two")
        }
        if let list = members["to"] { warnOfGaps(between: destinations, of: name, list, &fields) }
        return Route(name: RouteName(name), match: match, destinations: destinations, inactive: inactive)
    }

    /// Warns of times whose events no destination gets, which somebody who splits a route by time hardly means.
    private func warnOfGaps(
        between destinations: [RoutedDestination],
        of route: String,
        _ list: JSONValue,
        _ fields: inout FieldReader
    ) {
        let delivering = destinations.filter { $0.destination.mode != .shadow }
        guard delivering.contains(where: { $0.window != .always }) else { return }
        for gap in EventWindow.gaps(between: delivering.map(\.window)) {
            fields.fault(
                list,
                "events of the route \"\(route)\"\(gap.text) go to no provider; add a destination for that time if they should",
                severity: .warning
            )
        }
    }

    private func readMatch(_ value: JSONValue, _ fields: inout FieldReader) -> RouteMatch {
        let members = fields.members(of: value, RoutesFields.match, in: "\"match\"")
        // An empty list would match every event, which is hardly what was meant.
        for name in ["name", "customer_id", "client"] {
            guard let list = members[name], list.kind == .array, Array(list.elements).isEmpty else { continue }
            fields.fault(list, "\"\(name)\" is empty; remove it to match every event")
        }
        for client in FieldReader.texts(members["client"]) where !clients.isKnown(client.text) {
            let hint = fields.hint(for: client.text, among: clients.names)
            fields.fault(client.value, "no client is named \"\(client.text)\"\(hint)")
        }
        return RouteMatch(
            names: FieldReader.texts(members["name"]).map { Glob($0.text) },
            customers: FieldReader.texts(members["customer_id"]).map { Glob($0.text) },
            clients: FieldReader.texts(members["client"]).map { ClientName($0.text) }
        )
    }

    /// - Parameter windows: of the route's destinations so far, by provider.
    private func readDestination(
        _ value: JSONValue,
        _ windows: inout [ProviderName: [EventWindow]],
        _ fields: inout FieldReader
    ) -> RoutedDestination? {
        let name = value["provider"]?.string
        let provider = providers.providers.first { $0.name.rawValue == name }
        let members = fields.members(
            of: value,
            provider.map { RoutesFields.destination(of: $0.traits) } ?? RoutesFields.destination(vendors),
            in: provider.map { "a destination at \($0.traits.vendor)" } ?? "a destination"
        )
        guard let name, let nameValue = members["provider"] else { return nil }
        guard providers.knows(name) else {
            let hint = fields.hint(for: name, among: providers.names)
            fields.fault(nameValue, "no provider is named \"\(name)\"\(hint)")
            return nil
        }
        guard let window = readWindow(members, &fields) else { return nil }
        let others = windows[ProviderName(name), default: []]
        windows[ProviderName(name), default: []].append(window)
        if let overlap = others.lazy.compactMap({ $0.overlap(with: window) }).first {
            fields.fault(
                nameValue,
                "the provider \"\(name)\" is duplicated in this route\(overlap.text); one event would be billed twice"
            )
            return nil
        }
        guard let provider else { return nil }
        return RoutedDestination(
            destination: Destination(
                provider: provider.name,
                adapter: provider.traits.adapter,
                mode: RoutesFields.mode.value(in: members),
                rename: readRename(members["rename"], &fields),
                settings: readSettings(members, provider.traits, &fields)
            ),
            share: RoutesFields.share.value(in: members),
            window: window
        )
    }

    /// The times of the events that a destination gets; nil if it would get none, which is a fault.
    private func readWindow(_ members: [String: JSONValue], _ fields: inout FieldReader) -> EventWindow? {
        guard let event = readTimes("from", "until", members, &fields),
            let acceptance = readTimes("accepted_from", "accepted_until", members, &fields)
        else { return nil }
        return EventWindow(event: event, acceptance: acceptance)
    }

    private func readTimes(
        _ from: String,
        _ until: String,
        _ members: [String: JSONValue],
        _ fields: inout FieldReader
    ) -> UsageWindow? {
        let times = [from, until].map { members[$0]?.string.flatMap { Timestamp(rfc3339: $0) } }
        let window = UsageWindow(from: times[0], until: times[1])
        if window == nil, let value = members[until] {
            fields.fault(value, "\"\(until)\" must be after \"\(from)\"; no event would go there")
        }
        return window
    }

    private func readRename(_ value: JSONValue?, _ fields: inout FieldReader) -> [ExactText: ExactText] {
        var rename: [ExactText: ExactText] = [:]
        for member in value.map({ Array($0.members) }) ?? [] {
            guard let name = member.value.string, (1...128).contains(name.unicodeScalars.count) else {
                fields.fault(member.value, "\"rename\" must give a name of 1 to 128 characters for \"\(member.name)\"")
                continue
            }
            rename[member.name.exact] = name.exact
        }
        return rename
    }

    private func readSettings(_ members: [String: JSONValue], _ traits: VendorTraits, _ fields: inout FieldReader)
        -> DestinationSettings
    {
        var values: [String: SettingValue] = [:]
        for setting in traits.settings {
            guard let value = members[setting.name] else { continue }
            switch setting.kind {
            case .text, .choice: values[setting.name] = value.string.map { .text($0) }
            case .template:
                checkTemplate(value, &fields)
                values[setting.name] = value.string.map { .text($0) }
            case .flag: values[setting.name] = value.bool.map { .flag($0) }
            case .number: values[setting.name] = value.int64.map { .number(Int($0)) }
            case .texts: values[setting.name] = .texts(FieldReader.texts(value).map(\.text))
            }
        }
        return DestinationSettings(values)
    }

    private func checkTemplate(_ value: JSONValue, _ fields: inout FieldReader) {
        let template = EventTemplate(value.string ?? "")
        if !template.isBalanced { fields.fault(value, "a brace in the template is never closed") }
        for field in template.unknownFields {
            let hint = FieldReader.hint(field, EventTemplate.fields)
            let list = hint.isEmpty ? "; it may name \(EventTemplate.fields.joined(separator: ", "))" : hint
            fields.fault(value, "the template names {\(field)}, which no event has\(list)")
        }
    }

    /// Warns of routes after one that takes every event.
    func warnOfUnreachable(_ routes: [Route], _ values: [JSONValue], _ fields: inout FieldReader) {
        guard let all = routes.firstIndex(where: { $0.match.takesEverything(from: nil) }) else { return }
        for value in values.dropFirst(all + 1) {
            fields.fault(
                value,
                "this route is never reached: \"\(routes[all].name)\" before it matches every event",
                severity: .warning
            )
        }
    }
}
