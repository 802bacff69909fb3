import Acceptance
import DeliveryEngine
import Foundation
import HTTPTypes
import NIOCore
import Routing

/// `POST /v1/events` in its plainest form, from head and body to the answer, without a server in between.
struct WriteEndpoint: Sendable {
    let bodyLimitBytes: Int
    let writing: WriteHandler
    let gatekeeper: Gatekeeper
    let log: AccessLog
    let bodies: BodyBudget

    /// Whether the body may be gathered before anything is answered: a stranger's is kept only if it is small, and the body of one who
    /// asked is told to come only if it would be read.
    func mayGather(_ write: PlainWrite) -> Bool {
        if write.length <= Self.strangersBodyBytes, !write.expectsContinue { return true }
        let key = PresentedKey.of(authorization: write.authorization, apiKey: write.apiKey)
        guard let client = key.flatMap(gatekeeper.client(holding:)) else { return false }
        guard write.expectsContinue else { return true }
        do {
            _ = try WriteHandler.layout(of: write.contentType)
            return client.may(.writeEvents)
        } catch {
            // The long way tells the client why.
            return false
        }
    }

    private static let strangersBodyBytes = 16 << 10

    /// The answer to a write whose body does not come.
    func answerStalled(_ write: PlainWrite) -> WriteAnswer {
        answerUnread(write, .stalled)
    }

    /// The answer to a write for whose body there is no memory now.
    func answerBusy(_ write: PlainWrite) -> WriteAnswer {
        answerUnread(write, .bodiesBusy)
    }

    private func answerUnread(_ write: PlainWrite, _ problem: Problem) -> WriteAnswer {
        var entry = Self.entry(write)
        entry.status = problem.status.code
        log.write(&entry, .zero)
        let body = problem.json(requestID: entry.requestID)
        return WriteAnswer(
            status: problem.status,
            contentType: "application/problem+json",
            requestID: entry.requestID,
            fields: problem.headers.map { ($0.name.rawName, $0.value) } + [("Connection", "close")],
            body: body
        )
    }

    /// The answer to a write, whatever becomes of it.
    /// - Parameter address: where the request comes from.
    func answer(_ write: PlainWrite, _ body: [UInt8], from address: SocketAddress?) async -> WriteAnswer {
        let start = ContinuousClock.now
        var entry = Self.entry(write)
        let requestID = entry.requestID
        let answer: WriteAnswer
        do {
            let caller = try gatekeeper.caller(
                authorization: write.authorization,
                apiKey: write.apiKey,
                from: address
            )
            let client = caller.client
            entry.caller = caller
            try gatekeeper.admitRequest(of: client)
            try gatekeeper.require(.writeEvents, of: client)
            let layout = try WriteHandler.layout(of: write.contentType)
            let options = WriteHandler.Options(layout: layout, trace: entry.trace)
            let written = try await writing.respond(to: body, options, from: client)
            entry.accepted = written.accepted
            entry.ids = written.ids
            answer = WriteAnswer(
                status: written.status,
                contentType: "application/json",
                requestID: requestID,
                body: written.body
            )
        } catch let problem as Problem {
            answer = Self.answer(problem, requestID)
        } catch {
            log.failed(requestID, error)
            answer = Self.answer(.internalError, requestID)
        }
        entry.status = answer.status.code
        log.write(&entry, ContinuousClock.now - start)
        return answer
    }

    private static func entry(_ write: PlainWrite) -> RequestLogEntry {
        var entry = RequestLogEntry(
            requestID: RequestID.of(write.requestID),
            method: "POST",
            path: "/v1/events",
            trace: TraceContext(write.traceParent)
        )
        entry.endpoint = .write
        return entry
    }

    private static func answer(_ problem: Problem, _ requestID: String) -> WriteAnswer {
        WriteAnswer(
            status: problem.status,
            contentType: "application/problem+json",
            requestID: requestID,
            fields: problem.headers.map { ($0.name.rawName, $0.value) },
            body: problem.json(requestID: requestID)
        )
    }
}
