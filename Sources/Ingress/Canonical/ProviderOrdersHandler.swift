import Access
import ConfigurationFile
import DeliveryEngine
import Events
import JSON
import Journal
import Routing

/// `POST /v1/providers/NAME/hold` and `/resume`: an operator stops deliveries to a provider for a while, or starts them again.
struct ProviderOrdersHandler: Sendable {
    private let revising: any JournalAdministration
    private let steering: any ProviderSteering
    private let routes: CurrentRoutes
    private let clock: any WallClock
    private let audit: AuditLog

    init(_ services: EndpointServices) {
        revising = services.given.journal
        steering = services.given.delivery.orders
        routes = services.given.routes
        clock = services.given.clock
        audit = services.given.operations.audit
    }

    private static let longestHold = Duration.seconds(30 * 86_400)

    /// Holds the provider from now on; a later hold replaces an earlier one.
    /// The body is `{"for": "1h"}`.
    func hold(_ call: EndpointCall) async throws -> EndpointResponse {
        let provider = try provider(ProviderName(call.parameter))
        let duration = try await call.parseBody(Self.duration)
        return .json(Self.json(provider, try await hold(provider, for: duration, by: call.caller)))
    }

    /// Holds a configured provider from now on.
    private func hold(_ provider: ProviderName, for duration: Duration, by caller: Caller) async throws -> OperatorHold
    {
        let now = clock.now
        let hold = OperatorHold(until: now + duration, by: caller.client.name, at: now)
        do {
            try await revising.hold(provider, byOperator: hold)
        } catch {
            throw Problem(error)
        }
        steering.pass(.hold(hold), to: provider)
        await audit.write(
            "provider: hold",
            by: .client(caller),
            ["provider": "\(provider)", "until": hold.until.rfc3339]
        )
        return hold
    }

    /// Holds a provider for a time that a form names.
    /// - Throws: ``Problem`` if no such provider is configured, or if the text is not a time.
    func hold(_ name: ProviderName, for text: String?, by caller: Caller) async throws {
        guard let duration = text.flatMap(DurationText.read), duration <= Self.longestHold else {
            throw Problem.badParameter("for", "must be a time such as 30m, 1h or 7d, at most 30d")
        }
        _ = try await hold(try provider(name), for: duration, by: caller)
    }

    /// Ends an operator's hold and a delay that the vendor asked for, and makes waiting retries due.
    func resume(_ call: EndpointCall) async throws -> EndpointResponse {
        let provider = try provider(ProviderName(call.parameter))
        try await resume(provider, by: call.caller)
        return .json(Self.json(provider, nil))
    }

    /// Ends a hold and a delay, and calls the provider at once.
    func resume(_ name: ProviderName, by caller: Caller) async throws {
        let provider = try provider(name)
        do {
            try await revising.hold(provider, byOperator: nil)
            let now = clock.now
            try await revising.makeRetriesDue(of: provider, waitingBeyond: now, at: now)
        } catch {
            throw Problem(error)
        }
        steering.pass(.resume, to: provider)
        await audit.write("provider: resume", by: .client(caller), ["provider": "\(provider)"])
    }

    /// - Throws: ``Problem`` with a suggestion if no such provider is configured.
    private func provider(_ name: ProviderName) throws(Problem) -> ProviderName {
        let known = routes.current.routes.providers.map(\.name)
        guard known.contains(name) else { throw .unconfiguredProvider(name, known: known.map(\.rawValue)) }
        return name
    }

    /// Reads the body `{"for": "1h"}`.
    @Sendable private static func duration(in body: [UInt8]) throws(Problem) -> Duration {
        let root: JSONValue
        do {
            root = try JSONDocument(parsing: body).root
        } catch {
            throw .badBody("the body is not JSON: \(error); send {\"for\": \"1h\"}")
        }
        guard root.kind == .object else { throw .badBody("the body must be an object such as {\"for\": \"1h\"}") }
        for member in root.members where !member.hasName("for") {
            throw .badBody("unknown member \"\(Excerpt.of(member.name))\"; send {\"for\": \"1h\"}")
        }
        guard let duration = root["for"]?.string.flatMap(DurationText.read), duration <= longestHold else {
            throw .badBody("\"for\" must be a time such as \"30m\", \"1h\" or \"7d\", at most \"30d\"")
        }
        return duration
    }

    private static func json(_ provider: ProviderName, _ hold: OperatorHold?) -> [UInt8] {
        var writer = JSONWriter(capacity: 160)
        writer.beginObject()
        writer.member("provider", string: provider.rawValue)
        ProvidersHandler.write(hold, to: &writer)
        writer.endObject()
        return writer.bytes
    }
}
