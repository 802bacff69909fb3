import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import Testing

/// Somebody who is signed in at the dashboard of a fixture, and follows no redirect.
struct DashboardVisitor {
    /// What came back.
    struct Answer {
        let status: Int
        let headers: HTTPHeaders
        let text: String
    }

    private let address: String
    private let cookie: String

    private static let browser: HTTPClient = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
    }()

    init(signedInWith key: String, at server: IngressFixture) async throws {
        address = server.address
        let answer = try await Self.send(.POST, address + "/dashboard/sign-in", fields: [("key", key)])
        cookie = String(try #require(answer.headers.first(name: "Set-Cookie")).prefix { $0 != ";" })
    }

    func get(_ path: String) async throws -> Answer {
        try await Self.send(.GET, address + path, [("Cookie", cookie)])
    }

    /// Asks for the content alone, as the script does for an open page.
    func refresh(_ path: String) async throws -> Answer {
        try await Self.send(.GET, address + path, [("Cookie", cookie), ("X-Dashboard-Refresh", "1")])
    }

    /// Sends a form of the dashboard.
    func post(_ path: String, _ fields: [(String, String)] = []) async throws -> Answer {
        try await Self.send(.POST, address + path, [("Cookie", cookie)], fields: fields)
    }

    private static func send(
        _ method: HTTPMethod,
        _ url: String,
        _ headers: [(String, String)] = [],
        fields: [(String, String)]? = nil
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url)
        request.method = method
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        if let fields {
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.headers.add(name: "Sec-Fetch-Site", value: "same-origin")
            let pairs = fields.map { name, value in
                "\(name)=\(value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")"
            }
            request.body = .bytes(ByteBuffer(string: pairs.joined(separator: "&")))
        }
        let answer = try await browser.execute(request, timeout: .seconds(300))
        let body = try await answer.body.collect(upTo: 8 << 20)
        return Answer(status: Int(answer.status.code), headers: answer.headers, text: String(buffer: body))
    }
}
