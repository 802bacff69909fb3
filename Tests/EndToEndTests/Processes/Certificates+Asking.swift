import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import TestSupport

extension Certificates {
    /// With which a gateway shows them.
    var arguments: [String] { ["--tls-cert", certificate.path, "--tls-key", key.path] }

    /// What came back, and by which version of HTTP.
    struct Answer {
        let status: Int
        let version: HTTPVersion
        let text: String
    }

    /// Asks with a client of its own that trusts this authority alone.
    func ask(
        _ address: String,
        trusting name: String,
        method: HTTPMethod = .GET,
        body: String? = nil,
        http1Only: Bool = false,
        latest: TLSVersion? = nil,
        suites: [NIOTLSCipher] = []
    ) async throws -> Answer {
        var trust = TLSConfiguration.makeClientConfiguration()
        trust.trustRoots = .file(authority(name).path)
        trust.maximumTLSVersion = latest
        if !suites.isEmpty { trust.cipherSuiteValues = suites }
        var configuration = HTTPClient.Configuration(tlsConfiguration: trust)
        configuration.httpVersion = http1Only ? .http1Only : .automatic
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroup: .singletonMultiThreadedEventLoopGroup, configuration: configuration)
        let result: Result<Answer, any Error>
        do {
            var request = HTTPClientRequest(url: address)
            request.method = method
            request.headers.add(name: "Authorization", value: "Bearer \(Stage.key)")
            request.headers.add(name: "Content-Type", value: "application/json")
            if let body { request.body = .bytes(ByteBuffer(string: body)) }
            let response = try await client.execute(request, timeout: .seconds(120))
            let received = try await response.body.collect(upTo: 1 << 20)
            let text = String(decoding: received.readableBytesView, as: UTF8.self)
            result = .success(Answer(status: Int(response.status.code), version: response.version, text: text))
        } catch {
            result = .failure(error)
        }
        try await client.shutdown()
        return try result.get()
    }
}
