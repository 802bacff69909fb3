import Events
import Facades
import JSON
import Testing

/// Paths, headers and refusals around Polar's calls.
@Suite struct PolarFacadeTests {
    @Test(
        arguments: [
            ("GET", "/events", [], 307, "events/"), ("POST", "/events", [], 307, "events/"),
            (
                "GET", "/events", [("name", "a b&c"), ("metadata[k]", "ä")], 307,
                "events/?name=a%20b%26c&metadata%5Bk%5D=%C3%A4"
            ),
            ("POST", "/events/ingest/", [], 307, "../ingest"),
            ("GET", "/events/names/", [("page", "2")], 307, "../names?page=2"),
        ] as [(String, String, [(String, String)], Int, String)]
    )
    func `sends a client to the address with the right slash`(
        method: String,
        path: String,
        query: [(String, String)],
        status: Int,
        location: String
    ) {
        var polar = DialectStage("polar")
        let reply = polar.send(method, path, query: query)
        #expect(reply.status == status)
        #expect(reply.headers["Location"] == location)
        #expect(reply.contentType == nil && reply.text.isEmpty)
    }

    @Test(
        arguments: [
            ("GET", "/nope", 501, #"{"error":"NotImplemented","detail":"elsewhere"}"#, nil),
            ("GET", "", 501, #"{"error":"NotImplemented","detail":"elsewhere"}"#, nil),
            ("GET", "/events/a/b", 501, #"{"error":"NotImplemented","detail":"elsewhere"}"#, nil),
            ("PUT", "/events/ingest", 405, #"{"detail":"Method Not Allowed"}"#, "POST"),
            ("POST", "/events/x", 405, #"{"detail":"Method Not Allowed"}"#, "GET"),
            ("POST", "/events/names", 405, #"{"detail":"Method Not Allowed"}"#, "GET"),
            ("DELETE", "/events/", 405, #"{"detail":"Method Not Allowed"}"#, "GET"),
        ] as [(String, String, Int, String, String?)]
    )
    func `knows its paths and methods`(method: String, path: String, status: Int, body: String, allow: String?) {
        var polar = DialectStage("polar")
        let reply = polar.send(method, path)
        #expect(reply.status == status && reply.text == body)
        #expect(reply.headers["Allow"] == allow)
    }

    @Test func `speaks the versions that it knows and no other`() {
        var polar = DialectStage("polar")
        for version in ["2026-04", "2026-10", "2027-01"] {
            let reply = polar.send("GET", "/events/", headers: [("polar-version", version)])
            #expect(reply.status == 200 && reply.headers["Polar-Version"] == version)
        }
        for version in ["2025-01", "", "latest", "2026-4"] {
            let reply = polar.send("GET", "/events/", headers: [("Polar-Version", version)])
            #expect(reply.status == 501 && reply.json?["error"]?.string == "NotImplemented")
            #expect(reply.json?["detail"]?.string?.contains("send one of 2026-04, 2026-10, 2027-01") == true)
        }
    }

    @Test(arguments: [
        ("/events/ingest", "authorization, content-type", 200, "OK"), ("/events/", "", 200, "OK"),
        ("/nope", "Authorization", 200, "OK"),
        ("/events/ingest", "authorization,x-own", 400, "Disallowed CORS headers"),
    ])
    func `answers what a browser asks before a request`(path: String, asked: String, status: Int, text: String) throws {
        let dialect = try #require(FacadeRegistry.all.first { $0.adapter == "polar" })
        let headers = [
            (name: "Origin", value: "https://shop.example"), (name: "Access-Control-Request-Method", value: "POST"),
            (name: "Access-Control-Request-Headers", value: asked),
        ]
        let request = DialectRequest(method: "OPTIONS", path: path, headers: headers)
        let answer = try #require(dialect.answer(toOptions: request))
        #expect(answer.status == status && String(decoding: answer.body, as: UTF8.self) == text)
        #expect(answer.headers["Access-Control-Allow-Methods"]?.contains("POST") == true)
        #expect(dialect.headers(for: request) == ["Access-Control-Allow-Origin": "*"])
        let plain = DialectRequest(method: "OPTIONS", path: path)
        #expect(dialect.answer(toOptions: plain)?.status == 405 && dialect.headers(for: plain).isEmpty)
    }

    @Test func `wants to know how long a body is`() {
        var polar = DialectStage("polar")
        let reply = polar.send("POST", "/events/ingest", "{}", headers: [("Content-Type", "application/json")])
        #expect(reply.status == 411)
        #expect(reply.text == #"{"error":"LengthRequired","detail":"A Content-Length header is required."}"#)
    }

    @Test(
        arguments: [
            (
                .unauthorized, 401,
                #"{"error":"invalid_token","error_description":"The access token provided is expired, revoked, malformed, or invalid for other reasons."}"#
            ),
            (
                .forbidden(scope: "events:write"), 403,
                #"{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token."}"#
            ),
            (
                .tooLarge(limitBytes: 10_485_760), 413,
                #"{"error":"RequestBodyTooLarge","detail":"Request body exceeded the maximum allowed size of 10485760 bytes."}"#
            ),
            (.undecodable, 400, #"{"detail":"There was an error parsing the body"}"#),
            (.rateLimited(limit: 50, retryAfterSeconds: 60), 429, ""),
            (
                .unavailable(retryAfterSeconds: 2), 503,
                #"{"error":"ServiceUnavailable","detail":"Nothing was stored. Try again later."}"#
            ),
            (.failed, 500, #"{"error":"InternalServerError","detail":"Nothing was acknowledged."}"#),
            (.readTooLarge(advice: "narrow it"), 400, #"{"error":"ReadTooLarge","detail":"narrow it"}"#),
            (.wrongMethod(allowed: "GET"), 405, #"{"detail":"Method Not Allowed"}"#),
            (.unserved(advice: "elsewhere"), 501, #"{"error":"NotImplemented","detail":"elsewhere"}"#),
            (
                .notPassed(PassRefusal(.unavailable(retryAfterSeconds: 7), "not now")), 503,
                #"{"error":"ServiceUnavailable","detail":"not now"}"#
            ),
        ] as [(DialectRefusal, Int, String)]
    )
    func `words the gateway's own refusals as Polar does`(refusal: DialectRefusal, status: Int, body: String) {
        let answer = DialectStage("polar").dialect.answer(to: refusal)
        #expect(answer.status == status)
        #expect(String(decoding: answer.body, as: UTF8.self) == body)
        #expect(answer.contentType == (body.isEmpty ? nil : "application/json"))
        switch refusal {
        case .unauthorized: #expect(answer.headers["WWW-Authenticate"]?.hasPrefix(#"Bearer realm="polar""#) ?? false)
        case .forbidden: #expect(answer.headers["WWW-Authenticate"]?.hasSuffix(#"scope="events:write""#) ?? false)
        case .rateLimited: #expect(answer.headers["Retry-After"] == "60")
        case .notPassed: #expect(answer.headers["Retry-After"] == "7")
        case .wrongMethod: #expect(answer.headers["Allow"] == "GET")
        case .tooLarge, .undecodable, .unavailable, .readTooLarge, .failed, .unserved: break
        }
    }

    @Test(
        arguments: [("Bearer t", "t"), ("bearer t", "t"), ("Basic t", nil), ("t", nil), (nil, nil)]
            as [(String?, String?)]
    )
    func `takes a bearer token as the key`(header: String?, key: String?) {
        let headers = header.map { [(name: "Authorization", value: $0)] } ?? []
        let request = DialectRequest(method: "GET", path: "/events/", headers: headers)
        #expect(DialectStage("polar").dialect.presentedKey(in: request) == key)
    }
}
