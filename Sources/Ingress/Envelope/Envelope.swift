import Access
import DeliveryEngine
import HTTPTypes
import NIOCore
import Routing

/// What every request goes through, whichever way it comes and whichever API it is for: its id and its trace, who asks and whether that
/// client may, a response in the API's own words whatever happens, and a line in the access log.
final class Envelope: Sendable {
    let gatekeeper: Gatekeeper
    let log: AccessLog
    let refusals: ClientRefusals

    init(gatekeeper: Gatekeeper, log: AccessLog, refusals: ClientRefusals) {
        self.gatekeeper = gatekeeper
        self.log = log
        self.refusals = refusals
    }

    /// The response to a request, whatever happens to it.
    /// - Parameters:
    ///   - metricsClass: what the request is counted under.
    ///   - work: answers the request; it notes in the log's entry what it finds out.
    nonisolated(nonsending) func respond(
        to request: IncomingRequest,
        countedAs metricsClass: EndpointClass,
        on surface: some Surface,
        _ work: nonisolated(nonsending) (inout RequestLogEntry) async throws -> EndpointResponse
    ) async -> EndpointResponse {
        let start = ContinuousClock.now
        var entry = RequestLogEntry(request, countedAs: metricsClass)
        log.begin(&entry)
        var response: EndpointResponse
        do {
            response = try await work(&entry)
        } catch {
            response = surface.response(to: reason(error, entry.requestID), requestID: entry.requestID)
        }
        conclude(&response, &entry, ContinuousClock.now - start)
        return response
    }

    /// The response to a request of which nothing more than its head is looked at.
    func refuse(
        _ request: IncomingRequest,
        countedAs metricsClass: EndpointClass,
        on surface: some Surface,
        because problem: Problem
    ) -> EndpointResponse {
        var entry = RequestLogEntry(request, countedAs: metricsClass)
        var response = surface.response(to: .problem(problem), requestID: entry.requestID)
        conclude(&response, &entry, .zero)
        return response
    }

    /// Finds out who asks, counts the request, and checks that the client may ask.
    /// - Parameters:
    ///   - known: who asks, if that was found out before.
    ///   - scope: what the client needs; nil: nothing.
    nonisolated(nonsending) func admit(
        _ known: Caller? = nil,
        on surface: some Surface,
        from address: SocketAddress?,
        needing scope: Scope?,
        into entry: inout RequestLogEntry
    ) async throws(RequestError) -> Caller {
        var caller = if let known { known } else { try signIn(on: surface, from: address, entry.requestID) }
        caller.requestID = entry.requestID
        entry.caller = caller
        // Once, because each look at it is a copy.
        let client = caller.client
        do {
            try await gatekeeper.limiter.admitRequest(of: client)
        } catch {
            throw .rateLimited(error)
        }
        if let scope, !client.may(scope) { throw .missingScope(scope) }
        return caller
    }

    /// Who presents the key. A refused key is told to the audit log.
    private func signIn(on surface: some Surface, from address: SocketAddress?, _ requestID: String)
        throws(RequestError) -> Caller
    {
        let key = try surface.presentedKey()
        do {
            return try gatekeeper.caller(presenting: key, from: address, in: requestID)
        } catch {
            throw .refusedKey(error)
        }
    }

    private func conclude(_ response: inout EndpointResponse, _ entry: inout RequestLogEntry, _ duration: Duration) {
        response.requestID = entry.requestID
        entry.status = response.status.code
        entry.accepted = response.accepted
        entry.ids = response.ids
        if let caller = entry.caller { refusals.note(response.status.code, of: caller.client.name) }
        log.write(&entry, duration)
    }

    private func reason(_ error: any Error, _ requestID: String) -> RequestError {
        switch error {
        case let error as RequestError: return error
        case let problem as Problem: return .problem(problem)
        default:
            log.failed(requestID, error)
            return .failed
        }
    }
}
