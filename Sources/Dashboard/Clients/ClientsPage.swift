package import Access
import ConfigurationFile
package import Events

/// Who may use the gateway: clients, their scopes, limits and keys.
package struct ClientsPage: PageContent {
    package static let template = "Clients"
    package let title = "Clients and keys"
    let clients: [Row]
    let hasClients: Bool
    /// A key that was just made; it is not shown again.
    let made: MadeKey?
    /// Why an act was refused.
    let fault: String?

    /// One client.
    struct Row: Sendable {
        let name: String
        let tenant: String
        let scopes: String
        let names: String?
        let limits: String
        let use: String
        let refused: String
        let keys: [Key]
        let hasKeys: Bool
    }

    /// One key, known by its id.
    struct Key: Sendable {
        let id: String
        /// Its class in the stylesheet.
        let style: String
        let state: String
        let start: TimeText?
        let end: TimeText?
        let origin: String
        /// A day in UTC.
        let lastUsed: String
        let mayRevoke: Bool
    }

    /// The key that was just made.
    struct MadeKey: Sendable {
        let client: String
        let id: String
        let key: String
        let note: String?
    }

    /// How often requests of a client were refused since the start of the gateway.
    package struct Refused: Sendable {
        let limited: Int
        let forbidden: Int

        package init(limited: Int, forbidden: Int) {
            self.limited = limited
            self.forbidden = forbidden
        }
    }

    /// How much of its limits a client uses now.
    package struct Use: Sendable {
        /// From 0 to 100; nil without such a limit, and if it is not known here.
        let requestsPercent: Int?
        let eventsPercent: Int?
        let reads: (open: Int, limit: Int)
        let streams: (open: Int, limit: Int)

        package init(
            requestsPercent: Int?,
            eventsPercent: Int?,
            reads: (open: Int, limit: Int),
            streams: (open: Int, limit: Int)
        ) {
            self.requestsPercent = requestsPercent
            self.eventsPercent = eventsPercent
            self.reads = reads
            self.streams = streams
        }

        /// `42% of the requests, 0 of 8 reads, 1 of 20 streams`.
        var text: String {
            let rates = [(requestsPercent, "requests"), (eventsPercent, "events")].compactMap { percent, what in
                percent.map { "\($0)% of the \(what)" }
            }
            let held = [(reads, "reads"), (streams, "streams")].map { use, what in
                "\(PlainNumbers.count(use.open)) of \(PlainNumbers.count(use.limit)) \(what)"
            }
            return (rates + held).joined(separator: ", ")
        }
    }

    /// - Parameters:
    ///   - use: of the limits of each client.
    ///   - refused: of each client.
    ///   - keys: of all clients, as ``KeyAdministration/list(of:)`` gives them.
    ///   - made: a key to show once.
    package init(
        _ clients: [Client],
        _ keys: [KeyAdministration.Listed],
        made: KeyAdministration.Made? = nil,
        fault: String? = nil,
        use: (Client) -> Use,
        refused: (ClientName) -> Refused = { _ in Refused(limited: 0, forbidden: 0) }
    ) {
        self.clients = clients.map { client in
            Self.row(client, keys.filter { $0.client == client.name }, use(client), refused(client.name))
        }
        hasClients = !clients.isEmpty
        self.made = made.map { made in
            MadeKey(
                client: made.stored.client.rawValue,
                id: made.stored.key.id,
                key: made.key.reveal(),
                note: Self.note(made)
            )
        }
        self.fault = fault
    }

    private static func note(_ made: KeyAdministration.Made) -> String? {
        var notes: [String] = []
        if let end = made.ended.compactMap(\.key.expires).max() {
            notes.append("The previous keys work until \(TimeText(end).text) UTC.")
        }
        if !made.lasting.isEmpty {
            notes.append("Keys in routes.json stay valid until they are removed there.")
        }
        return notes.isEmpty ? nil : notes.joined(separator: " ")
    }

    private static func text(_ refused: Refused) -> String {
        let parts = [(refused.limited, "beyond a limit"), (refused.forbidden, "forbidden")].filter { $0.0 > 0 }
        guard !parts.isEmpty else { return "none since the start" }
        return parts.map { "\(PlainNumbers.count($0.0)) \($0.1)" }.joined(separator: ", ") + " since the start"
    }

    private static func row(
        _ client: Client,
        _ keys: [KeyAdministration.Listed],
        _ use: Use,
        _ refused: Refused
    ) -> Row {
        let limits = [(client.limits.requests, "requests"), (client.limits.events, "events")].compactMap {
            limit,
            what in
            limit.map { "\(PlainNumbers.count($0.requests)) \(what) in \(PlainNumbers.duration($0.per))" }
        }
        let names = client.allowance.names.map(\.pattern)
        return Row(
            name: client.name.rawValue,
            tenant: client.tenant.rawValue,
            scopes: client.scopes.map(\.rawValue).sorted().joined(separator: ", "),
            names: names.isEmpty ? nil : names.joined(separator: ", "),
            limits: limits.isEmpty ? "none" : limits.joined(separator: ", "),
            use: use.text,
            refused: text(refused),
            keys: keys.map(key),
            hasKeys: !keys.isEmpty
        )
    }

    private static func key(_ listed: KeyAdministration.Listed) -> Key {
        let (style, state) =
            switch listed.state {
            case .usable: ("ok", "valid")
            case .early: ("pending", "not valid yet")
            case .expired: ("skipped", "expired")
            case .revoked: ("discarded", "revoked")
            case .clientless: ("unknown", "no such client")
            }
        return Key(
            id: listed.key.id,
            style: style,
            state: state,
            start: (listed.key.notBefore ?? listed.stored?.created).map { TimeText($0) },
            end: (listed.stored?.revoked ?? listed.key.expires).map { TimeText($0) },
            origin: listed.stored.map(\.origin.rawValue) ?? "routes.json",
            lastUsed: listed.lastUsed ?? "no record",
            mayRevoke: listed.stored != nil && (listed.state == .usable || listed.state == .early)
        )
    }
}
