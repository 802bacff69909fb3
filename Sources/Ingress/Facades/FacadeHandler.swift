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
    let search: any EventSearching
    let questions: VendorQuestions

    /// The most names that one answer holds: vendors list all of them at once.
    private static let mostNames = 100_000

    /// An answer, and how many events it accepted, for the log.
    struct Reply {
        let answer: DialectAnswer
        var accepted: Int = 0
        /// Ids of the first of them.
        var ids: [EventID] = []
    }

    /// - Parameter trace: that the request belongs to; nil: none.
    func respond(
        to request: DialectRequest,
        in dialect: any Dialect,
        from client: Client,
        _ trace: TraceContext?
    ) async -> Reply {
        let call = dialect.call(for: request)
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
        do {
            return try await carryOut(call, for: client, trace)
        } catch {
            return Reply(answer: dialect.answer(to: DialectRefusal(error)))
        }
    }

    private func carryOut(_ call: DialectCall, for client: Client, _ trace: TraceContext?) async throws(StoreError)
        -> Reply
    {
        switch call {
        case .answer(let answer):
            return Reply(answer: answer)
        case .write(let events, let policy, let respond):
            let results = try await write(events, policy, from: client, trace)
            let ids = results.lazy.compactMap(\.acceptedID)
            return Reply(
                answer: respond(results),
                accepted: results.count { $0.acceptedID != nil },
                ids: Array(ids.prefix(AccessLog.Entry.mostIDs))
            )
        case .find(let id, let respond):
            return Reply(answer: respond(try await archive.events(withID: id, of: client.tenant)))
        case .findNumbered(let sequence, let respond):
            return Reply(answer: respond(try await search.event(at: sequence, of: client.tenant)))
        case .follow(let sequence, let next):
            let event = try await search.event(at: sequence, of: client.tenant)
            return try await carryOut(next(event), for: client, trace)
        case .search(let question, let respond):
            return Reply(answer: respond(try await search.search(question, of: client.tenant)))
        case .names(let filter, let respond):
            let page = try await search.names(filter, of: client.tenant, after: nil, limit: Self.mostNames)
            // Vendors count all names; a part of them would be a wrong answer.
            guard !page.hasMore else { throw .unfinishedRead }
            return Reply(answer: respond(page.names))
        case .ask(let question, let adapter, let respond):
            return Reply(answer: respond(await questions.ask(question, of: adapter, for: client.name)))
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
        case .answer: nil
        case .write: .writeEvents
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
        case .folderInUse, .newerFormat, .unusable, .failed, .unfinishedRead: self = .unavailable(retryAfterSeconds: 5)
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
