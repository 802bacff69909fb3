package import Events
import JSON

/// The keys of the data folder, `keys.json`: made and ended by `tollgate keys`, for clients that `routes.json` names.
package struct StoredKeys: Sendable, Equatable {
    /// In the order in which they were made. Revoked ones stay, so that it can be told what they were.
    package var list: [StoredKey]

    package init(_ list: [StoredKey] = []) {
        self.list = list
    }

    /// The keys that a client may use, now or at their time.
    package func usable(by client: ClientName) -> [ClientKey] {
        list.filter { $0.client == client && $0.revoked == nil }.map(\.key)
    }

    /// What was done to each key and when, a line a key, for the log.
    package var history: [String] {
        list.map { key in
            let end = key.revoked.map { ", revoked \($0.rfc3339)" } ?? ""
            return "\(key.client) \(key.key.id): \(key.origin.rawValue) \(key.created.rfc3339)\(end)"
        }
    }

    /// What differs from an older version, a line a key, for the log.
    package func changes(from old: StoredKeys) -> [String] {
        let before = Dictionary(old.list.map { ($0.key.id, $0) }) { first, _ in first }
        let changed = list.compactMap { key -> String? in
            let name = "\(key.client) \(key.key.id)"
            guard let known = before[key.key.id] else { return "\(name): added" }
            if known == key { return nil }
            if key.revoked != nil, known.revoked == nil { return "\(name): revoked" }
            return "\(name): changed"
        }
        let ids = Set(list.map(\.key.id))
        return changed + old.list.filter { !ids.contains($0.key.id) }.map { "\($0.client) \($0.key.id): removed" }
    }
}

/// One key of the data folder.
package struct StoredKey: Sendable, Equatable {
    /// Where the key itself comes from.
    package enum Origin: String, Sendable, CaseIterable {
        /// Made here.
        case generated
        /// An application had it already.
        case imported
    }

    package let client: ClientName
    /// Its id is unique in the file.
    package let key: ClientKey
    package let created: Timestamp
    package let origin: Origin
    /// When it was taken out of use for good; nil if it was not.
    package let revoked: Timestamp?

    package init(
        client: ClientName,
        key: ClientKey,
        created: Timestamp,
        origin: Origin = .generated,
        revoked: Timestamp? = nil
    ) {
        self.client = client
        self.key = key
        self.created = created
        self.origin = origin
        self.revoked = revoked
    }
}

/// `keys.json`: version, and a list of keys.
extension StoredKeys {
    private static let version = 1

    private static let fields = [
        RoutesFields.Field(
            "version",
            .integer(version...version),
            required: true,
            "The version of the file's format: 1."
        ),
        RoutesFields.Field("keys", .list(.object(keyFields)), required: true, "The keys."),
    ]

    private static let keyFields = [
        RoutesFields.Field("id", .text, required: true, "What people call the key."),
        RoutesFields.Field("client", .text, required: true, "Whose it is."),
        RoutesFields.Field("sha256", .text, required: true, "The SHA-256 of the key, 64 hexadecimal digits."),
        RoutesFields.Field(
            "origin",
            .choice(StoredKey.Origin.allCases.map(\.rawValue)),
            required: true,
            "Where it comes from."
        ),
        RoutesFields.Field("created", .moment, required: true, "When it was made."),
        RoutesFields.Field("not_before", .moment, "The first moment at which it may be used."),
        RoutesFields.Field("expires", .moment, "The first moment at which it may be used no more."),
        RoutesFields.Field("revoked", .moment, "When it was taken out of use for good."),
    ]

    /// Reads a `keys.json`.
    /// - Throws: ``FaultyRoutes`` with all faults, in the order of the file.
    package init(reading bytes: [UInt8]) throws(FaultyRoutes) {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            throw FaultyRoutes(faults: [
                RoutesFault(severity: .error, position: error.position, message: "this is not JSON: \(error.message)")
            ])
        }
        var fields = FieldReader()
        self.init()
        guard document.root.kind == .object else {
            fields.fault(document.root, "the file must be an object, found \(document.root.kind.phrase)")
            throw FaultyRoutes(faults: fields.faults)
        }
        let members = fields.members(of: document.root, Self.fields, in: "the file")
        for element in members["keys"].map({ Array($0.elements) }) ?? [] where element.kind == .object {
            if let key = Self.read(element, &fields) {
                if list.contains(where: { $0.key.id == key.key.id || $0.key.digest == key.key.digest }) {
                    fields.fault(element, "the key \"\(key.key.id)\" stands twice")
                }
                list.append(key)
            }
        }
        guard fields.faults.isEmpty else {
            throw FaultyRoutes(faults: fields.faults.sorted { $0.position < $1.position })
        }
    }

    private static func read(_ element: JSONValue, _ fields: inout FieldReader) -> StoredKey? {
        let members = fields.members(of: element, keyFields, in: "a key")
        func moment(_ name: String) -> Timestamp? { members[name]?.string.flatMap(Timestamp.init(rfc3339:)) }
        guard let id = members["id"]?.string, let client = members["client"]?.string,
            let digestValue = members["sha256"], let created = moment("created"),
            let origin = members["origin"]?.string.flatMap(StoredKey.Origin.init)
        else { return nil }
        guard let digest = digestValue.string.flatMap(KeyDigest.init(hexadecimal:)) else {
            fields.fault(
                digestValue,
                "\"sha256\" must be 64 hexadecimal digits: the SHA-256 of the key, not the key itself"
            )
            return nil
        }
        return StoredKey(
            client: ClientName(client),
            key: ClientKey(id: id, digest: digest, notBefore: moment("not_before"), expires: moment("expires")),
            created: created,
            origin: origin,
            revoked: moment("revoked")
        )
    }

    /// The file's text, a key a line.
    package var text: [UInt8] {
        let lines = list.map { "  " + String(decoding: Self.json($0), as: UTF8.self) }
        return Array("{\"version\": \(Self.version), \"keys\": [\n\(lines.joined(separator: ",\n"))\n]}\n".utf8)
    }

    private static func json(_ key: StoredKey) -> [UInt8] {
        var writer = JSONWriter(capacity: 320)
        writer.beginObject()
        writer.member("id", string: key.key.id)
        writer.member("client", string: key.client.rawValue)
        writer.member("sha256", string: key.key.digest.hexadecimal)
        writer.member("origin", string: key.origin.rawValue)
        writer.member("created", string: key.created.rfc3339)
        if let start = key.key.notBefore { writer.member("not_before", string: start.rfc3339) }
        if let end = key.key.expires { writer.member("expires", string: end.rfc3339) }
        if let revoked = key.revoked { writer.member("revoked", string: revoked.rfc3339) }
        writer.endObject()
        return writer.bytes
    }
}
