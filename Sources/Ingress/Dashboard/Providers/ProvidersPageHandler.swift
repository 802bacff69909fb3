import Access
import Dashboard
import Events
import Journal
import Parity
import Reports
import Routing

/// `/dashboard/providers` and one provider, with an operator's orders to it.
struct ProvidersPageHandler: Sendable {
    private let providers: ProviderFactsReader
    private let archive: any EventArchive
    private let orders: ProviderOrdersHandler
    private let watches: (any WatchReading)?
    private let routes: CurrentRoutes
    private let clock: any WallClock

    private static let figures = StatisticsQuery(.tenSeconds, count: 360)

    init(_ services: EndpointServices) {
        providers = ProviderFactsReader(services)
        archive = services.given.journal
        orders = ProviderOrdersHandler(services)
        watches = services.given.operations.watches
        routes = services.given.routes
        clock = services.given.clock
    }

    func list(_ call: PageCall) async throws -> PageAnswer {
        let order = try call.fields.order(by: ProviderColumn.self)
        return .page(ProvidersPage(await seen(by: call.client), by: order, at: clock.now))
    }

    func show(_ call: PageCall) async throws -> PageAnswer {
        let name = ProviderName(call.parameter)
        let seen = await seen(by: call.client)
        guard let facts = seen.first(where: { $0.name == name }) else {
            throw Problem.unconfiguredProvider(name, known: seen.map(\.name.rawValue))
        }
        let configured = routes.current.routes.providers.first { $0.name == name }
        var watch: ProviderWatch?
        if let configured { watch = await self.watch(configured, for: call.client) }
        return .page(
            ProviderPage(
                facts,
                configured.map { ProviderPage.Configuration($0) },
                ages: await ages(of: name),
                watch: watch,
                mayAct: call.client.may(.admin),
                at: clock.now
            )
        )
    }

    private func seen(by client: Client) async -> [ProviderFacts] {
        await providers.providers(for: client, providers.report(for: client, Self.figures))
    }

    /// Nil if the store cannot be read: the rest is shown anyway.
    private func ages(of provider: ProviderName) async -> BacklogAges? {
        do { return try await archive.backlogAges(of: provider, at: clock.now) } catch { return nil }
    }

    /// What watching a provider has found.
    private func watch(_ provider: ProviderConfiguration, for client: Client) async -> ProviderWatch {
        let impossible = provider.reasonNotWatched
        // An account of a tenant's own is read back like the provider that it belongs to, and gets no test events.
        let noCanary = provider.owner == nil ? impossible : "test events go to the provider's own account only"
        let found: Result<WatchReport, ParityError>
        do throws(ParityError) {
            found = .success(try await watches?.reports()[provider.name] ?? WatchReport())
        } catch {
            found = .failure(error)
        }
        return ProviderWatch(
            verify: Self.knowledge(found, unless: impossible, isOn: provider.verify != nil) { $0.verify },
            canary: Self.knowledge(found, unless: noCanary, isOn: provider.canary != nil) { $0.canary },
            opensEventsOf: client.may(.readEvents) ? client.tenant : nil
        )
    }

    /// Why there is no report, or the report.
    private static func knowledge<Report: Sendable>(
        _ found: Result<WatchReport, ParityError>,
        unless impossible: String?,
        isOn: Bool,
        _ part: (WatchReport) -> Report?
    ) -> ProviderWatch.Knowledge<Report> {
        if let impossible { return .impossible(impossible) }
        guard isOn else { return .off }
        switch found {
        case .failure(let error): return .unread(error.message)
        case .success(let report): return part(report).map { .found($0) } ?? .off
        }
    }

    func hold(_ call: PageCall) async throws -> PageAnswer {
        try await orders.hold(ProviderName(call.parameter), for: try await call.form()["for"], by: call.caller)
        return .see(PageLink.provider(call.parameter))
    }

    func resume(_ call: PageCall) async throws -> PageAnswer {
        try await orders.resume(ProviderName(call.parameter), by: call.caller)
        return .see(PageLink.provider(call.parameter))
    }
}

extension ProviderPage.Configuration {
    /// What `routes.json` says of a provider: where its credential comes from, and never what it is.
    init(_ provider: ProviderConfiguration) {
        let identity =
            switch provider.traits.requests.deduplication {
            case .none: "the vendor does not recognize repeats"
            case .byIdentity(nil): "the vendor recognizes repeats"
            case .byIdentity(let memory?): "the vendor recognizes repeats for \(PlainNumbers.duration(memory))"
            }
        self.init(
            vendor: provider.traits.vendor,
            baseURL: provider.connection.baseURL,
            credentialSource: Self.origin(of: provider.connection.credential),
            identity: identity,
            rateLimit: provider.rateLimit.map {
                "\(PlainNumbers.count($0.requests)) requests per \(Self.period($0.per))"
            },
            timeout: provider.timeout
        )
    }

    private static func period(_ duration: Duration) -> String {
        switch duration {
        case .seconds(1): "second"
        case .seconds(60): "minute"
        case .seconds(3600): "hour"
        case .seconds(86_400): "day"
        default: PlainNumbers.duration(duration)
        }
    }

    /// Where a credential comes from, never the credential itself.
    private static func origin(of source: CredentialSource) -> String {
        switch source {
        case .environment(let name): "environment variable \(name)"
        case .file: "a file that routes.json names"
        case .command: "a program that routes.json names"
        case .inline: "routes.json itself"
        }
    }
}
