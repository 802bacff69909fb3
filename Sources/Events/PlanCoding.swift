import JSON

/// A plan as JSON, which is how the journal keeps it.
package enum PlanCoding {
    /// Equal plans give equal bytes: members have a fixed order, and maps are sorted by their keys.
    static func encode(route: RouteName?, destinations: [Destination]) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("route", stringOrNull: route?.rawValue)
        writer.key("destinations")
        writer.beginArray()
        for destination in destinations { write(destination, to: &writer) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    /// Reads what ``encode(route:destinations:)`` wrote.
    /// - Returns: nil if the bytes are not a plan: they are damaged or come from a newer version.
    package static func decode(_ bytes: [UInt8]) -> Plan? {
        guard let document = try? JSONDocument(parsing: bytes), let list = document.root["destinations"],
            list.kind == .array, let route = document.root["route"], route.isNull || route.kind == .string
        else { return nil }
        var destinations: [Destination] = []
        for element in list.elements {
            // A damaged name may be another destination's.
            guard let destination = destination(from: element),
                !destinations.contains(where: { $0.provider == destination.provider })
            else { return nil }
            destinations.append(destination)
        }
        return Plan(route: route.string.map { RouteName($0) }, destinations: destinations)
    }

    /// The settings of a destination as one object, with the names of `routes.json`.
    static func writeSettings(of destination: Destination, to writer: inout JSONWriter) {
        writer.beginObject()
        if !destination.rename.isEmpty {
            writer.key("rename")
            writer.beginObject()
            writeNames(of: destination, to: &writer)
            writer.endObject()
        }
        for (name, value) in destination.settings.values.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            write(value, to: &writer)
        }
        writer.endObject()
    }

    private static func writeNames(of destination: Destination, to writer: inout JSONWriter) {
        for (from, to) in destination.rename.sorted(by: { $0.key < $1.key }) {
            writer.member(from.rawValue, string: to.rawValue)
        }
    }

    private static func write(_ destination: Destination, to writer: inout JSONWriter) {
        writer.beginObject()
        writer.member("provider", string: destination.provider.rawValue)
        writer.member("adapter", string: destination.adapter.rawValue)
        writer.member("mode", string: destination.mode.rawValue)
        writer.key("rename")
        writer.beginObject()
        writeNames(of: destination, to: &writer)
        writer.endObject()
        writer.key("settings")
        writer.beginObject()
        for (name, value) in destination.settings.values.sorted(by: { $0.key < $1.key }) {
            writer.key(name)
            write(value, to: &writer)
        }
        writer.endObject()
        writer.endObject()
    }

    private static func write(_ value: SettingValue, to writer: inout JSONWriter) {
        switch value {
        case .text(let text): writer.string(text)
        case .flag(let flag): writer.bool(flag)
        case .number(let number): writer.integer(number)
        case .texts(let texts):
            writer.beginArray()
            for text in texts { writer.string(text) }
            writer.endArray()
        }
    }

    private static func destination(from value: JSONValue) -> Destination? {
        guard let provider = value["provider"]?.string, let adapter = value["adapter"]?.string,
            let mode = value["mode"]?.string.flatMap(DeliveryMode.init(rawValue:)), mode != .off,
            let names = value["rename"], names.kind == .object, let values = value["settings"], values.kind == .object
        else { return nil }
        // What is left out would send the event in other words than it was accepted with.
        var rename: [ExactText: ExactText] = [:]
        for member in names.members {
            guard let name = member.value.string,
                rename.updateValue(name.exact, forKey: member.name.exact) == nil
            else { return nil }
        }
        var settings: [String: SettingValue] = [:]
        for member in values.members {
            guard let setting = setting(from: member.value), settings.updateValue(setting, forKey: member.name) == nil
            else {
                return nil
            }
        }
        return Destination(
            provider: ProviderName(provider),
            adapter: AdapterName(adapter),
            mode: mode,
            rename: rename,
            settings: DestinationSettings(settings)
        )
    }

    private static func setting(from value: JSONValue) -> SettingValue? {
        switch value.kind {
        case .string: value.string.map { .text($0) }
        case .bool: value.bool.map { .flag($0) }
        case .number: value.int64.map { .number(Int($0)) }
        case .array:
            value.elements.allSatisfy { $0.kind == .string } ? .texts(value.elements.compactMap(\.string)) : nil
        case .null, .object: nil
        }
    }
}
