import Events
import Testing

@testable import Ingress

@Suite struct PassFieldsTests {
    private static let key = "tg_client_key"

    private static func outgoing(_ fields: (String, String)...) -> [String] {
        PassFields.outgoing(fields.map { (name: $0.0, value: $0.1) }, without: key).map { "\($0.name): \($0.value)" }
    }

    @Test(arguments: [
        ("Polar-Version", "2026-10"), ("X-Environment-ID", "env_1"), ("Idempotency-Key", "k1"),
        ("Accept-Language", "de"),
        ("Accept", "application/json"), ("Accept-Encoding", "gzip, br"), ("Content-Type", "application/json"),
        ("Content-Encoding", "gzip"), ("User-Agent", "lago-python/1.55"), ("If-None-Match", "\"x\""),
        ("Range", "bytes=0-9"),
        ("X-Custom", "a, b"), ("tracestate", "a=b"), ("Prefer", "return=minimal"),
    ])
    func `passes what says something about the call`(name: String, value: String) {
        #expect(Self.outgoing((name, value)) == ["\(name): \(value)"])
    }

    @Test(arguments: [
        // Of the connection alone.
        ("Connection", "keep-alive"), ("Keep-Alive", "timeout=5"), ("Proxy-Connection", "close"), ("TE", "trailers"),
        ("Trailer", "X-Sum"), ("Transfer-Encoding", "chunked"), ("transfer-encoding", "gzip, chunked"),
        ("Upgrade", "h2c"),
        ("HTTP2-Settings", "AAMAAABkAAQAAP__"), ("Proxy-Authenticate", "Basic"), ("Proxy-Authorization", "Basic eA=="),
        ("Proxy-Authentication-Info", "x"),
        // Framing and host, which the gateway writes itself.
        ("Content-Length", "5"), ("Content_Length", "5"), ("Transfer_Encoding", "chunked"), ("Expect", "100-continue"),
        ("Host", "evil.example"),
        // Credentials.
        ("Authorization", "Bearer tg_client_key"), ("AUTHORIZATION", "Basic eA=="), ("X-API-Key", "other"),
        ("x_api_key", "other"), ("Cookie", "session=1"), ("Cookie2", "$Version=1"),
        ("X-Custom", "key is tg_client_key"),
        // What would show the vendor another host, path, method or address.
        ("Forwarded", "host=evil"), ("X-Forwarded-Host", "evil"), ("X-Forwarded-For", "10.0.0.1"),
        ("X_Forwarded_Host", "evil"),
        ("X-Forwarded-Proto", "http"), ("X-Forwarded-Prefix", "/v2"), ("X-Host", "evil"), ("X-Original-Host", "evil"),
        ("X-Original-URL", "/v1/events/ingest"), ("X-Rewrite-URL", "/v1/events/ingest"), ("X-Real-IP", "127.0.0.1"),
        ("True-Client-IP", "127.0.0.1"), ("CF-Connecting-IP", "127.0.0.1"), ("X-HTTP-Method-Override", "DELETE"),
        ("X-HTTP-Method", "DELETE"), ("X-Method-Override", "DELETE"), ("Via", "1.1 x"),
        ("X-HTTP-Host-Override", "evil"), ("X-Client-IP", "127.0.0.1"), ("X-Cluster-Client-IP", "127.0.0.1"),
        ("Fastly-Client-IP", "127.0.0.1"), ("X-Forwarded", "for=10.0.0.1"),
        // The gateway's own.
        ("X-Request-Id", "r1"), ("traceparent", "00-1-2-01"),
    ])
    func `keeps back what is of the connection, secret, steering or the gateway's own`(name: String, value: String) {
        #expect(Self.outgoing((name, value)) == [])
        #expect(Self.outgoing((name.lowercased(), value)) == [])
    }

    @Test func `keeps back what Connection names`() {
        #expect(
            Self.outgoing(("Connection", "close, X-Hop , x_other"), ("X-Hop", "1"), ("X-Other", "2"), ("X-Kept", "3"))
                == ["X-Kept: 3"]
        )
    }

    private static func incoming(_ fields: (String, String)...) -> [String] {
        let address = PassAddressTests.address("https://api.acme.example", prefix: "/acme/v1", at: "https://gw.example")
        return PassFields.incoming(fields.map { (name: $0.0, value: $0.1) }, at: address).map {
            "\($0.name): \($0.value)"
        }
    }

    @Test(arguments: [
        ("Content-Type", "application/json"), ("Content-Length", "12"), ("Content-Encoding", "gzip"), ("ETag", "\"x\""),
        ("X-RateLimit-Remaining", "5"), ("X-RateLimit-Reset", "1"), ("Retry-After", "60"), ("Polar-Version", "2026-10"),
        ("X-Total-Count", "3"), ("Cache-Control", "no-store"), ("Vary", "Accept"), ("Access-Control-Allow-Origin", "*"),
        ("Content-Disposition", "attachment"), ("Last-Modified", "x"),
    ])
    func `passes back what says something about the answer`(name: String, value: String) {
        #expect(Self.incoming((name, value)) == ["\(name): \(value)"])
    }

    @Test(arguments: [
        ("Connection", "close"), ("Keep-Alive", "timeout=5"), ("Transfer-Encoding", "chunked"), ("Trailer", "X"),
        ("Upgrade", "h2"), ("Proxy-Authenticate", "Basic"), ("Set-Cookie", "session=1"), ("WWW-Authenticate", "Bearer"),
        ("Alt-Svc", "h3=\":443\""), ("Strict-Transport-Security", "max-age=1"), ("Clear-Site-Data", "*"), ("NEL", "{}"),
        ("Server", "nginx"), ("Date", "x"), ("Via", "1.1 x"), ("X-Request-Id", "vendor's"), ("Content-Length", "-1"),
        ("Content-Length", "5, 5"), ("Proxy-Connection", "close"), ("TE", "trailers"), ("HTTP2-Settings", "x"),
        ("Proxy-Authorization", "x"), ("Proxy-Authentication-Info", "x"), ("Set-Cookie2", "x"),
        ("Authentication-Info", "x"), ("Public-Key-Pins", "x"), ("Expect-CT", "x"), ("Report-To", "{}"),
        ("Reporting-Endpoints", "x"), ("traceparent", "00-1-2-01"),
    ])
    func `keeps back what is of the vendor's connection, session or host`(name: String, value: String) {
        #expect(Self.incoming((name, value)) == [])
        #expect(Self.incoming((name.lowercased(), value)) == [])
    }

    @Test func `keeps back what the vendor's Connection names`() {
        #expect(Self.incoming(("Connection", "x-hop"), ("X-Hop", "1"), ("X-Kept", "2")) == ["X-Kept: 2"])
    }

    /// A key of a few letters would be found in many values.
    @Test func `compares a short key with whole values alone`() {
        #expect(PassFields.holds("abc", "abc") && !PassFields.holds("xabcx", "abc"))
        #expect(PassFields.holds("x12345678x", "12345678") && !PassFields.holds("x1234567x", "1234567"))
    }

    @Test func `puts the host of links right`() {
        #expect(
            Self.incoming(
                ("Location", "https://api.acme.example/v1/customers/1"),
                ("Content-Location", "/v1/customers/1"),
                ("link", "</v1/a?page=2>; rel=\"next\"")
            )
                == [
                    "Location: https://gw.example/acme/v1/customers/1", "Content-Location: /acme/v1/customers/1",
                    "link: </acme/v1/a?page=2>; rel=\"next\"",
                ]
        )
    }
}
