import ConfigurationFile
import Events
import JSON
import OfRecord

/// Reads the migrations of `routes.json`.
struct MigrationReader {
    let providers: [ProviderConfiguration]
    let routes: [Route]
    /// The routes' destinations as they stand in the file.
    let written: [RouteName: [WrittenDestination]]
    /// The content of a file beside `routes.json`; nil if it cannot be read.
    let neighbour: @Sendable (String) -> [UInt8]?

    func read(_ map: JSONValue?, _ fields: inout FieldReader) -> [MigrationConfiguration] {
        var migrations: [MigrationConfiguration] = []
        let members = map.map { Array($0.members) } ?? []
        if let map, members.count > MigrationFields.mostMigrations {
            fields.fault(map, "there are at most \(MigrationFields.mostMigrations) migrations")
            return []
        }
        for member in members {
            if !NameRule.isMet(by: member.name) {
                fields.fault(member.key, NameRule.broken("a migration's name", member.name))
            }
            if migrations.contains(where: { $0.name.rawValue == member.name }) {
                fields.fault(member.key, "the migration \"\(member.name)\" is duplicated")
            }
            guard member.value.kind == .object else {
                fields.fault(member.value, "a migration must be an object, found \(member.value.kind.phrase)")
                continue
            }
            guard let migration = read(member.value, MigrationName(member.name), migrations, &fields) else { continue }
            migrations.append(migration)
        }
        return migrations
    }

    private func read(
        _ value: JSONValue,
        _ name: MigrationName,
        _ others: [MigrationConfiguration],
        _ fields: inout FieldReader
    ) -> MigrationConfiguration? {
        let members = fields.members(of: value, MigrationFields.all, in: "a migration")
        let boundary = readBoundary(members["boundary"], &fields)
        let gates = readGates(members["gates"], &fields)
        let metrics = MigrationMetric.read(
            members["metrics"],
            of: ["from", "to"].compactMap { members[$0]?.string },
            &fields
        )
        guard let routeValue = members["route"], let fromValue = members["from"], let toValue = members["to"],
            let route = route(routeValue, &fields),
            let from = provider(fromValue, of: route, &fields), let to = provider(toValue, of: route, &fields),
            let boundary, let gates
        else { return nil }
        if from == to {
            fields.fault(toValue, "\"to\" must be another provider than \"from\"")
            return nil
        }
        let check = MigrationCheck(name: name, route: route, from: from, to: to, written: written[route.name] ?? [])
        check.checkRecord(at: value, &fields)
        check.checkAccounts(VendorAccounts(providers), at: toValue, &fields)
        check.checkOthers(others, of: routes, at: routeValue, &fields)
        check.warnOfOtherRoutes(routes, written, &fields)
        if let value = members["auto_return"], MigrationFields.autoReturn.value(in: members),
            MigrationFields.keep.value(in: members) == .late
        {
            fields.fault(
                value,
                "\"auto_return\" needs \"keep\": \"all\": with late, the old provider lacks what came after a customer's move"
            )
        }
        return MigrationConfiguration(
            name: name,
            route: route.name,
            from: from,
            to: to,
            boundary: boundary.settings,
            boundaries: boundary.boundaries,
            keep: MigrationFields.keep.value(in: members),
            keepFor: MigrationFields.keepFor.value(in: members),
            gates: gates,
            autoHold: MigrationFields.autoHold.value(in: members),
            autoReturn: MigrationFields.autoReturn.value(in: members),
            metrics: metrics,
            fixed: check.fixed
        )
    }

    private func route(_ value: JSONValue, _ fields: inout FieldReader) -> Route? {
        let name = value.string ?? ""
        if let route = routes.first(where: { $0.name.rawValue == name }) { return route }
        let hint = fields.hint(for: name, among: routes.map(\.name.rawValue))
        fields.fault(value, "no route is named \"\(name)\"\(hint)")
        return nil
    }

    /// A provider that is a destination of the route.
    private func provider(_ value: JSONValue, of route: Route, _ fields: inout FieldReader) -> ProviderName? {
        let name = value.string ?? ""
        let names = providers.map(\.name.rawValue)
        guard names.contains(name) else {
            fields.fault(value, "no provider is named \"\(name)\"\(fields.hint(for: name, among: names))")
            return nil
        }
        let isThere = written[route.name]?.contains { $0.routed.destination.provider.rawValue == name } ?? false
        guard isThere else {
            fields.fault(
                value,
                "the route \"\(route.name)\" has no destination at \"\(name)\"; add one, with \"mode\": \"off\" if nothing "
                    + "should be sent there yet"
            )
            return nil
        }
        return ProviderName(name)
    }

    private func readBoundary(_ value: JSONValue?, _ fields: inout FieldReader)
        -> (settings: BoundarySettings, boundaries: BillingBoundaries)?
    {
        let members = value.map { fields.members(of: $0, MigrationFields.boundary, in: "\"boundary\"") } ?? [:]
        let interval = MigrationFields.otherwise.value(in: members)
        let name = members["timezone"]?.string ?? ZoneRules.utc.name
        guard let zone = name == ZoneRules.utc.name ? .utc : ZoneRules(named: name) else {
            if let value = members["timezone"] {
                fields.fault(
                    value,
                    "there is no time zone \"\(name)\"; use a name such as \"UTC\" or \"Europe/Berlin\""
                )
            }
            return nil
        }
        let file = members["anchors"]?.string
        var cycles: [CustomerID: BillingCycle] = [:]
        if let value = members["anchors"], let file {
            guard let read = readAnchors(file, value, interval, zone, &fields) else { return nil }
            cycles = read
        }
        return (
            BoundarySettings(anchors: file, interval: interval, timezone: name),
            BillingBoundaries(cycles, otherwise: BillingCycle(every: interval, in: zone))
        )
    }

    private func readAnchors(
        _ file: String,
        _ value: JSONValue,
        _ interval: BillingCycle.Interval,
        _ zone: ZoneRules,
        _ fields: inout FieldReader
    ) -> [CustomerID: BillingCycle]? {
        guard file.hasSuffix(".csv"), !file.hasPrefix("."), !file.contains("/"), !file.utf8.contains(0) else {
            fields.fault(
                value,
                "\"anchors\" must be the name of a file that ends with .csv, in the folder of routes.json"
            )
            return nil
        }
        guard let bytes = neighbour(file) else {
            fields.fault(
                value,
                "the file \"\(file)\" does not exist beside routes.json, cannot be read or is too large"
            )
            return nil
        }
        let anchors = AnchorsReader(bytes, every: interval, in: zone)
        for fault in anchors.faults { fields.fault(value, "\(file): \(fault)") }
        return anchors.faults.isEmpty ? anchors.cycles : nil
    }

    private func readGates(_ value: JSONValue?, _ fields: inout FieldReader) -> GateSettings? {
        let members = value.map { fields.members(of: $0, MigrationFields.gates, in: "\"gates\"") } ?? [:]
        guard let usage = readPercentage(MigrationFields.usage, members, &fields),
            let rejected = readPercentage(MigrationFields.rejected, members, &fields)
        else { return nil }
        return GateSettings(
            window: MigrationFields.window.value(in: members),
            // Safe: none of the ranges has negative numbers.
            leastEvents: UInt64(MigrationFields.leastEvents.value(in: members)),
            unexplained: UInt64(MigrationFields.unexplained.value(in: members)),
            lost: UInt64(MigrationFields.lost.value(in: members)),
            usage: usage,
            rejected: rejected,
            uncertain: UInt64(MigrationFields.uncertain.value(in: members)),
            backlogAge: MigrationFields.backlogAge.value(in: members)
        )
    }

    private func readPercentage(_ field: Field, _ members: [String: JSONValue], _ fields: inout FieldReader)
        -> Percentage?
    {
        guard let value = members[field.name] else { return field.standard.flatMap { Percentage($0.text) } }
        let percentage = value.string.flatMap { Percentage($0) }
        if percentage == nil {
            fields.fault(
                value,
                "\"\(field.name)\" must be a percentage of at most 100% with at most four decimals, such as \"0.1%\""
            )
        }
        return percentage
    }
}
