import Acceptance
import Access
import DeliveryEngine
import Events
import HTTPTypes
import Journal
import Routing

/// Does what a facade's request wants, and has the dialect put the result into its vendor's words.
struct FacadeHandler: Sendable {
    let acceptor: Acceptor
    let limiter: ClientLimiter
    let traces: TraceLinks
    let archive: any EventArchive
    let search: any EventArchive
    let questions: VendorQuestions
    let bodies: LargeBodies
    let audit: AuditLog

    /// The most names that one answer holds: vendors list all of them at once.
    private static let mostNames = 100_000

    /// An answer, and how many events it accepted, for the log.
    struct Reply {
        let answer: DialectAnswer
        var accepted: Int = 0
        /// Ids of the first of them.
        var ids: [EventID] = []
    }

    /// - Parameters:
    ///   - path: the request's whole path, for advice.
    ///   - trace: that the request belongs to; nil: none.
    func respond(
        to request: DialectRequest,
        at path: String,
        in dialect: any Dialect,
        from caller: Caller,
        _ trace: TraceContext?
    ) async -> Reply {
        let call: DialectCall
        do {
            call = try await bodies.decode(isLarge: request.body.count >= LargeBodies.least) {
                dialect.call(for: request)
            }
        } catch {
            return Reply(answer: dialect.answer(to: .unavailable(retryAfterSeconds: 1)))
        }
        if case .unserved = call {
            let advice = UnservedPath.advice(request.method, path, of: dialect)
            return Reply(answer: dialect.answer(to: .unserved(advice: advice)))
        }
        do {
            return try await carryOut(call, in: dialect, for: caller, trace)
        } catch {
            return Reply(answer: dialect.answer(to: DialectRefusal(error)))
        }
    }

    /// Rights and limits are looked at for each call, also for one that follows from another.
    private func carryOut(
        _ call: DialectCall,
        in dialect: any Dialect,
        for caller: Caller,
        _ trace: TraceContext?
    ) async throws(StoreError) -> Reply {
        let client = caller.client
        if let scope = call.scope, !client.may(scope) {
            return Reply(answer: dialect.answer(to: .forbidden(scope: scope.rawValue)))
        }
        if case .write(let events, _, _) = call {
            do {
                try limiter.admit(events: events.count, of: client)
            } catch {
                return Reply(answer: dialect.answer(to: DialectRefusal(error)))
            }
        }
        switch call {
        case .answer(let answer):
            return Reply(answer: answer)
        case .unserved:
            preconditionFailure("what is not served is answered before anything is carried out")
        case .write(let events, let policy, let respond):
            let results = try await write(events, policy, from: client, trace)
            let ids = results.lazy.compactMap(\.acceptedID)
            return Reply(
                answer: respond(results),
                accepted: results.count { $0.acceptedID != nil },
                ids: Array(ids.prefix(RequestLogEntry.mostIDs))
            )
        case .find(let id, let respond):
            return Reply(answer: respond(try await archive.events(withID: id, of: client.tenant)))
        case .findNumbered(let sequence, let respond):
            return Reply(answer: respond(try await search.event(at: sequence, of: client.tenant)))
        case .follow(let sequence, let next):
            let event = try await search.event(at: sequence, of: client.tenant)
            return try await carryOut(next(event), in: dialect, for: caller, trace)
        case .lookUp(let sequences, let next):
            var found: [SequenceNumber: ArchivedEvent] = [:]
            for sequence in sequences { found[sequence] = try await search.event(at: sequence, of: client.tenant) }
            return try await carryOut(next(found), in: dialect, for: caller, trace)
        case .search(let question, let respond):
            return Reply(answer: respond(try await search.search(question, of: client.tenant)))
        case .names(let filter, let respond):
            let page = try await search.names(filter, of: client.tenant, after: nil, limit: Self.mostNames)
            // Vendors count all names; a part of them would be a wrong answer.
            guard !page.hasMore else { throw .unfinishedRead }
            return Reply(answer: respond(page.names))
        case .ask(let question, let adapter, let names, let respond):
            guard names.allSatisfy(client.allowance.allows(name:)) else { return Reply(answer: respond(.forbidden)) }
            await audit.readsVendor("estimate", caller, ["adapter": adapter.rawValue, "path": question.path])
            return Reply(answer: respond(await questions.ask(question, of: adapter, for: client)))
        }
    }

    private func write(
        _ events: [CanonicalEvent],
        _ policy: WritePolicy,
        from client: Client,
        _ trace: TraceContext?
    ) async throws(StoreError) -> [DialectWriteResult] {
        guard !events.isEmpty else { return [] }
        let result = try await acceptor.accept(
            events.enumerated().map { (index: $0.offset, event: $0.element) },
            from: client,
            policy: policy == .allOrNothing ? .allOrNothing : .each,
            needsRoutes: policy != .each
        )
        if let trace { traces.note(result.accepted.lazy.map(\.sequence), trace) }
        var results = [DialectWriteResult](repeating: .withheld, count: events.count)
        for event in result.accepted {
            results[event.index] = .accepted(
                id: event.id,
                timestamp: event.timestamp,
                acceptedAt: event.acceptedAt,
                isDuplicate: event.isDuplicate
            )
        }
        for fault in result.faults {
            if let index = fault.index { results[index] = .refused(fault) }
        }
        return results
    }
}

extension DialectCall {
    /// What a client needs for it; nil if anyone with a key may.
    fileprivate var scope: Scope? {
        switch self {
        case .answer, .unserved: nil
        case .write, .lookUp: .writeEvents
        case .find, .findNumbered, .follow, .search, .names: .readEvents
        // Lago wants the right to write for an estimate, so that is what its clients have.
        case .ask: .writeEvents
        }
    }
}

extension DialectWriteResult {
    /// Nil for an event that is not stored.
    fileprivate var acceptedID: EventID? {
        if case .accepted(let id, _, _, _) = self { id } else { nil }
    }
}

extension DialectRefusal {
    /// What a failure of the store means to a facade's client: nothing was acknowledged, and it may pass later.
    fileprivate init(_ error: StoreError) {
        switch error {
        case .full(let retryAfter): self = .unavailable(retryAfterSeconds: max(1, Int(retryAfter.components.seconds)))
        case .closed: self = .unavailable(retryAfterSeconds: 1)
        case .busy(let retryAfter): self = .unavailable(retryAfterSeconds: max(1, Int(retryAfter.components.seconds)))
        case .folderInUse, .newerFormat, .unusable, .failed, .unfinishedRead, .leaseLost: self = .unavailable(retryAfterSeconds: 5)
        }
    }

    /// The same for a client that sends more than it may.
    init(_ error: LimitExceeded) {
        self = .rateLimited(limit: error.limit.requests, retryAfterSeconds: error.retryAfterSeconds)
    }

    /// The same for a body that could not be read.
    init(_ problem: Problem, limitBytes: Int) {
        switch problem.status {
        case .contentTooLarge: self = .tooLarge(limitBytes: limitBytes)
        case .serviceUnavailable: self = .unavailable(retryAfterSeconds: 1)
        default: self = .undecodable
        }
    }
}
