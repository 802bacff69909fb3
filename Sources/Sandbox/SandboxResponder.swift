import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Hands requests to the simulator whose prefix they have, and lets the faults that are set happen to them.
struct SandboxResponder: HTTPResponder {
    typealias Context = SandboxContext

    private let vendors: [String: VendorBooth]
    private let control: SandboxControl

    var desk: SandboxDesk { SandboxDesk(vendors: vendors) }

    /// A simulator with its faults.
    struct VendorBooth: Sendable {
        let simulator: any Simulator
        let dice: FaultDice
        let limiter = RateLimiter()

        /// Answers a request, and applies it, unless it is beyond a limit.
        func answer(_ request: SimulatedRequest) -> SimulatedAnswer {
            let verdict = limiter.take(
                simulator.kind(of: request),
                simulator.limit(of: request),
                simulator.books.settings.limits,
                at: .now
            )
            guard let verdict else { return simulator.answer(request, at: Date()) }
            var answer = verdict.isRefused ? simulator.refused(verdict) : simulator.answer(request, at: Date())
            answer.headers += simulator.headers(verdict)
            return answer
        }

        /// What the vendor answers when it fails, with the wait that is set where the vendor itself names none.
        func failure(_ status: Int, _ faults: Faults) -> SimulatedAnswer {
            var answer = simulator.failure(status, retryAfter: faults.retryAfter)
            if status == 503, let wait = faults.retryAfter, !answer.hasHeader("retry-after") {
                answer.headers.append(("Retry-After", wait))
            }
            if (300..<400).contains(status) {
                answer.headers.append(("Location", "http://127.0.0.1:9/elsewhere?key=x"))
            }
            return answer
        }
    }

    private static let largestBody = 64 << 20

    init(seed: UInt64) {
        let simulators: [any Simulator] = [KnetikSimulator(), FlexpriceSimulator(), PolarSimulator(), LagoSimulator()]
        var vendors: [String: VendorBooth] = [:]
        for (index, simulator) in simulators.enumerated() {
            vendors[simulator.vendor] = VendorBooth(simulator: simulator, dice: FaultDice(seed: seed &+ UInt64(index)))
        }
        self.vendors = vendors
        control = SandboxControl(vendors: vendors)
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        let body = try await Self.collect(request)
        let path = request.uri.path
        let parts = path.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: true)
        let first = parts.first.map(String.init) ?? ""
        if first == "sandbox" { return Self.response(control.answer(request.method, path, Self.query(request), body)) }
        guard let booth = vendors[first] else {
            return Self.response(SimulatedAnswer(404, ["error": "no vendor at this path; see GET /sandbox"]))
        }
        let simulated = SimulatedRequest(
            method: request.method,
            path: String(path.dropFirst(first.count + 1)),
            query: Self.query(request),
            headers: request.headers,
            body: body
        )
        return try await answer(simulated, booth, context)
    }

    /// Rolls the dice for faults, then lets the simulator respond, or fails in its place.
    private func answer(_ request: SimulatedRequest, _ booth: VendorBooth, _ context: Context) async throws -> Response
    {
        let roll = booth.dice.roll()
        let faults = booth.dice.faults
        if roll.latencyMilliseconds > 0 { try await Task.sleep(for: .milliseconds(roll.latencyMilliseconds)) }
        var answer: SimulatedAnswer?
        if roll.mishap.isApplied {
            if !faults.poison.isEmpty, Self.isPoisoned(request.body, faults.poison) {
                return Self.response(booth.simulator.failure(faults.poisonStatus, retryAfter: nil))
            }
            answer = booth.answer(request)
        }
        let misbehaviour = Misbehaviour(channel: context.channel)
        switch roll.mishap {
        case .none: break
        case .hang: try await misbehaviour.hang()
        case .cut(_, let abruptly): try await misbehaviour.cut(abruptly: abruptly)
        case .status(let status, _): answer = booth.failure(status, faults)
        case .garbage: answer = answer.map(Self.garbage)
        case .wrongType: answer?.setType("text/html; charset=utf-8")
        case .noise:
            try await misbehaviour.babble()
            try await misbehaviour.cut(abruptly: false)
        case .truncate:
            if let answer { try await misbehaviour.begin(answer) }
            try await misbehaviour.cut(abruptly: false)
        case .stall:
            if let answer { try await misbehaviour.begin(answer) }
            try await misbehaviour.hang()
        }
        guard let answer else { preconditionFailure("a request that is not applied is answered by its mishap") }
        return Self.response(answer)
    }

    /// Whether the body has one of the events that make the simulator fail.
    private static func isPoisoned(_ body: [UInt8], _ ids: [String]) -> Bool {
        let text = String(decoding: body, as: UTF8.self)
        return ids.contains { text.contains("\"\($0)\"") }
    }

    /// A success with half a body, or a page of a proxy.
    private static func garbage(_ answer: SimulatedAnswer) -> SimulatedAnswer {
        if answer.body.count > 2, answer.body.count.isMultiple(of: 2) {
            var cut = answer
            cut.body = Array(answer.body.prefix(answer.body.count / 2))
            return cut
        }
        return SimulatedAnswer(page: "It works!", status: 200)
    }

    /// Reads the body within the limit.
    private static func collect(_ request: Request) async throws -> [UInt8] {
        var body: [UInt8] = []
        if let length = request.headers[.contentLength].flatMap({ Int($0) }) {
            body.reserveCapacity(min(length, largestBody))
        }
        for try await part in request.body {
            guard body.count + part.readableBytes <= largestBody else { throw HTTPError(.contentTooLarge) }
            body.append(contentsOf: part.readableBytesView)
        }
        return body
    }

    /// As all four vendors' frameworks read it: a plus sign is a space.
    private static func query(_ request: Request) -> [(name: String, value: String)] {
        (request.uri.query ?? "").split(separator: "&").map { pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { part in
                let text = String(part.replacing("+", with: " "))
                return text.removingPercentEncoding ?? text
            }
            return (name: parts[0], value: parts.count > 1 ? parts[1] : "")
        }
    }

    private static func response(_ answer: SimulatedAnswer) -> Response {
        var headers = HTTPFields()
        for (name, value) in answer.headers {
            if let name = HTTPField.Name(name) { headers.append(HTTPField(name: name, value: value)) }
        }
        headers[.contentLength] = "\(answer.body.count)"
        return Response(
            status: HTTPResponse.Status(code: answer.status),
            headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: answer.body))
        )
    }
}
