import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import TestSupport

/// Certificates for one test, made by `openssl`.
struct Certificates {
    let folder: URL

    var certificate: URL { folder.appending(path: "cert.pem") }
    var key: URL { folder.appending(path: "key.pem") }

    /// The file of an authority.
    func authority(_ name: String) -> URL { folder.appending(path: "\(name).pem") }

    var arguments: [String] { ["--tls-cert", certificate.path, "--tls-key", key.path] }

    /// Makes an authority.
    func makeAuthority(_ name: String) async throws {
        try await run(
            ["-x509", "-subj", "/CN=\(name)", "-keyout", "\(name).key", "-out", "\(name).pem"]
                + ["-addext", "keyUsage=critical,keyCertSign"]
        )
    }

    /// Makes the server's certificate anew; the key and the certificate come at different moments.
    func makeServer(signedBy name: String) async throws {
        try await run(
            ["-x509", "-subj", "/CN=localhost", "-CA", path("\(name).pem"), "-CAkey", path("\(name).key")]
                + ["-keyout", "new.key", "-out", "new.pem", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"]
                + ["-addext", "basicConstraints=critical,CA:FALSE"]
        )
        for (new, place) in [("new.key", key), ("new.pem", certificate)] {
            guard rename(path(new), place.path) == 0 else { throw POSIXError(.EIO) }
        }
    }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    private func run(_ arguments: [String]) async throws {
        var arguments = arguments
        for place in arguments.indices where place > 0 && ["-keyout", "-out"].contains(arguments[place - 1]) {
            arguments[place] = path(arguments[place])
        }
        let common = ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc", "-days", "30"]
        let process = try ChildProcess(path: "openssl", common + arguments)
        guard try await process.waitForExit() == 0 else {
            throw ProcessFailure(what: "openssl failed", lines: process.lines)
        }
    }

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
