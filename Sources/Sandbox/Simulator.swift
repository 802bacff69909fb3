import Foundation
import HTTPTypes

/// A request as a simulator sees it.
struct SimulatedRequest: Sendable {
    let method: HTTPRequest.Method
    /// Below the vendor's prefix, still percent-encoded: `/v2/events`.
    let path: String
    let query: [(name: String, value: String)]
    let headers: HTTPFields
    let body: [UInt8]

    /// The first value of a query parameter.
    func parameter(_ name: String) -> String? {
        query.first { $0.name == name }?.value
    }
}

/// What a simulator answers.
struct SimulatedAnswer: Sendable {
    var status: Int
    var headers: [(String, String)] = []
    var body: [UInt8] = []

    init(_ status: Int, _ json: SandboxJSON, headers: [(String, String)] = []) {
        self.status = status
        self.headers = [("Content-Type", "application/json")] + headers
        body = json.bytes
    }

    init(empty status: Int, headers: [(String, String)] = []) {
        self.status = status
        self.headers = headers
    }

    init(text: String, status: Int) {
        self.status = status
        headers = [("Content-Type", "text/plain")]
        body = Array(text.utf8)
    }

    /// A page for people, as proxies in front of a vendor send it.
    init(page text: String, status: Int) {
        self.init(text: "<html><body>\(text)</body></html>", status: status)
        setType("text/html")
    }

    func hasHeader(_ name: String) -> Bool {
        headers.contains { $0.0.lowercased() == name }
    }

    /// Replaces the content type.
    mutating func setType(_ type: String) {
        headers.removeAll { $0.0.lowercased() == "content-type" }
        headers.append(("Content-Type", type))
    }
}

/// One vendor: answers as the vendor does, and keeps what it got.
protocol Simulator: Sendable {
    /// The vendor's prefix in the sandbox's address: `lago`.
    var vendor: String { get }
    var books: Books { get }
    /// Which settings it has.
    var traits: SettingsTraits { get }

    /// Answers a request, and applies it.
    func answer(_ request: SimulatedRequest, at now: Date) -> SimulatedAnswer

    /// What the vendor answers when it fails with this status, without looking at the request.
    func failure(_ status: Int, retryAfter: String?) -> SimulatedAnswer

    /// Whether a request reads or writes.
    func kind(of request: SimulatedRequest) -> CallKind

    /// Which of the documented limits counts a request; nil: none.
    func limit(of request: SimulatedRequest) -> String?

    /// The answer to a request beyond a limit.
    func refused(_ verdict: LimitVerdict) -> SimulatedAnswer

    /// What the vendor bills; nil if it bills nothing.
    func bill(_ question: BillQuestion, at now: Date) -> Bill?

    /// Whether the time of an event's arrival decides about its period, and not its timestamp.
    var billsByReceipt: Bool { get }

    /// What each answer tells of its limit.
    func headers(_ verdict: LimitVerdict) -> [(String, String)]
}

extension Simulator {
    func kind(of request: SimulatedRequest) -> CallKind { request.method == .get ? .read : .write }
    func headers(_ verdict: LimitVerdict) -> [(String, String)] { [] }
    func bill(_ question: BillQuestion, at now: Date) -> Bill? { nil }
    var billsByReceipt: Bool { false }
}
