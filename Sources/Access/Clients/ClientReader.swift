package import ConfigurationFile
package import Events
package import JSON

/// Reads the clients of one `routes.json`.
package struct ClientReader {
    /// The names of the clients so far, including those with faults, so that one fault does not cause others.
    package private(set) var names: [String] = []
    private var knownNames: Set<String> = []
    private var digests: Set<KeyDigest> = []
    /// Routes that clients name. Clients are read before them, since routes name clients too.
    private var routes: [(name: String, value: JSONValue)] = []
    /// The clients' `pass` settings, which are checked once the whole file is read.
    package private(set) var passes: [ClientName: JSONValue] = [:]
    /// Each one is a separate account at the provider.
    package private(set) var credentials: [TenantCredential] = []

    /// A tenant's own credential.
    package struct TenantCredential {
        package let tenant: TenantID
        package let provider: ProviderName
        package let source: CredentialSource
        /// Where it is in the file.
        package let value: JSONValue
    }

    package init() {}

    /// Whether a client of this name was read, with faults or without.
    package func isKnown(_ name: String) -> Bool { knownNames.contains(name) }

    /// Reads one client.
    /// - Parameters:
    ///   - providers: the names of the providers there are.
    ///   - passReader: reads the calls that pass.
    package mutating func read(
        _ value: JSONValue,
        _ providers: [String],
        _ passReader: PassReader,
        _ fields: inout FieldReader
    ) -> Client? {
        let members = fields.members(of: value, Client.fields, in: "a client")
        guard let nameValue = members["name"], let name = nameValue.string else { return nil }
        if !knownNames.insert(name).inserted { fields.fault(nameValue, "the client \"\(name)\" is duplicated") }
        if !NameRule.isMet(by: name) { fields.fault(nameValue, NameRule.broken("a client's name", name)) }
        names.append(name)
        let tenant = members["tenant"]?.string ?? name
        if let value = members["tenant"], !NameRule.isMet(by: tenant) {
            fields.fault(value, NameRule.broken("a tenant's name", tenant))
        }
        readCredentials(members["credentials"], of: TenantID(tenant), providers, &fields)
        passes[ClientName(name)] = members["pass"]
        return Client(
            name: ClientName(name),
            tenant: TenantID(tenant),
            keys: readKeys(members, name, &fields),
            scopes: Client.scopesField.value(in: members),
            allowance: readAllowance(members, &fields),
            limits: readLimits(members["limits"], &fields),
            timestamps: readTimestamps(members["timestamps"], &fields),
            pass: passReader.read(
                members["pass"],
                isShared: members[Client.passShared.field.name],
                includesShared: Client.passShared.value(in: members),
                &fields
            )
        )
    }

    /// Reports routes that clients name and that do not exist.
    package func checkRoutes(against known: Set<String>, _ fields: inout FieldReader) {
        for (name, value) in routes where !known.contains(name) {
            let hint = fields.hint(for: name, among: known.sorted())
            fields.fault(value, "no route is named \"\(name)\"\(hint)")
        }
    }

    // MARK: - Credentials

    private mutating func readCredentials(
        _ value: JSONValue?,
        of tenant: TenantID,
        _ providers: [String],
        _ fields: inout FieldReader
    ) {
        for member in value.map({ Array($0.members) }) ?? [] {
            guard providers.contains(member.name) else {
                let hint = fields.hint(for: member.name, among: providers)
                fields.fault(member.key, "no provider is named \"\(member.name)\"\(hint)")
                continue
            }
            guard member.value.kind == .object else {
                fields.fault(member.value, "a credential must be an object, found \(member.value.kind.phrase)")
                continue
            }
            guard let source = CredentialSource.read(member.value, &fields) else { continue }
            let provider = ProviderName(member.name)
            credentials.append(
                TenantCredential(tenant: tenant, provider: provider, source: source, value: member.value)
            )
        }
    }

    // MARK: - Keys

    private mutating func readKeys(_ members: [String: JSONValue], _ name: String, _ fields: inout FieldReader)
        -> [ClientKey]
    {
        var keys: [ClientKey] = []
        if let value = members["key_sha256"], let digest = readDigest(value, "key_sha256", &fields) {
            keys.append(ClientKey(digest: digest))
        }
        var ids: Set<String> = []
        for element in members["keys"].map({ Array($0.elements) }) ?? [] where element.kind == .object {
            let members = fields.members(of: element, Client.keyFields, in: "a key of \"\(name)\"")
            if let idValue = members["id"], let id = idValue.string {
                if !NameRule.isMet(by: id) { fields.fault(idValue, NameRule.broken("a key's id", id)) }
                if !ids.insert(id).inserted { fields.fault(idValue, "the key \"\(id)\" of \"\(name)\" is duplicated") }
            }
            let start = members["not_before"]?.string.flatMap(Timestamp.init(rfc3339:))
            let end = members["expires"]?.string.flatMap(Timestamp.init(rfc3339:))
            if let start, let end, let value = members["expires"], end <= start {
                fields.fault(value, "the key's end is not after its start, so it could never be used")
            }
            guard let value = members["sha256"], let digest = readDigest(value, "sha256", &fields) else { continue }
            keys.append(ClientKey(id: members["id"]?.string, digest: digest, notBefore: start, expires: end))
        }
        return keys
    }

    private mutating func readDigest(_ value: JSONValue, _ name: String, _ fields: inout FieldReader) -> KeyDigest? {
        // The text is not repeated: somebody may have written the key itself.
        guard let digest = value.string.flatMap(KeyDigest.init(hexadecimal:)) else {
            fields.fault(
                value,
                "\"\(name)\" must be 64 hexadecimal digits: the SHA-256 of the key, not the key itself"
            )
            return nil
        }
        if !digests.insert(digest).inserted {
            fields.fault(value, "the same key is used twice; each key belongs to exactly one client")
        }
        return digest
    }

    // MARK: - What a client may send

    private mutating func readAllowance(_ members: [String: JSONValue], _ fields: inout FieldReader) -> Allowance {
        for name in ["routes", "names"] {
            guard let list = members[name], list.kind == .array, Array(list.elements).isEmpty else { continue }
            fields.fault(
                list,
                "\"\(name)\" allows nothing; remove it to allow all, or remove the scope events:write"
            )
        }
        let allowed = FieldReader.texts(members["routes"])
        routes += allowed.map { (name: $0.text, value: $0.value) }
        return Allowance(
            routes: Set(allowed.map { RouteName($0.text) }),
            names: FieldReader.texts(members["names"]).map { Glob($0.text) }
        )
    }

    private func readLimits(_ value: JSONValue?, _ fields: inout FieldReader) -> ClientLimits {
        guard let value else { return ClientLimits() }
        let members = fields.members(of: value, Client.limitFields, in: "\"limits\"")
        return ClientLimits(
            requests: members["requests"]?.string.flatMap(RateText.read),
            events: members["events"]?.string.flatMap(RateText.read)
        )
    }

    private func readTimestamps(_ value: JSONValue?, _ fields: inout FieldReader) -> TimestampWindow {
        guard let value else { return .standard }
        let members = fields.members(of: value, Client.timestampFields, in: "\"timestamps\"")
        func length(_ field: DefaultedField<Duration>) -> Duration {
            let length = field.value(in: members)
            guard let value = members[field.field.name], length > TimestampWindow.widest else { return length }
            fields.fault(value, "\"\(field.field.name)\" must be at most \"100000d\"")
            return field.standard
        }
        return TimestampWindow(past: length(Client.longestAge), future: length(Client.furthestAhead))
    }
}
