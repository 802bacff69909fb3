package import ConfigurationFile
import Events
import JSON

/// `keys.json`: version, and a list of keys.
extension StoredKeys {
    private static let version = 1

    private static let fields = [
        Field(
            "version",
            .integer(version...version),
            required: true,
            "The version of the file's format: 1."
        ),
        Field("keys", .list(.object(keyFields)), required: true, "The keys."),
    ]

    private static let keyFields = [
        Field("id", .text, required: true, "What people call the key."),
        Field("client", .text, required: true, "Whose it is."),
        Field("sha256", .text, required: true, "The SHA-256 of the key, 64 hexadecimal digits."),
        Field(
            "origin",
            .choice(StoredKey.Origin.allCases.map(\.rawValue)),
            required: true,
            "Origin."
        ),
        Field("created", .timestamp, required: true, "When it was made."),
        Field("not_before", .timestamp, "When it starts to be valid."),
        Field("expires", .timestamp, "When it expires."),
        Field("revoked", .timestamp, "When it was taken out of use for good."),
    ]

    /// Reads a `keys.json`.
    /// - Throws: ``FaultyConfiguration`` with all faults, in the order of the file.
    package init(reading bytes: [UInt8]) throws(FaultyConfiguration) {
        let document: JSONDocument
        do {
            document = try JSONDocument(parsing: bytes)
        } catch {
            throw FaultyConfiguration(error)
        }
        var fields = FieldReader()
        self.init()
        guard document.root.kind == .object else {
            fields.fault(document.root, "the file must be an object, found \(document.root.kind.phrase)")
            throw FaultyConfiguration(faults: fields.faults)
        }
        let members = fields.members(of: document.root, Self.fields, in: "the file")
        for element in members["keys"].map({ Array($0.elements) }) ?? [] where element.kind == .object {
            if let key = Self.read(element, &fields) {
                if list.contains(where: { $0.key.id == key.key.id || $0.key.digest == key.key.digest }) {
                    fields.fault(element, "the key \"\(key.key.id)\" is duplicated")
                }
                list.append(key)
            }
        }
        guard fields.faults.isEmpty else {
            throw FaultyConfiguration(faults: fields.faults.sorted { $0.position < $1.position })
        }
    }

    private static func read(_ element: JSONValue, _ fields: inout FieldReader) -> StoredKey? {
        let members = fields.members(of: element, keyFields, in: "a key")
        func timestamp(_ name: String) -> Timestamp? { members[name]?.string.flatMap(Timestamp.init(rfc3339:)) }
        guard let id = members["id"]?.string, let client = members["client"]?.string,
            let digestValue = members["sha256"], let created = timestamp("created"),
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
            key: ClientKey(id: id, digest: digest, notBefore: timestamp("not_before"), expires: timestamp("expires")),
            created: created,
            origin: origin,
            revoked: timestamp("revoked")
        )
    }

    /// The file's text, one key per line.
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
