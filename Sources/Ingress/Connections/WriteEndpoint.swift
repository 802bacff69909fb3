import Acceptance
import DeliveryEngine
import Foundation
import HTTPTypes
import NIOHTTP1
import Routing

/// `POST /v1/events` in its plainest form, from head and body to the answer, without a server in between.
struct WriteEndpoint: Sendable {
    let bodyLimitBytes: Int
    let writing: WriteHandler
    let gatekeeper: Gatekeeper
    let log: AccessLog

    /// What goes back.
    struct Answer: Sendable {
        let status: HTTPResponseStatus
        let headers: HTTPHeaders
        let body: [UInt8]
    }

    /// Whether the body may be gathered before anything is answered: a stranger's is kept only if it is small.
    func mayGather(_ write: PlainWrite) -> Bool {
        if write.length <= Self.strangersBodyBytes { return true }
        let key = PresentedKey.of(authorization: write.authorization, apiKey: write.apiKey)
        do {
            return try key.flatMap { try gatekeeper.client(presenting: $0) } != nil
        } catch {
            // The long way tells the client why.
            return false
        }
    }

    private static let strangersBodyBytes = 16 << 10

    /// The answer to a write whose body does not come.
    func answerStalled(_ write: PlainWrite) -> Answer {
        let problem = Problem.stalled
        var entry = AccessLog.Entry(requestID: RequestID.of(write.requestID), method: "POST", path: "/v1/events")
        entry.endpoint = .write
        entry.trace = TraceContext(write.traceParent)
        entry.status = problem.status.code
        log.write(entry, .zero)
        let body = problem.json(requestID: entry.requestID)
        return Self.answer(problem.status, "application/problem+json", body, entry.requestID, [("Connection", "close")])
    }

    /// The answer to a write, whatever becomes of it.
    func answer(_ write: PlainWrite, _ body: [UInt8]) async -> Answer {
        let start = ContinuousClock.now
        let requestID = RequestID.of(write.requestID)
        var entry = AccessLog.Entry(requestID: requestID, method: "POST", path: "/v1/events")
        entry.endpoint = .write
        entry.trace = TraceContext(write.traceParent)
        let answer: Answer
        do {
            let client = try gatekeeper.client(authorization: write.authorization, apiKey: write.apiKey)
            entry.client = client
            try gatekeeper.admitRequest(of: client)
            try gatekeeper.require(.writeEvents, of: client)
            let layout = try WriteHandler.layout(of: write.contentType)
            let options = WriteHandler.Options(layout: layout, trace: entry.trace)
            let written = try await writing.respond(to: body, options, from: client)
            entry.accepted = written.accepted
            entry.ids = written.ids
            answer = Self.answer(written.status, "application/json", written.body, requestID)
        } catch let problem as Problem {
            let fields = problem.headers.map { ($0.name.rawName, $0.value) }
            let body = problem.json(requestID: requestID)
            answer = Self.answer(problem.status, "application/problem+json", body, requestID, fields)
        } catch {
            log.failed(requestID, error)
            let body = Problem.internalError.json(requestID: requestID)
            answer = Self.answer(Problem.internalError.status, "application/problem+json", body, requestID)
        }
        entry.status = Int(answer.status.code)
        log.write(entry, ContinuousClock.now - start)
        return answer
    }

    private static func answer(
        _ status: HTTPResponse.Status,
        _ contentType: String,
        _ body: [UInt8],
        _ requestID: String,
        _ fields: [(String, String)] = []
    ) -> Answer {
        var headers = HTTPHeaders()
        headers.reserveCapacity(5 + fields.count)
        headers.add(name: "Content-Type", value: contentType)
        headers.add(name: "Content-Length", value: String(body.count))
        headers.add(name: "X-Request-Id", value: requestID)
        headers.add(name: "Date", value: HTTPDate.now)
        headers.add(name: "Server", value: "tollgate")
        for (name, value) in fields { headers.add(name: name, value: value) }
        return Answer(status: HTTPResponseStatus(statusCode: status.code), headers: headers, body: body)
    }
}
