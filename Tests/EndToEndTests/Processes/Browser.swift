import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// What a browser does at the dashboard: it keeps the cookie, follows no redirect by itself, and says where forms come from.
actor Browser {
    /// The header fields of a form that one of the dashboard's own pages sends.
    static let ownPage = [("Sec-Fetch-Site", "same-origin")]

    nonisolated let base: String
    private(set) var cookie: String?

    private static let http: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }()

    init(base: String) {
        self.base = base
    }

    /// Signs in, and keeps the cookie.
    @discardableResult
    func signIn(_ key: String, to destination: String = "") async throws -> WebClient.Answer {
        try await post("/dashboard/sign-in", [("key", key), ("to", destination)])
    }

    func get(_ path: String, headers: [(String, String)] = []) async throws -> WebClient.Answer {
        try await send(.GET, path, nil, headers)
    }

    func post(_ path: String, _ fields: [(String, String)], headers: [(String, String)] = ownPage) async throws
        -> WebClient.Answer
    {
        let form = fields.map { "\($0)=\(Self.encoded($1))" }.joined(separator: "&")
        return try await send(.POST, path, form, headers + [("Content-Type", "application/x-www-form-urlencoded")])
    }

    /// Reads a stream of events until what came suffices, and leaves it.
    func stream(_ path: String, until suffices: @Sendable (String) -> Bool) async throws -> String {
        var request = HTTPClientRequest(url: base + path)
        if let cookie { request.headers.add(name: "Cookie", value: cookie) }
        let response = try await Self.http.execute(request, timeout: .seconds(120))
        var received = ""
        for try await part in response.body {
            received += String(buffer: part)
            if suffices(received) { break }
        }
        return received
    }

    func send(_ method: HTTPMethod, _ path: String, _ body: String?, _ headers: [(String, String)]) async throws
        -> WebClient.Answer
    {
        var request = HTTPClientRequest(url: base + path)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let cookie { request.headers.add(name: "Cookie", value: cookie) }
        if let body { request.body = .bytes(ByteBuffer(string: body)) }
        let response = try await Self.http.execute(request, timeout: .seconds(120))
        let received = try await response.body.collect(upTo: 64 << 20)
        for set in response.headers["Set-Cookie"] {
            let pair = String(set.prefix { $0 != ";" })
            cookie = set.contains("Max-Age=0") ? nil : pair
        }
        return WebClient.Answer(
            status: Int(response.status.code),
            headers: response.headers,
            body: Array(received.readableBytesView)
        )
    }

    func forget() { cookie = nil }

    func use(_ cookie: String) { self.cookie = cookie }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
