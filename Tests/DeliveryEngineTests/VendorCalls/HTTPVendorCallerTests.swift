import Events
import NIOPosix
import Telemetry
import Testing

@testable import DeliveryEngine

/// What a call's end says about the event: certainly not applied, or perhaps. To take one for the other is a lost event or a double
/// bill.
@Suite struct HTTPVendorCallerTests {
    struct Credentials: CredentialResolving {
        var secret: Secret? = Secret("sec ret/1")

        func credential(of provider: ProviderName) throws(CredentialUnavailable) -> Secret {
            guard let secret else { throw CredentialUnavailable(message: "the variable KEY is not set") }
            return secret
        }
    }

    private func call(
        _ address: String,
        credential: CredentialPlacement = .header(name: "Authorization", prefix: "Bearer "),
        credentials: Credentials = Credentials(secret: Secret("secret")),
        timeout: Duration = .seconds(120),
        trace: TraceContext? = nil
    ) async throws -> CallResult {
        let client = VendorClient(on: MultiThreadedEventLoopGroup.singleton.next())
        let endpoint = VendorEndpoint(provider: "acme", baseURL: address, credential: credential, timeout: timeout)
        let caller = HTTPVendorCaller(client: client, endpoint: endpoint, credentials: credentials)
        let result = await caller.call(VendorRequest(path: "/events", body: Array(#"{"a":1}"#.utf8)), in: trace)
        try await client.shutdown()
        return result
    }

    private func call(
        _ act: RawVendor.Act,
        credential: CredentialPlacement = .header(name: "Authorization", prefix: "Bearer "),
        timeout: Duration = .seconds(120)
    ) async throws -> (result: CallResult, requests: [String]) {
        let vendor = try RawVendor { _ in act }
        defer { vendor.stop() }
        let result = try await call("http://127.0.0.1:\(vendor.port)", credential: credential, timeout: timeout)
        return (result, vendor.requests)
    }

    @Test func `sends the account's own header fields with every call`() async throws {
        let vendor = try RawVendor { _ in .answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") }
        defer { vendor.stop() }
        let client = VendorClient(on: MultiThreadedEventLoopGroup.singleton.next())
        let endpoint = VendorEndpoint(
            provider: "acme",
            baseURL: "http://127.0.0.1:\(vendor.port)",
            credential: .header(name: "x-api-key", prefix: ""),
            headers: [(name: "X-Environment-ID", value: "env_1")],
            timeout: .seconds(120)
        )
        let caller = HTTPVendorCaller(client: client, endpoint: endpoint, credentials: Credentials(secret: Secret("s")))
        for path in ["/events", "/other"] { _ = await caller.call(VendorRequest(path: path, body: [])) }
        try await client.shutdown()
        #expect(vendor.requests.count == 2)
        #expect(vendor.requests.allSatisfy { $0.contains("\r\nX-Environment-ID: env_1\r\n") })
    }

    @Test func `sends head and body as given, with the length and the credential in its header`() async throws {
        let (result, requests) = try await call(.answer("HTTP/1.1 200 OK\r\nX-A: b\r\nContent-Length: 2\r\n\r\n{}"))
        guard case .answer(let answer) = result else { throw Unexpected.step }
        #expect(answer.status == 200)
        #expect(answer.header("x-a") == "b")
        #expect(answer.body == Array("{}".utf8))
        let request = try #require(requests.first).lowercased()
        #expect(request.hasPrefix("post /events http/1.1\r\n"))
        #expect(request.contains("\r\nauthorization: bearer secret\r\n"))
        #expect(request.contains("\r\ncontent-length: 7\r\n"))
        #expect(!request.contains("transfer-encoding"))
        #expect(request.hasSuffix("\r\n\r\n{\"a\":1}"))
    }

    @Test func `goes on with a trace under a span of its own`() async throws {
        let vendor = try RawVendor { _ in .answer("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n") }
        defer { vendor.stop() }
        let trace = try #require(TraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"))
        _ = try await call("http://127.0.0.1:\(vendor.port)", trace: trace)
        _ = try await call("http://127.0.0.1:\(vendor.port)")
        let sent = vendor.requests.map { $0.firstMatch(of: /traceparent: (\S+)/).map { String($0.1) } }
        let field = try #require(sent.first ?? nil)
        #expect(field.wholeMatch(of: /00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00/) != nil)
        #expect(!field.contains("00f067aa0ba902b7") && sent.last == .some(nil))
    }

    @Test func `puts a credential into the query percent-encoded`() async throws {
        let vendor = try RawVendor { _ in .answer("HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n") }
        defer { vendor.stop() }
        _ = try await call(
            "http://127.0.0.1:\(vendor.port)/",
            credential: .query(name: "customerId"),
            credentials: Credentials()
        )
        #expect(vendor.requests.first?.hasPrefix("POST /events?customerId=sec%20ret%2F1 HTTP/1.1\r\n") == true)
    }

    @Test func `a refused connection means that nothing left`() async throws {
        let vendor = try RawVendor { _ in .hangUp }
        vendor.stop()
        guard case .notSent(let fault) = try await call("http://127.0.0.1:\(vendor.port)") else {
            throw Unexpected.step
        }
        #expect(fault.code == .connectionFailed)
    }

    @Test func `a name that cannot be resolved means that nothing left`() async throws {
        guard case .notSent = try await call("http://nobody.invalid") else { throw Unexpected.step }
    }

    @Test func `a peer that does not speak TLS means that nothing left`() async throws {
        let vendor = try RawVendor { _ in .greet("220 hello\r\n") }
        defer { vendor.stop() }
        guard case .notSent = try await call("https://127.0.0.1:\(vendor.port)", timeout: .seconds(120)) else {
            throw Unexpected.step
        }
    }

    @Test(arguments: [
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"cut\":",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\"a\"",
        "HTTP/1.1 200 O",
        "SMTP ready\r\n\r\n",
        "\u{0}\u{1}\u{2}\r\n\r\n",
    ])
    func `an answer that is cut or garbage leaves it unknown whether the vendor has the event`(answer: String)
        async throws
    {
        let (result, requests) = try await call(.answer(answer))
        guard case .unknown(let fault) = result else { throw Unexpected.step }
        #expect(fault.code == .connectionFailed)
        #expect(requests.count == 1)
    }

    @Test func `a connection that ends after the request leaves it unknown`() async throws {
        guard case .unknown = try await call(.readAndHangUp).result else { throw Unexpected.step }
    }

    @Test func `no answer in time leaves it unknown, and says so`() async throws {
        var milliseconds = 300
        var result = try await call(.stayMute, timeout: .milliseconds(milliseconds)).result
        // A machine that is busy with other things may not even connect in this time.
        while case .notSent = result, milliseconds < 120_000 {
            milliseconds *= 4
            result = try await call(.stayMute, timeout: .milliseconds(milliseconds)).result
        }
        guard case .unknown(let fault) = result else { throw Unexpected.step }
        #expect(fault.code == .timeout)
        #expect(fault.message.contains("\(milliseconds) ms"))
    }

    @Test func `a request is sent once, whatever becomes of it`() async throws {
        let vendor = try RawVendor { _ in .readAndHangUp }
        defer { vendor.stop() }
        _ = try await call("http://127.0.0.1:\(vendor.port)")
        #expect(vendor.requests.count == 1)
    }

    @Test func `a redirect is an answer, and is not followed`() async throws {
        let (result, requests) = try await call(
            .answer("HTTP/1.1 307 Temporary Redirect\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n")
        )
        guard case .answer(let answer) = result else { throw Unexpected.step }
        #expect(answer.status == 307)
        #expect(requests.count == 1)
    }

    @Test func `without a credential nothing is sent`() async throws {
        let vendor = try RawVendor { _ in .readAndHangUp }
        defer { vendor.stop() }
        let result = try await call("http://127.0.0.1:\(vendor.port)", credentials: Credentials(secret: nil))
        guard case .noCredential = result else { throw Unexpected.step }
        #expect(vendor.requests.isEmpty)
    }

    @Test func `no fault quotes a credential that stands in the address`() async throws {
        for act in [RawVendor.Act.hangUp, .readAndHangUp, .answer("garbage\r\n\r\n")] {
            let vendor = try RawVendor { _ in act }
            defer { vendor.stop() }
            let result = try await call(
                "http://127.0.0.1:\(vendor.port)",
                credential: .query(name: "customerId"),
                credentials: Credentials(secret: Secret("planted-secret"))
            )
            #expect(!"\(result)".contains("planted-secret"))
        }
    }
}
