package import Events

/// The keys of the data folder, `keys.json`: created and revoked by `tollgate keys`, for the clients of `routes.json`.
package struct StoredKeys: Sendable, Equatable {
    /// In order of creation. Revoked keys stay in the list, as a record.
    package var list: [StoredKey]

    package init(_ list: [StoredKey] = []) {
        self.list = list
    }

    /// A client's keys that are not revoked, whether or not they are valid now.
    package func usable(by client: ClientName) -> [ClientKey] {
        list.filter { $0.client == client && $0.revoked == nil }.map(\.key)
    }

    /// What was done to each key and when, one line per key, for the log.
    package var history: [String] {
        list.map { key in
            let end = key.revoked.map { ", revoked \($0.rfc3339)" } ?? ""
            return "\(key.client) \(key.key.id): \(key.origin.rawValue) \(key.created.rfc3339)\(end)"
        }
    }

    /// What differs from an older version, one line per key, for the log.
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
    /// Where the key comes from.
    package enum Origin: String, Sendable, CaseIterable {
        /// Made here.
        case generated
        /// An existing key of an application.
        case imported
    }

    package let client: ClientName
    /// Its id is unique in the file.
    package let key: ClientKey
    package let created: Timestamp
    package let origin: Origin
    /// When it was revoked; nil if it was not.
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
