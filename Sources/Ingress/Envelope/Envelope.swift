import Access
import DeliveryEngine
import HTTPTypes
import NIOCore
import Routing

/// The steps that every request shares, whichever connection and API it uses: id and trace, authentication and authorization, a response
/// in the API's own format in every case, and a line in the access log.
final class Envelope: Sendable {
    let gatekeeper: Gatekeeper
    let log: AccessLog
    let refusals: ClientRefusals

    init(gatekeeper: Gatekeeper, log: AccessLog, refusals: ClientRefusals) {
        self.gatekeeper = gatekeeper
        self.log = log
        self.refusals = refusals
    }

    /// The response to a request, in every case.
    /// - Parameters:
    ///   - metricsClass: the class under which the request is counted.
    ///   - work: handles the request, and adds what it finds out to the log entry.
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

    /// The response to a request of which only the head is read.
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

    /// Finds the caller, counts the request, and checks that the client may make it.
    /// - Parameters:
    ///   - known: the caller, if it was found before.
    ///   - scope: the scope that the client needs; nil for none.
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
        // Read once, because each access is a copy.
        let client = caller.client
        do {
            try await gatekeeper.limiter.admitRequest(of: client)
        } catch {
            throw .rateLimited(error)
        }
        if let scope, !client.may(scope) { throw .missingScope(scope) }
        return caller
    }

    /// The owner of the presented key. A refused key is reported to the audit log.
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

    /// Completes the response, the log line and the metrics.
    private func conclude(_ response: inout EndpointResponse, _ entry: inout RequestLogEntry, _ duration: Duration) {
        response.requestID = entry.requestID
        entry.status = response.status.code
        entry.accepted = response.accepted
        entry.ids = response.ids
        if let caller = entry.caller { refusals.note(response.status.code, of: caller.client.name) }
        log.write(&entry, duration)
    }

    /// The reason for a failed request; an unexpected error is logged here, and only here.
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
