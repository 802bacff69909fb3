package import Events

/// What `tollgate keys` does: changes the stored keys, for the clients of `routes.json`. Running gateways reload them.
package struct KeyAdministration: Sendable {
    private let file: any KeyKeeping
    private let clients: [Client]
    /// Who does it.
    private let user: String

    /// - Parameters:
    ///   - clients: those of `routes.json`.
    ///   - user: the operating system's user, for the audit log.
    package init(of file: any KeyKeeping, for clients: [Client], by user: String) {
        self.file = file
        self.clients = clients
        self.user = user
    }

    /// A new key, which cannot be shown again.
    package struct Made: Sendable {
        package let key: Secret
        package let stored: StoredKey
        /// The keys that it replaces, with their expiry.
        package var ended: [StoredKey] = []
        /// The client's keys in `routes.json`, which can only be removed by editing that file.
        package var lasting: [ClientKey] = []
    }

    /// A key, and the file that it is in.
    package struct Listed: Sendable {
        /// Whether it is valid now, and if not, why.
        package enum State: String, Sendable {
            case usable, early, expired, revoked
            /// Its client is not in `routes.json`.
            case clientless = "no such client"
        }

        package let client: ClientName
        package let key: ClientKey
        /// Nil if it is in `routes.json`.
        package let stored: StoredKey?
        package let state: State
        /// The day in UTC on which it was used last, such as `2026-11-29`; nil if no use is known.
        package var lastUsed: String?
    }

    /// Makes a key for a client.
    package func create(for client: String, id: String?, term: StoredKeys.Term) async throws -> Made {
        let name = try known(client)
        let key = GeneratedKey.make()
        return Made(key: key, stored: try await add(key, to: name, id, term, .generated, "keys: create"))
    }

    /// Imports an application's existing key.
    package func importKey(_ key: Secret, for client: String, id: String?, term: StoredKeys.Term) async throws
        -> StoredKey
    {
        try await add(key, to: try known(client), id, term, .imported, "keys: import")
    }

    /// Creates a key that replaces one key, or all of a client's keys, which expire after the overlap.
    package func rotate(_ target: String, id: String?, overlap: Duration, term: StoredKeys.Term) async throws -> Made {
        let key = GeneratedKey.make()
        let change = { (keys: inout StoredKeys) throws -> Made in
            let now = SystemWallClock().now
            var ended: [StoredKey] = []
            var name = ClientName(target)
            // A client whose only key is in routes.json gets its first stored key here.
            if keys.usable(by: name).isEmpty, let client = clients.first(where: { $0.name == name }),
                !client.keys.isEmpty
            {
                name = client.name
            } else {
                (name, ended) = try keys.end(target, at: now + overlap, now: now)
            }
            let client = try known(name.rawValue)
            let stored = try keys.add(
                key,
                to: client,
                id: id,
                term: term,
                origin: .generated,
                besides: clients,
                at: now
            )
            let lasting = ended.count == 1 && ended[0].key.id == target ? [] : lastingKeys(of: client)
            return Made(key: key, stored: stored, ended: ended, lasting: lasting)
        }
        return try await file.update(change) { made in
            let ended = made.ended.map(\.key.id).joined(separator: " ")
            return act("keys: rotate", made.stored, ended.isEmpty ? [:] : ["follows": ended, "overlap": "\(overlap)"])
        }
    }

    /// Revokes a key.
    package func revoke(_ id: String) async throws -> StoredKey {
        if let client = clients.first(where: { $0.keys.contains { $0.id == id } }) {
            throw KeyAdministrationFault.standsInRoutes(id: id, client: client.name)
        }
        return try await file.update { keys in
            try keys.revoke(id, at: SystemWallClock().now)
        } noting: {
            act("keys: revoke", $0)
        }
    }

    /// The keys of both files, by client.
    package func list(of client: String?) async throws -> [Listed] {
        let now = SystemWallClock().now
        let fromRoutes = clients.flatMap { client in
            client.keys.map { Listed(client: client.name, key: $0, stored: nil, state: Self.state($0, now)) }
        }
        let known = Set(clients.map(\.name))
        let stored = try await file.read().list.map { key in
            let state: Listed.State =
                key.revoked != nil ? .revoked : known.contains(key.client) ? Self.state(key.key, now) : .clientless
            return Listed(client: key.client, key: key.key, stored: key, state: state)
        }
        let uses = try await file.uses()
        let all = (fromRoutes + stored).filter { client == nil || $0.client.rawValue == client }.map { listed in
            var listed = listed
            listed.lastUsed = uses.days[listed.key.digest]
            return listed
        }
        return Set(all.map(\.client)).sorted().flatMap { name in all.filter { $0.client == name } }
    }

    private static func state(_ key: ClientKey, _ now: Timestamp) -> Listed.State {
        if let start = key.notBefore, now < start { return .early }
        if let end = key.expires, end <= now { return .expired }
        return .usable
    }

    private func add(
        _ key: Secret,
        to client: ClientName,
        _ id: String?,
        _ term: StoredKeys.Term,
        _ origin: StoredKey.Origin,
        _ action: String
    ) async throws -> StoredKey {
        try await file.update { keys in
            try keys.add(
                key,
                to: client,
                id: id,
                term: term,
                origin: origin,
                besides: clients,
                at: SystemWallClock().now
            )
        } noting: {
            act(action, $0)
        }
    }

    private func act(_ action: String, _ key: StoredKey, _ more: [String: String] = [:]) -> KeyAct {
        var details = more
        details["client"] = key.client.rawValue
        details["key"] = key.key.id
        if let end = key.key.expires { details["expires"] = end.rfc3339 }
        return KeyAct(at: SystemWallClock().now, by: user, action, details)
    }

    private func lastingKeys(of client: ClientName) -> [ClientKey] {
        clients.first { $0.name == client }?.keys.filter { $0.expires == nil } ?? []
    }

    private func known(_ client: String) throws(KeyAdministrationFault) -> ClientName {
        let names = clients.map(\.name.rawValue)
        guard names.contains(client) else {
            throw .unknownClient(client, suggestion: Suggestion.closest(to: client, among: names))
        }
        return ClientName(client)
    }
}

/// Why a key was not changed.
package enum KeyAdministrationFault: Error, Equatable, Sendable, CustomStringConvertible {
    case unknownClient(String, suggestion: String?)
    case standsInRoutes(id: String, client: ClientName)

    package var description: String {
        switch self {
        case .unknownClient(let name, let suggestion):
            "routes.json has no client \"\(name)\"\(suggestion.map { " (did you mean \"\($0)\"?)" } ?? ""); add it there, then make its key"
        case .standsInRoutes(let id, let client):
            "the key \(id) of the client \(client) is in routes.json; remove it there"
        }
    }
}
