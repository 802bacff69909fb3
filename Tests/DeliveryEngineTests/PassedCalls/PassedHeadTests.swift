import Events
import Testing

@testable import DeliveryEngine

@Suite struct PassedHeadTests {
    private static func head(
        _ method: String = "GET",
        _ path: String = "/v1/x",
        query: String? = nil,
        headers: [(name: String, value: String)] = [],
        body: PassedRequest.Body = .none,
        credential: CredentialPlacement = .header(name: "Authorization", prefix: "Bearer "),
        account: [(name: String, value: String)] = [],
        secret: String = "s3cret",
        base: String = "https://api.acme.example/base"
    ) throws -> [String] {
        let endpoint = VendorEndpoint(
            provider: "p",
            baseURL: base,
            credential: credential,
            headers: account,
            timeout: .seconds(1)
        )
        let request = PassedRequest(method: method, path: path, query: query, headers: headers, body: body)
        let head = try PassedHead(request, to: endpoint, with: Secret(secret), in: nil)
        return String(decoding: head.bytes, as: UTF8.self).split(separator: "\r\n").map(String.init)
    }

    @Test func `adds host, framing and, last, the credential`() throws {
        #expect(
            try Self.head("POST", "/v1/a%2fb", query: "x=[1]&y", headers: [("Accept", "*/*")], body: .length(5)) == [
                "POST /base/v1/a%2fb?x=[1]&y HTTP/1.1", "Host: api.acme.example", "Accept: */*", "Content-Length: 5",
                "Authorization: Bearer s3cret",
            ]
        )
        #expect(try Self.head("POST", body: .chunked).contains("Transfer-Encoding: chunked"))
        #expect(try Self.head("POST").contains("Content-Length: 0"))
        #expect(try Self.head("DELETE").contains { $0.hasPrefix("Content-Length") } == false)
        #expect(try Self.head(base: "http://127.0.0.1:8090").first == "GET /v1/x HTTP/1.1")
    }

    @Test func `puts the credential into the query where the vendor wants it there`() throws {
        let placement = CredentialPlacement.query(name: "customerId")
        #expect(
            try Self.head(query: "a=1", credential: placement, secret: "a b&c").first
                == "GET /base/v1/x?a=1&customerId=a%20b%26c HTTP/1.1"
        )
        #expect(try Self.head(credential: placement).first == "GET /base/v1/x?customerId=s3cret HTTP/1.1")
    }

    @Test func `lets no field of the client stand in for the account's or the credential`() throws {
        let head = try Self.head(
            headers: [("X-Api-Key", "client's"), ("x-environment-id", "other"), ("X-Kept", "1")],
            credential: .header(name: "x-api-key", prefix: ""),
            account: [("X-Environment-ID", "env_1")]
        )
        #expect(head.dropFirst(2) == ["X-Kept: 1", "X-Environment-ID: env_1", "x-api-key: s3cret"])
    }

    @Test(arguments: [
        ("X-A", "b\r\nX-B: c"), ("X-A", "b\u{0}"), ("X A", "b"), ("X-A:", "b"), ("", "b"), ("X-A\r\nX-B", "c"),
    ])
    func `builds nothing that would end a line early`(name: String, value: String) {
        #expect(throws: FaultyRequest.self) { try Self.head(headers: [(name, value)]) }
    }

    @Test func `builds nothing of a method, a path or a credential that would end a line early`() {
        #expect(throws: FaultyRequest.self) { try Self.head("GET /evil HTTP/1.1\r\nX:") }
        #expect(throws: FaultyRequest.self) { try Self.head("GET", "/x HTTP/1.1\r\nX: y") }
        #expect(throws: FaultyRequest.self) { try Self.head("GET", "/x", query: "a b") }
        #expect(throws: FaultyRequest.self) { try Self.head(secret: "a\r\nX: y") }
    }
}
