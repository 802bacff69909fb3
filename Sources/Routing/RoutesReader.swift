package import Access
package import ConfigurationFile
package import Events
import JSON

/// Reads `routes.json`, or reports everything that is wrong with it.
package struct RoutesReader: Sendable {
    private let vendors: [any Adapter]

    private let allowsInlineSecrets: Bool
    private let isServed: PassReader.ServedPaths

    /// - Parameters:
    ///   - vendors: the available adapters.
    ///   - allowsInlineSecrets: whether a vendor's key may stand in the file.
    ///   - isServed: whether the gateway itself serves a path of a vendor's API.
    package init(
        vendors: [any Adapter],
        allowsInlineSecrets: Bool = false,
        isServed: @escaping PassReader.ServedPaths = { _, _ in false }
    ) {
        self.vendors = vendors
        self.isServed = isServed
        self.allowsInlineSecrets = allowsInlineSecrets
    }

    /// The content of a valid file, with warnings.
    package struct Contents: Sendable {
        package let routes: Routes
        package let warnings: [ConfigurationFault]
        /// Each provider's position in the file; for a tenant's own account, the position of its credential.
        let positions: [ProviderName: JSONPosition]
    }

    /// - Throws: ``FaultyConfiguration`` with all faults, in the order of the file.
    package func read(_ bytes: [UInt8]) throws(FaultyConfiguration) -> Contents {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            throw FaultyConfiguration(error)
        }
        var file = RoutesFileReader(vendors: vendors, allowsInlineSecrets: allowsInlineSecrets, isServed: isServed)
        let routes = file.read(document.root)
        var faults = file.faults.sorted { $0.position < $1.position }
        if file.omittedErrors > 0, let last = faults.last {
            faults.append(
                ConfigurationFault(
                    severity: .error,
                    position: last.position,
                    message: "and \(file.omittedErrors) more errors"
                )
            )
        }
        guard let routes, !faults.contains(where: { $0.severity == .error }) else {
            throw FaultyConfiguration(faults: faults)
        }
        return Contents(routes: routes, warnings: faults, positions: file.positions)
    }
}

/// One pass over a file.
private struct RoutesFileReader {
    private let adapters: [any Adapter]
    private let vendors: [VendorTraits]
    private let isServed: PassReader.ServedPaths
    private var fields = FieldReader()
    private var providers: [ProviderConfiguration] = []
    /// Names of providers, including those with faults, so that one fault does not cause others.
    private var providerNames: [String] = []
    private(set) var positions: [ProviderName: JSONPosition] = [:]
    private var clientReader = ClientReader()
    private var routeNames: Set<String> = []

    init(vendors: [any Adapter], allowsInlineSecrets: Bool, isServed: @escaping PassReader.ServedPaths) {
        adapters = vendors
        self.isServed = isServed
        self.vendors = vendors.map(\.traits)
        fields.allowsInlineSecrets = allowsInlineSecrets
    }

    var faults: [ConfigurationFault] { fields.faults }
    var omittedErrors: Int { fields.omittedErrors }

    mutating func read(_ root: JSONValue) -> Routes? {
        guard root.kind == .object else {
            fields.fault(root, "routes.json must be an object, found \(root.kind.phrase)")
            return nil
        }
        let members = fields.members(of: root, RoutesFields.file(vendors), in: "routes.json")
        for member in members["providers"].map({ Array($0.members) }) ?? [] { readProvider(member) }
        let passReader = PassReader(
            vendors: vendors,
            providers: providers.map { (name: $0.name, traits: $0.traits) },
            isServed: isServed
        )
        let clients = objects(members["clients"]).compactMap {
            clientReader.read($0, providerNames, passReader, &fields)
        }
        let routeValues = objects(members["routes"])
        let routes = routeValues.map { readRoute($0) }
        clientReader.checkRoutes(against: routeNames, &fields)
        if let list = members["routes"], Array(list.elements).isEmpty {
            fields.fault(list, "there is no route, so no event would be accepted; add one")
        }
        warnOfUnreachable(routes, routeValues)
        let accounts = TenantAccounts.accounts(of: clientReader.credentials, at: providers, &fields, &positions)
        let whole = Routes(providers: providers + accounts, routes: routes, clients: clients)
        PassCheck.check(whole, clientReader.passes, &fields)
        return whole
    }

    /// A list's elements but for those that are no objects, which the list's kind has found already.
    private func objects(_ list: JSONValue?) -> [JSONValue] {
        list?.elements.filter { $0.kind == .object } ?? []
    }

    // MARK: - Providers

    private mutating func readProvider(_ member: JSONMember) {
        let name = member.name
        if providerNames.contains(name) { fields.fault(member.key, "the provider \"\(name)\" is duplicated") }
        if !NameRule.isMet(by: name) { fields.fault(member.key, NameRule.broken("a provider's name", name)) }
        providerNames.append(name)
        positions[ProviderName(name)] = member.key.position
        guard member.value.kind == .object else {
            fields.fault(member.value, "the provider \"\(name)\" must be an object, found \(member.value.kind.phrase)")
            return
        }
        let members = fields.members(of: member.value, RoutesFields.provider(vendors), in: "the provider \"\(name)\"")
        guard let adapterName = members["adapter"]?.string,
            let adapter = adapters.first(where: { $0.traits.adapter.rawValue == adapterName })
        else { return }
        let traits = adapter.traits
        let baseURL = readBaseURL(members, member.value, traits)
        let credential = members["credential"].flatMap { CredentialSource.read($0, &fields) }
        let reads = readReads(members["reads"], traits)
        let pipeline = PipelineSettings(
            provider: ProviderName(name),
            batch: readBatch(members["batch"], traits),
            oneIdentityOncePerBatch: traits.oneIdentityOncePerBatch,
            deduplication: traits.deduplication,
            retry: readRetry(members["retry"]),
            breaker: readBreaker(members["breaker"]),
            concurrency: RoutesFields.concurrency.value(in: members),
            rateLimit: members["rate_limit"]?.string.flatMap(RateText.read)
                ?? (baseURL.map(BaseURL.isLoopback) ?? false ? nil : traits.rateLimit),
            readsShare: RoutesFields.readsShare.value(in: reads),
            onUncertain: RoutesFields.onUncertain.value(in: members)
        )
        let headers = readAccountHeaders(members, traits)
        guard let baseURL, let credential else { return }
        providers.append(
            ProviderConfiguration(
                pipeline: pipeline,
                adapter: adapter,
                baseURL: baseURL,
                mayBeInside: RoutesFields.allowPrivateAddress.value(in: members) || BaseURL.isLoopback(baseURL),
                credential: credential,
                timeout: members["timeout"]?.string.flatMap(DurationText.read) ?? traits.timeout,
                headers: headers,
                lag: reads["lag"]?.string.flatMap(DurationText.read)
            )
        )
    }

    private mutating func readBaseURL(
        _ members: [String: JSONValue],
        _ provider: JSONValue,
        _ traits: VendorTraits
    ) -> String? {
        guard let value = members["base_url"], let text = value.string else {
            if let standard = traits.defaultBaseURL { return standard }
            fields.fault(provider, "\"base_url\" is missing: \(traits.vendor) has no standard address")
            return nil
        }
        let allowance = BaseURL.Allowance(
            privateAddress: RoutesFields.allowPrivateAddress.value(in: members),
            plainHTTP: RoutesFields.allowPlainHTTP.value(in: members)
        )
        if let reason = BaseURL.fault(in: text, allowing: allowance) {
            fields.fault(value, "\"base_url\" \(reason)")
            return nil
        }
        let trimmed = BaseURL.trimmed(text)
        let address = BaseURL.withoutVersion(trimmed, traits.pathPrefix)
        if address != trimmed {
            let extra = trimmed.dropFirst(address.count)
            fields.fault(
                value,
                "\"base_url\" ends with \(extra), but \(traits.pathPrefix) is added to every request to \(traits.vendor); "
                    + "\"\(address)\" is used",
                severity: .warning
            )
        }
        return address
    }

    private mutating func readBatch(_ value: JSONValue?, _ traits: VendorTraits) -> BatchLimit {
        guard let value, let events = value.int64.map({ Int($0) }) else { return traits.batch }
        if events > traits.batch.events {
            fields.fault(
                value,
                "\"batch\" is \(events), but \(traits.vendor) gets at most \(traits.batch.events) events in a request"
            )
        }
        return BatchLimit(events: min(events, traits.batch.events), bytes: traits.batch.bytes)
    }

    /// A name that another vendor uses too is this vendor's own here.
    private mutating func readAccountHeaders(_ members: [String: JSONValue], _ traits: VendorTraits)
        -> [ProviderConfiguration.Header]
    {
        for vendor in vendors {
            for field in vendor.accountHeaders
            where !traits.accountHeaders.contains(where: { $0.setting == field.setting }) {
                guard let value = members[field.setting] else { continue }
                fields.fault(
                    value,
                    "\"\(field.setting)\" belongs to providers of \(vendor.vendor), and this one is of \(traits.vendor)"
                )
            }
        }
        return traits.accountHeaders.compactMap { field in
            guard let value = members[field.setting], let text = value.string else { return nil }
            guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                fields.fault(value, "\"\(field.setting)\" must be 1 to 255 ASCII characters without spaces")
                return nil
            }
            return ProviderConfiguration.Header(setting: field.setting, name: field.header, value: text)
        }
    }

    private mutating func readRetry(_ value: JSONValue?) -> RetrySchedule {
        guard let value else { return .standard }
        let members = fields.members(of: value, RoutesFields.retry, in: "\"retry\"")
        let (base, cap) = (RoutesFields.retryBase.value(in: members), RoutesFields.retryCap.value(in: members))
        guard cap >= base else {
            fields.fault(value, "\"cap\" is shorter than \"base\"")
            return .standard
        }
        return RetrySchedule(
            base: base,
            cap: cap,
            giveUpAfter: RoutesFields.giveUpAfter.value(in: members),
            longestWait: RoutesFields.longestWait.value(in: members)
        )
    }

    private mutating func readReads(_ value: JSONValue?, _ traits: VendorTraits) -> [String: JSONValue] {
        guard let value else { return [:] }
        let members = fields.members(of: value, RoutesFields.reads(vendors), in: "\"reads\"")
        if let lag = members["lag"], traits.reads == nil {
            fields.fault(
                lag,
                "\"lag\" has no effect: \(traits.vendor) shows no events; remove it",
                severity: .warning
            )
        }
        return members
    }

    private mutating func readBreaker(_ value: JSONValue?) -> BreakerSettings {
        guard let value else { return .standard }
        let members = fields.members(of: value, RoutesFields.breaker, in: "\"breaker\"")
        return BreakerSettings(
            failures: RoutesFields.breakerFailures.value(in: members),
            pause: RoutesFields.breakerPause.value(in: members),
            parkedPause: RoutesFields.parkedPause.value(in: members)
        )
    }

    // MARK: - Routes

    private mutating func readRoute(_ value: JSONValue) -> Route {
        let members = fields.members(of: value, RoutesFields.route(vendors), in: "a route")
        let name = members["name"]?.string ?? ""
        if let value = members["name"] {
            if !NameRule.isMet(by: name) { fields.fault(value, NameRule.broken("a route's name", name)) }
            if !routeNames.insert(name).inserted { fields.fault(value, "the route \"\(name)\" is duplicated") }
        }
        let match = members["match"].map { readMatch($0) } ?? RouteMatch()
        var seen: Set<String> = []
        var destinations: [RoutedDestination] = []
        for element in objects(members["to"]) {
            guard let routed = readDestination(element, &seen) else { continue }
            if routed.destination.mode != .off { destinations.append(routed) }
        }
        if let list = members["to"], Array(list.elements).isEmpty {
            fields.fault(list, "the route \"\(name)\" goes nowhere; add a destination, or set its mode to \"off\"")
        }
        if let list = members["to"], destinations.count > RoutesFields.mostDestinations {
            fields.fault(list, "a route has at most \(RoutesFields.mostDestinations) destinations; split it in two")
        }
        return Route(name: RouteName(name), match: match, destinations: destinations)
    }

    private mutating func readMatch(_ value: JSONValue) -> RouteMatch {
        let members = fields.members(of: value, RoutesFields.match, in: "\"match\"")
        // An empty list would match every event, which is hardly what was meant.
        for name in ["name", "customer_id", "client"] {
            guard let list = members[name], list.kind == .array, Array(list.elements).isEmpty else { continue }
            fields.fault(list, "\"\(name)\" is empty; remove it to match every event")
        }
        for client in FieldReader.texts(members["client"]) where !clientReader.names.contains(client.text) {
            fields.fault(
                client.value,
                "no client is named \"\(client.text)\"\(FieldReader.hint(client.text, clientReader.names))"
            )
        }
        return RouteMatch(
            names: FieldReader.texts(members["name"]).map { Glob($0.text) },
            customers: FieldReader.texts(members["customer_id"]).map { Glob($0.text) },
            clients: FieldReader.texts(members["client"]).map { ClientName($0.text) }
        )
    }

    private mutating func readDestination(_ value: JSONValue, _ seen: inout Set<String>) -> RoutedDestination? {
        guard let providerValue = value["provider"], let name = providerValue.string else {
            _ = fields.members(of: value, RoutesFields.destination(vendors), in: "a destination")
            return nil
        }
        guard providerNames.contains(name) else {
            fields.fault(providerValue, "no provider is named \"\(name)\"\(FieldReader.hint(name, providerNames))")
            _ = fields.members(of: value, RoutesFields.destination(vendors), in: "a destination")
            return nil
        }
        if !seen.insert(name).inserted {
            fields.fault(
                providerValue,
                "the provider \"\(name)\" is duplicated in this route; one event would be billed twice"
            )
            return nil
        }
        guard let provider = providers.first(where: { $0.name.rawValue == name }) else {
            _ = fields.members(of: value, RoutesFields.destination(vendors), in: "a destination")
            return nil
        }
        let members = fields.members(
            of: value,
            RoutesFields.destination(of: provider.traits),
            in: "a destination at \(provider.traits.vendor)"
        )
        return RoutedDestination(
            destination: Destination(
                provider: provider.name,
                adapter: provider.traits.adapter,
                mode: RoutesFields.mode.value(in: members),
                rename: readRename(members["rename"]),
                settings: readSettings(members, provider.traits)
            ),
            share: RoutesFields.share.value(in: members)
        )
    }

    private mutating func readRename(_ value: JSONValue?) -> [String: String] {
        var rename: [String: String] = [:]
        for member in value.map({ Array($0.members) }) ?? [] {
            guard let name = member.value.string, (1...128).contains(name.unicodeScalars.count) else {
                fields.fault(member.value, "\"rename\" must give a name of 1 to 128 characters for \"\(member.name)\"")
                continue
            }
            rename[member.name] = name
        }
        return rename
    }

    private mutating func readSettings(_ members: [String: JSONValue], _ traits: VendorTraits) -> DestinationSettings {
        var values: [String: SettingValue] = [:]
        for setting in traits.settings {
            guard let value = members[setting.name] else { continue }
            switch setting.kind {
            case .text, .choice: values[setting.name] = value.string.map { .text($0) }
            case .template:
                checkTemplate(value)
                values[setting.name] = value.string.map { .text($0) }
            case .flag: values[setting.name] = value.bool.map { .flag($0) }
            case .number: values[setting.name] = value.int64.map { .number(Int($0)) }
            case .texts: values[setting.name] = .texts(FieldReader.texts(value).map(\.text))
            }
        }
        return DestinationSettings(values)
    }

    private mutating func checkTemplate(_ value: JSONValue) {
        let template = EventTemplate(value.string ?? "")
        if !template.isBalanced { fields.fault(value, "a brace in the template is never closed") }
        for field in template.unknownFields {
            let hint = FieldReader.hint(field, EventTemplate.fields)
            let list = hint.isEmpty ? "; it may name \(EventTemplate.fields.joined(separator: ", "))" : hint
            fields.fault(value, "the template names {\(field)}, which no event has\(list)")
        }
    }

    private mutating func warnOfUnreachable(_ routes: [Route], _ values: [JSONValue]) {
        guard let all = routes.firstIndex(where: { $0.match.takesEverything }) else { return }
        for value in values.dropFirst(all + 1) {
            fields.fault(
                value,
                "this route is never reached: \"\(routes[all].name)\" before it matches every event",
                severity: .warning
            )
        }
    }
}

extension RouteMatch {
    /// Whether every event meets the conditions.
    fileprivate var takesEverything: Bool {
        clients.isEmpty && customers.isEmpty && (names.isEmpty || names.contains(where: \.matchesEverything))
    }
}
