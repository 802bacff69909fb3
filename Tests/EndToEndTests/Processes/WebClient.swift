import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Talks to the programs under test as any HTTP client would.
struct WebClient: Sendable {
    /// What came back.
    struct Answer: Sendable {
        let status: Int
        let headers: HTTPHeaders
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }

        /// The body read as JSON by Foundation, which has none of our code in it.
        func json() throws -> Any {
            try JSONSerialization.jsonObject(with: Data(body), options: [.fragmentsAllowed])
        }

        /// The body as a JSON object.
        func object() throws -> [String: Any] {
            guard let object = try json() as? [String: Any] else { throw UnexpectedAnswer(answer: self) }
            return object
        }
    }

    let base: String
    var key: String?
    /// Whether all requests share one connection, so that it is known which one each takes. Otherwise the client opens others in advance.
    var usesOneConnection = false
    /// How long it waits for an answer.
    var patience = TimeAmount.seconds(120)

    private static let (http, httpOnOneConnection) = (makeClient(connections: 8), makeClient(connections: 1))

    /// A client that lives as long as the tests. A refused connection fails the request at once: the shared client would go on waiting
    /// longer and longer before it tries again, also after the program under test is back.
    private static func makeClient(connections: Int) -> HTTPClient {
        var configuration = HTTPClient.Configuration()
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connections
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }

    func get(_ path: String) async throws -> Answer {
        try await send("GET", path)
    }

    func post(_ path: String, _ body: String, headers: [String: String] = [:]) async throws -> Answer {
        try await send("POST", path, Array(body.utf8), headers: headers)
    }

    /// Posts again what a gateway answers with 503: a database on a busy machine may take longer than a gateway waits for it. What is posted
    /// must have IDs.
    func postPatiently(_ path: String, _ body: String, headers: [String: String] = [:]) async throws -> Answer {
        let end = ContinuousClock.now + .seconds(300)
        while true {
            let answer = try await post(path, body, headers: headers)
            guard answer.status == 503, .now < end else { return answer }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    func send(
        _ method: String,
        _ path: String,
        _ body: [UInt8]? = nil,
        headers: [String: String] = [:]
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: base + path)
        request.method = HTTPMethod(rawValue: method)
        if let key { request.headers.add(name: "Authorization", value: "Bearer \(key)") }
        if body != nil, headers["Content-Type"] == nil {
            request.headers.add(name: "Content-Type", value: "application/json")
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let body { request.body = .bytes(ByteBuffer(bytes: body)) }
        let http = usesOneConnection ? Self.httpOnOneConnection : Self.http
        let response = try await http.execute(request, timeout: patience)
        let received = try await response.body.collect(upTo: 256 << 20)
        return Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(received.readableBytesView)
        )
    }
}

/// An answer of another shape than was asked for.
struct UnexpectedAnswer: Error, CustomStringConvertible {
    let answer: WebClient.Answer

    var description: String { "unexpected answer \(answer.status): \(answer.text.prefix(2_000))" }
}
