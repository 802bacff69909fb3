import ConfigurationFile
import Events
import Journal
import Reports
import Testing

@testable import Access
@testable import Dashboard

/// Clients with their keys, and the log: what each row says.
@Suite struct AccessPagesTests {
    private static let (early, late) = (SamplePages.now, SamplePages.now + .seconds(3600))
    private static let use = ClientsPage.Use(requestsPercent: nil, eventsPercent: nil, reads: (0, 8), streams: (0, 20))

    private func listed(
        _ state: KeyAdministration.Listed.State,
        isStored: Bool = true,
        notBefore: Timestamp? = nil,
        expires: Timestamp? = nil,
        revoked: Timestamp? = nil,
        lastUsed: String? = nil,
        of client: ClientName = "shop"
    ) -> KeyAdministration.Listed {
        let key = ClientKey(id: "k", digest: KeyDigest(of: "key"), notBefore: notBefore, expires: expires)
        let stored = StoredKey(client: client, key: key, created: Self.early, origin: .imported, revoked: revoked)
        return KeyAdministration.Listed(
            client: client,
            key: key,
            stored: isStored ? stored : nil,
            state: state,
            lastUsed: lastUsed
        )
    }

    private func page(_ client: Client, _ keys: [KeyAdministration.Listed] = []) throws -> ClientsPage.Row {
        try #require(ClientsPage([client], keys, use: { _ in Self.use }).clients.first)
    }

    private let shop = Client(name: "shop", tenant: "t", scopes: [])

    @Test(arguments: [
        (KeyAdministration.Listed.State.usable, "ok", "valid", true), (.early, "pending", "not valid yet", true),
        (.expired, "skipped", "expired", false), (.revoked, "discarded", "revoked", false),
        (.clientless, "unknown", "no such client", false),
    ])
    func `a key says whether it is valid, and can be revoked where it is kept by the gateway`(
        state: KeyAdministration.Listed.State,
        style: String,
        text: String,
        isValid: Bool
    ) throws {
        for isStored in [true, false] {
            let key = try #require(try page(shop, [listed(state, isStored: isStored)]).keys.first)
            #expect(key.style == style && key.state == text && key.mayRevoke == (isStored && isValid))
            #expect(key.origin == (isStored ? "imported" : "routes.json"))
            #expect(key.lastUsed == "no record")
        }
    }

    @Test func `a key is valid from its start or its creation, until it expires or was revoked`() throws {
        func times(_ listed: KeyAdministration.Listed) throws -> [String?] {
            let key = try #require(try page(shop, [listed]).keys.first)
            return [key.start?.text, key.end?.text]
        }
        let (start, end) = ("2027-01-15 08:00:00", "2027-01-15 09:00:00")
        #expect(try times(listed(.usable)) == [start, nil])
        #expect(try times(listed(.usable, isStored: false)) == [nil, nil])
        #expect(try times(listed(.early, notBefore: Self.late)) == [end, nil])
        #expect(try times(listed(.usable, expires: Self.late)) == [start, end])
        #expect(try times(listed(.revoked, expires: Self.late, revoked: Self.early)) == [start, start])
        #expect(
            try times(listed(.expired, isStored: false, notBefore: Self.early, expires: Self.late)) == [start, end]
        )
        #expect(try page(shop, [listed(.usable, lastUsed: "2026-11-29")]).keys.first?.lastUsed == "2026-11-29")
    }

    @Test func `a client has its own keys, names, scopes and limits`() throws {
        let client = Client(
            name: "shop",
            tenant: "t",
            scopes: [.readEvents, .admin, .writeEvents],
            allowance: Allowance(names: [Glob("api_*"), Glob("b")]),
            limits: ClientLimits(
                requests: RateLimit(requests: 1, per: .seconds(90)),
                events: RateLimit(requests: 50_000, per: .seconds(3600))
            )
        )
        let row = try page(client, [listed(.usable), listed(.usable, of: "other")])
        #expect(row.scopes == "admin, events:read, events:write" && row.names == "api_*, b" && row.keys.count == 1)
        #expect(row.limits == "1 requests in 1 min 30 s, 50,000 events in 1 h")
        let bare = try page(shop)
        #expect(bare.limits == "none" && bare.names == nil && bare.scopes.isEmpty && !bare.hasKeys)
        #expect(!ClientsPage([], [], use: { _ in Self.use }).hasClients)
    }

    @Test func `a new key says how long the previous ones work`() {
        func note(_ ended: [Timestamp?], lasting: Int = 0) -> String? {
            let stored = listed(.usable).stored
            let made = stored.map { stored in
                KeyAdministration.Made(
                    key: Secret("s"),
                    stored: stored,
                    ended: ended.map {
                        StoredKey(
                            client: "shop",
                            key: ClientKey(digest: stored.key.digest, expires: $0),
                            created: Self.early
                        )
                    },
                    lasting: (0..<lasting).map { _ in stored.key }
                )
            }
            return ClientsPage([shop], [], made: made, use: { _ in Self.use }).made?.note
        }
        #expect(note([]) == nil && note([nil]) == nil)
        #expect(
            note([Self.early, Self.late, nil]) == "The previous keys work until 2027-01-15 09:00:00 UTC.",
            "the last of them"
        )
        let lasting = "Keys in routes.json stay valid until they are removed there."
        #expect(note([], lasting: 1) == lasting)
        #expect(note([Self.early], lasting: 2) == "The previous keys work until 2027-01-15 08:00:00 UTC. \(lasting)")
    }

    private func entry(_ number: Int64, details: [String: String] = [:], actor: String? = nil) -> RecordedAuditEntry {
        let entry = AuditEntry(
            at: Self.early,
            category: .signIn,
            action: "a",
            tenant: nil,
            actor: actor,
            keyID: nil,
            remoteAddress: nil,
            details: details
        )
        return RecordedAuditEntry(number: number, entry: entry)
    }

    private func log(_ entries: [RecordedAuditEntry], limit: Int = 100, cursor: String? = nil) -> LogPage {
        let filter = LogPage.Filter(
            category: .vendorRead,
            actor: "o p",
            action: nil,
            requestID: "",
            from: nil,
            until: "2027-01-01T00:00:00Z"
        )
        return LogPage(filter, entries, limit: limit, cursor: cursor)
    }

    @Test func `the log shows what is known of an entry, its details by name`() throws {
        let row = try #require(log([entry(1, details: ["b": "2", "a": "1", "C": "3"], actor: "ops")]).entries.first)
        #expect(row.category == "sign in" && row.actor == "ops" && row.keyID == "-" && row.address == "-")
        #expect(row.details.map(\.name) == ["C", "a", "b"] && row.details.map(\.value) == ["3", "1", "2"])
        #expect(try #require(log([entry(1)]).entries.first).actor == "-")
    }

    @Test func `the log keeps its filter, and chooses again what was chosen`() {
        let page = log([])
        #expect(page.categories.filter(\.isChosen).map(\.label) == ["vendor read"])
        #expect(page.categories.map(\.value) == AuditEntry.Category.allCases.map(\.rawValue))
        #expect(page.actor == "o p" && page.action.isEmpty && page.requestID.isEmpty && !page.hasEntries)
        let filter = "category=vendor_read&actor=o%20p&until=2027-01-01T00%3A00%3A00Z"
        #expect(page.pager.csv == "/dashboard/log.csv?\(filter)" && page.pager.first == nil)
        #expect(log([], cursor: "7").pager.first == "/dashboard/log?\(filter)")
    }

    /// A page that is full may not be the last.
    @Test(arguments: [(0, nil), (1, nil), (2, "8"), (3, nil)] as [(Int, String?)])
    func `the log goes on behind its last entry where the page is full`(count: Int, next: String?) {
        let page = log((0..<count).map { entry(Int64(9 - $0)) }, limit: 2)
        let cursor = page.pager.next?.split(separator: "cursor=").last.map(String.init)
        #expect(cursor == next)
    }

    // MARK: The frame

    private func frame(_ client: Client?, _ title: String? = nil, isSandbox: Bool = false, _ screen: Screen? = nil)
        -> PageFrame
    {
        PageFrame(environment: title, isSandbox: isSandbox, client: client, current: screen)
    }

    @Test(
        arguments: [
            (nil, false, nil), (nil, true, "sandbox"), ("eu", false, "eu"), ("eu", true, "eu"), ("", true, ""),
        ] as [(String?, Bool, String?)]
    )
    func `a page is named by its installation`(title: String?, isSandbox: Bool, shown: String?) {
        #expect(frame(nil, title, isSandbox: isSandbox).environment == shown)
    }

    @Test func `a page says who is signed in, and the tenant where it says more`() {
        let same = frame(Client(name: "shop", tenant: "shop", scopes: []))
        #expect(same.visitor?.client == "shop" && same.visitor?.hasOtherTenant == false)
        let other = frame(Client(name: "shop", tenant: "t", scopes: []))
        #expect(other.visitor?.tenant == "t" && other.visitor?.hasOtherTenant == true)
        #expect(frame(nil).visitor == nil && frame(nil).menu.isEmpty)
    }

    /// Each scope alone: its own screens, and the Overview; an administrator sees all.
    @Test(arguments: Scope.allCases)
    func `a menu has the screens of a scope`(scope: Scope) {
        let shown = frame(Client(name: "c", tenant: "t", scopes: [.dashboard, scope])).menu.map(\.label)
        let screens: [String] =
            switch scope {
            case .readEvents: ["Overview", "Events", "Problems", "Migration", "Live", "Try"]
            case .manageDeliveries: ["Overview", "Providers"]
            case .admin: Screen.allCases.map(\.title)
            case .writeEvents, .manageMigrations, .readVendor, .writeVendor, .dashboard: ["Overview"]
            }
        #expect(shown == screens)
    }

    @Test(arguments: Screen.allCases)
    func `a menu marks the screen that is shown, and counts at the problems`(screen: Screen) {
        let menu = frame(Client(name: "c", tenant: "t", scopes: [.admin]), nil, screen).menu
        #expect(menu.filter(\.isCurrent).map(\.href) == [screen.path])
        #expect(menu.filter(\.isCounted).map(\.label) == ["Problems"])
        #expect(screen == .overview ? screen.path == "/dashboard" : screen.path == "/dashboard/\(screen.rawValue)")
    }

    @Test func `Live chooses again what was chosen, and asks the stream for what it can filter`() {
        let filter = LivePage.Filter(name: "a&b", customer: nil, provider: "polar", status: .uncertain)
        let page = LivePage(filter, providers: ["lago", "polar"])
        #expect(page.stream == "/dashboard/live/stream?name=a%26b" && page.customer.isEmpty && page.name == "a&b")
        #expect(page.providers.filter(\.isChosen).map(\.value) == ["polar"] && page.provider == "polar")
        #expect(page.statuses.filter(\.isChosen).map(\.value) == ["uncertain"] && page.status == "uncertain")
        let open = LivePage(LivePage.Filter(name: nil, customer: nil, provider: nil, status: nil), providers: [])
        #expect(open.stream == "/dashboard/live/stream" && open.statuses.allSatisfy { !$0.isChosen })
    }
}
