import Access
import Dashboard
import Events
import HTTPTypes
import Routing

/// `/dashboard/clients`: who may use the gateway, and the keys.
struct ClientsPageHandler: Sendable {
    private let managing: (any KeyManaging)?
    private let routes: CurrentRoutes
    private let refusals: ClientRefusals
    private let limiters: ClientLimiters
    private let capacity: IngressCapacity

    /// Longest overlap of replaced keys.
    private static let longestOverlap: Int64 = 30 * 86_400

    init(_ services: EndpointServices) {
        managing = services.given.operations.orders.keys
        routes = services.given.routes
        refusals = services.given.operations.refusals
        limiters = services.given.operations.limiters
        capacity = services.capacity
    }

    func page(_ call: PageCall) async -> PageAnswer {
        .page(await page())
    }

    func create(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        return await shown { keys async throws(KeyChangeFault) in
            try await keys.create(for: form["client"] ?? "", by: call.caller)
        }
    }

    func rotate(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        guard let seconds = form["overlap"].flatMap({ Int64($0) }), (0...Self.longestOverlap).contains(seconds) else {
            throw Problem.badParameter("overlap", "is a number of seconds, at most 30 days")
        }
        return await shown { keys async throws(KeyChangeFault) in
            try await keys.rotate(form["client"] ?? "", overlap: .seconds(seconds), by: call.caller)
        }
    }

    func revoke(_ call: PageCall) async throws -> PageAnswer {
        let form = try await call.form()
        do {
            try await managed().revoke(form["key"] ?? "", by: call.caller)
        } catch {
            return .page(await page(fault: error.message), status: .unprocessableContent)
        }
        return .see(Screen.clients.path)
    }

    /// A page with a new key, which is on no other: so it is the answer to the form itself.
    private func shown(
        _ make: (any KeyManaging) async throws(KeyChangeFault) -> KeyAdministration.Made
    ) async -> PageAnswer {
        do {
            return .page(await page(made: try await make(try managed())))
        } catch {
            return .page(await page(fault: error.message), status: .unprocessableContent)
        }
    }

    /// - Throws: ``KeyChangeFault`` if keys cannot be changed here.
    private func managed() throws(KeyChangeFault) -> any KeyManaging {
        guard let managing else { throw KeyChangeFault("This gateway has no data folder with keys.") }
        return managing
    }

    private func page(made: KeyAdministration.Made? = nil, fault: String? = nil) async -> ClientsPage {
        let clients = routes.current.routes.clients
        var (keys, problem): ([KeyAdministration.Listed], String?) = ([], fault)
        do {
            keys = try await managed().keys()
        } catch {
            problem = problem ?? error.message
        }
        return ClientsPage(clients, keys, made: made, fault: problem, use: use) { name in
            let counts = refusals.count(of: name)
            return ClientsPage.Refused(limited: counts.limited, forbidden: counts.forbidden)
        }
    }

    private func use(of client: Client) -> ClientsPage.Use {
        let use = limiters.use(of: client, within: capacity)
        return ClientsPage.Use(
            requestsPercent: use.requestsPercent,
            eventsPercent: use.eventsPercent,
            reads: (use.reads, use.readsLimit),
            streams: (use.streams, use.streamsLimit)
        )
    }
}
