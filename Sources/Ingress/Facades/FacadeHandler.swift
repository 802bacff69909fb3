import Acceptance
import Access
import DeliveryEngine
import Events
import HTTPTypes
import Hummingbird
import Journal
import Routing
import Telemetry
import VendorReads

/// Does what a facade's request wants, and lets the dialect write the result in its vendor's format.
struct FacadeHandler: Sendable {
    private let acceptor: Acceptor
    private let journal: any IngressJournal
    private let questions: VendorQuestions
    private let traces: TraceLinks
    private let audit: AuditLog
    private let limiter: ClientLimiter
    private let bodies: LargeBodies
    private let settings: IngressSettings
    private let capacity: IngressCapacity
    private let passing: PassHandler

    /// - Parameter passing: passes on calls that only the vendor can handle.
    init(_ services: EndpointServices, passing: PassHandler) {
        self.passing = passing
        acceptor = services.given.acceptor
        journal = services.given.journal
        questions = services.given.vendors.questions
        traces = services.given.delivery.traces
        audit = services.given.operations.audit
        limiter = services.gatekeeper.limiter
        bodies = services.bodies
        settings = services.settings
        capacity = services.capacity
    }

    /// Maximum number of names in one response: vendors list all of them at once.
    private static let mostNames = 100_000

    /// - Parameter rest: the path below the facade's prefix, still percent-encoded.
    func respond(
        to request: Request,
        _ body: RequestBody,
        _ incoming: IncomingRequest,
        in dialect: any Dialect,
        at rest: String,
        _ envelope: Envelope
    ) async -> EndpointResponse {
        let surface = FacadeSurface(dialect, request, at: rest, within: settings)
        return await envelope.respond(to: incoming, countedAs: .facade(dialect.adapter), on: surface) { entry in
            if request.method == .options, let answer = dialect.answer(toOptions: surface.request) {
                return surface.response(answer)
            }
            let caller = try await envelope.admit(on: surface, from: incoming.address, needing: nil, into: &entry)
            if let passed = await passing.respond(to: request, body, on: surface, for: caller, entry) { return passed }
            let call = try await call(for: surface.request, body, on: surface)
            if case .unserved = call { return surface.unserved(at: incoming.path) }
            let trace = entry.trace
            if case .write = call { return try await carryOut(call, on: surface, for: caller, trace) }
            return try await capacity.asRead(of: caller.client.name) {
                try await carryOut(call, on: surface, for: caller, trace)
            }
        }
    }

    /// Reads the body, and finds out what the request wants.
    private func call(for request: DialectRequest, _ body: RequestBody, on surface: FacadeSurface) async throws
        -> DialectCall
    {
        var request = request
        request.body = try await body.readIfAny(limitBytes: surface.bodyLimitBytes)
        return try await bodies.decode(isLarge: request.body.count >= LargeBodies.least) { [request] in
            surface.dialect.call(for: request)
        }
    }

    /// Rights and limits are checked for each call, also for one that follows from another.
    private func carryOut(
        _ call: DialectCall,
        on surface: FacadeSurface,
        for caller: Caller,
        _ trace: TraceContext?
    ) async throws -> EndpointResponse {
        if let scope = call.scope, !caller.client.may(scope) { throw RequestError.missingScope(scope) }
        do {
            return try await carryOutAllowed(call, on: surface, for: caller, trace)
        } catch let error as StoreError {
            throw RequestError.store(error)
        }
    }

    /// Does what the call wants; the client has the right to it.
    private func carryOutAllowed(
        _ call: DialectCall,
        on surface: FacadeSurface,
        for caller: Caller,
        _ trace: TraceContext?
    ) async throws -> EndpointResponse {
        let client = caller.client
        switch call {
        case .answer(let answer):
            return surface.response(answer)
        case .unserved:
            preconditionFailure("what is not served is answered before anything is carried out")
        case .write(let events, let policy, let respond):
            let results = try await write(events, policy, from: client, trace)
            var response = surface.response(respond(results.map(DialectWriteResult.init)))
            response.accepted = results.count(where: \.isAccepted)
            response.ids = results.firstAcceptedIDs
            return response
        case .find(let id, let respond):
            return surface.response(respond(try await journal.events(withID: id, of: client.tenant)))
        case .findNumbered(let sequence, let respond):
            return surface.response(respond(try await journal.event(at: sequence, of: client.tenant)))
        case .follow(let sequence, let next):
            let event = try await journal.event(at: sequence, of: client.tenant)
            return try await carryOut(next(event), on: surface, for: caller, trace)
        case .lookUp(let sequences, let next):
            var found: [SequenceNumber: ArchivedEvent] = [:]
            for sequence in sequences { found[sequence] = try await journal.event(at: sequence, of: client.tenant) }
            return try await carryOut(next(found), on: surface, for: caller, trace)
        case .search(let question, let respond):
            return surface.response(respond(try await journal.search(question, of: client.tenant)))
        case .names(let filter, let respond):
            let page = try await journal.names(filter, of: client.tenant, after: nil, limit: Self.mostNames)
            // Vendors count all names; a part of them would be a wrong result.
            guard !page.hasMore else { throw StoreError.unfinishedRead }
            return surface.response(respond(page.names))
        case .ask(let question, let adapter, let names, let respond):
            guard names.allSatisfy(client.allowance.allows(name:)) else { return surface.response(respond(.forbidden)) }
            await audit.readsVendor("estimate", caller, ["adapter": adapter.rawValue, "path": question.path])
            return surface.response(respond(await questions.ask(question, of: adapter, for: client)))
        }
    }

    private func write(
        _ events: [CanonicalEvent],
        _ policy: WritePolicy,
        from client: Client,
        _ trace: TraceContext?
    ) async throws -> [Acceptor.Result] {
        guard !events.isEmpty else { return [] }
        do {
            try await limiter.admit(events: events.count, of: client)
        } catch {
            throw RequestError.rateLimited(error)
        }
        let results = try await acceptor.accept(events, from: client, policy: policy, in: trace)
        if let trace { traces.note(results.lazy.compactMap(\.accepted?.sequence), trace) }
        return results
    }
}

extension DialectCall {
    /// The scope that a client needs; nil if any valid key suffices.
    fileprivate var scope: Scope? {
        switch self {
        case .answer, .unserved: nil
        case .write, .lookUp: .writeEvents
        case .find, .findNumbered, .follow, .search, .names: .readEvents
        // Lago requires the right to write for an estimate, so that is what its clients have.
        case .ask: .writeEvents
        }
    }
}

extension DialectWriteResult {
    fileprivate init(_ result: Acceptor.Result) {
        switch result {
        case .accepted(let event):
            self = .accepted(
                id: event.id,
                timestamp: event.timestamp,
                acceptedAt: event.acceptedAt,
                isDuplicate: event.isDuplicate
            )
        case .refused(let faults): self = faults.first.map { .refused($0) } ?? .withheld
        case .withheld: self = .withheld
        }
    }
}
