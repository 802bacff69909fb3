import Access
import ConfigurationFile
import Events
import JSON

/// Reads the providers of `routes.json`.
struct ProviderReader {
    private let adapters: [any Adapter]
    private let vendors: [VendorTraits]
    private(set) var providers: [ProviderConfiguration] = []
    /// Names of providers, including those with faults, so that one fault does not cause others.
    private(set) var names: [String] = []
    private var known: Set<String> = []
    private(set) var positions: [ProviderName: JSONPosition] = [:]
    /// Where canaries are configured.
    private(set) var canaries: [ProviderName: JSONValue] = [:]

    init(adapters: [any Adapter]) {
        self.adapters = adapters
        vendors = adapters.map(\.traits)
    }

    /// Whether the file has a provider of this name, with faults or without.
    func knows(_ name: String) -> Bool { known.contains(name) }

    /// Reads the object with all providers.
    mutating func read(_ value: JSONValue?, _ fields: inout FieldReader) {
        guard let value else { return }
        let members = Array(value.members)
        if members.count > RoutesFields.mostProviders {
            let most = RoutesFields.mostProviders
            fields.fault(value, "there are \(members.count) providers, and at most \(most) may be")
        }
        for member in members.prefix(RoutesFields.mostProviders) { readProvider(member, &fields) }
        // Named, so that only their number is a fault.
        for member in members.dropFirst(RoutesFields.mostProviders) { known.insert(member.name) }
    }

    private mutating func readProvider(_ member: JSONMember, _ fields: inout FieldReader) {
        let name = member.name
        if !known.insert(name).inserted { fields.fault(member.key, "the provider \"\(name)\" is duplicated") }
        if !NameRule.isMet(by: name) { fields.fault(member.key, NameRule.broken("a provider's name", name)) }
        names.append(name)
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
        let baseURL = readBaseURL(members, member.value, traits, &fields)
        let credential = members["credential"].flatMap { CredentialSource.read($0, &fields) }
        let webhookKey = members["webhook_key"].flatMap { CredentialSource.read($0, &fields) }
        if let value = members["webhook_key"], adapter.hook == nil {
            fields.fault(value, "\"webhook_key\" is of no use: \(traits.vendor) sends no webhooks that are read here")
        }
        let reads = readReads(members["reads"], traits, &fields)
        var pipeline = PipelineSettings(
            provider: ProviderName(name),
            batch: readBatch(members["batch"], traits, &fields),
            deduplication: traits.requests.deduplication,
            retry: readRetry(members["retry"], &fields),
            breaker: readBreaker(members["breaker"], &fields),
            concurrency: RoutesFields.concurrency.value(in: members),
            rateLimit: members["rate_limit"]?.string.flatMap(RateText.read)
                ?? (baseURL.map(BaseURL.isLoopback) ?? false ? nil : traits.requests.rateLimit),
            onUncertain: RoutesFields.onUncertain.value(in: members)
        )
        pipeline.readsShare = RoutesFields.readsShare.value(in: reads)
        if pipeline.onUncertain == .probe, let value = members["on_uncertain"], traits.reads == nil {
            fields.fault(
                value,
                "\"on_uncertain\" cannot be \"probe\": \(traits.vendor) shows no events; use hold, retry or accept"
            )
        }
        let headers = readAccountHeaders(members, traits, &fields)
        let readable = ReadableProvider(adapter)
        let verify = members["verify"].flatMap { VerifySettings.read($0, of: readable, &fields) }
        let canary = members["canary"].flatMap { CanarySettings.read($0, of: readable, &fields) }
        if canary != nil { canaries[ProviderName(name)] = members["canary"] }
        guard let baseURL, let credential else { return }
        providers.append(
            ProviderConfiguration(
                pipeline: pipeline,
                adapter: adapter,
                connection: ProviderConfiguration.Connection(
                    baseURL: baseURL,
                    mayBeInside: RoutesFields.allowPrivateAddress.value(in: members) || BaseURL.isLoopback(baseURL),
                    credential: credential,
                    headers: headers,
                    webhookKey: webhookKey
                ),
                timeout: members["timeout"]?.string.flatMap(DurationText.read) ?? traits.requests.timeout,
                reads: ReadsSettings(
                    share: pipeline.readsShare,
                    lag: reads["lag"]?.string.flatMap(DurationText.read) ?? traits.reads?.lag ?? .zero,
                    metered: readMetered(reads["metered"], traits, &fields)
                ),
                verify: verify,
                canary: canary
            )
        )
    }

    private func readBaseURL(
        _ members: [String: JSONValue],
        _ provider: JSONValue,
        _ traits: VendorTraits,
        _ fields: inout FieldReader
    ) -> String? {
        guard let value = members["base_url"], let text = value.string else {
            if let standard = traits.api.defaultBaseURL { return standard }
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
        let address = BaseURL.withoutVersion(trimmed, traits.api.pathPrefix)
        if address != trimmed {
            let extra = trimmed.dropFirst(address.count)
            fields.fault(
                value,
                "\"base_url\" ends with \(extra), but \(traits.api.pathPrefix) is added to every request to \(traits.vendor); "
                    + "\"\(address)\" is used",
                severity: .warning
            )
        }
        return address
    }

    private func readBatch(_ value: JSONValue?, _ traits: VendorTraits, _ fields: inout FieldReader) -> BatchLimit {
        guard let value, let events = value.int64.map({ Int($0) }) else { return traits.requests.batch }
        if events > traits.requests.batch.events {
            fields.fault(
                value,
                "\"batch\" is \(events), but \(traits.vendor) gets at most \(traits.requests.batch.events) events in a request"
            )
        }
        return traits.requests.batch.events(atMost: events)
    }

    /// A name that another vendor uses too is this vendor's own here.
    private func readAccountHeaders(_ members: [String: JSONValue], _ traits: VendorTraits, _ fields: inout FieldReader)
        -> [ProviderConfiguration.Header]
    {
        for vendor in vendors {
            for field in vendor.api.accountHeaders
            where !traits.api.accountHeaders.contains(where: { $0.setting == field.setting }) {
                guard let value = members[field.setting] else { continue }
                fields.fault(
                    value,
                    "\"\(field.setting)\" belongs to providers of \(vendor.vendor), and this one is of \(traits.vendor)"
                )
            }
        }
        return traits.api.accountHeaders.compactMap { field in
            guard let value = members[field.setting], let text = value.string else { return nil }
            guard (1...255).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                fields.fault(value, "\"\(field.setting)\" must be 1 to 255 ASCII characters without spaces")
                return nil
            }
            return ProviderConfiguration.Header(setting: field.setting, name: field.header, value: text)
        }
    }

    private func readRetry(_ value: JSONValue?, _ fields: inout FieldReader) -> RetrySchedule {
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

    private func readReads(_ value: JSONValue?, _ traits: VendorTraits, _ fields: inout FieldReader) -> [String:
        JSONValue]
    {
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

    private func readMetered(_ value: JSONValue?, _ traits: VendorTraits, _ fields: inout FieldReader) -> [String:
        MeteredProperty]
    {
        guard let value, value.kind == .object else { return [:] }
        if traits.reads?.sums == nil {
            fields.fault(
                value,
                "\"metered\" has no effect: \(traits.vendor) shows no sums; remove it",
                severity: .warning
            )
        }
        var metered: [String: MeteredProperty] = [:]
        for member in value.members {
            let members = fields.members(
                of: member.value,
                RoutesFields.metered,
                in: "\"metered\" of \"\(member.name)\""
            )
            guard let property = text("property", members, &fields), let meter = text("meter", members, &fields) else {
                continue
            }
            metered[member.name] = MeteredProperty(property: property, meter: meter)
        }
        if metered.count > RoutesFields.mostMetered {
            fields.fault(
                value,
                "\"metered\" has more than \(RoutesFields.mostMetered) names; keep those with the largest bills"
            )
        }
        return traits.reads?.sums == nil ? [:] : metered
    }

    private func text(_ name: String, _ members: [String: JSONValue], _ fields: inout FieldReader) -> String? {
        guard let value = members[name], let text = value.string else { return nil }
        guard !text.isEmpty else {
            fields.fault(value, "\"\(name)\" is empty")
            return nil
        }
        return text
    }

    private func readBreaker(_ value: JSONValue?, _ fields: inout FieldReader) -> BreakerSettings {
        guard let value else { return .standard }
        let members = fields.members(of: value, RoutesFields.breaker, in: "\"breaker\"")
        return BreakerSettings(
            failures: RoutesFields.breakerFailures.value(in: members),
            pause: RoutesFields.breakerPause.value(in: members),
            parkedPause: RoutesFields.parkedPause.value(in: members)
        )
    }
}
