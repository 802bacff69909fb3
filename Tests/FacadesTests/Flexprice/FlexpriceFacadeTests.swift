import Events
import Facades
import Testing

/// Keys, paths and refusals of the facade of Flexprice.
@Suite struct FlexpriceFacadeTests {
    private func dialect() throws -> any Dialect {
        try #require(FacadeRegistry.all.first { $0.adapter == "flexprice" })
    }

    @Test(
        arguments: [
            ([("x-api-key", "k")], "k"), ([("X-API-Key", "k"), ("Authorization", "Bearer j")], "k"),
            ([("x-api-key", ""), ("authorization", "Bearer j")], "j"), ([("Authorization", "Bearer j")], "j"),
            ([("Authorization", "j")], nil), ([("Authorization", "Basic j")], nil), ([], nil),
        ] as [([(String, String)], String?)]
    )
    func `finds the key where the SDKs put it`(headers: [(String, String)], key: String?) throws {
        let request = DialectRequest(method: "GET", path: "/events", headers: headers.map { (name: $0, value: $1) })
        #expect(try dialect().presentedKey(in: request) == key)
    }

    @Test(
        arguments: [
            ("GET", "/"), ("GET", ""), ("PUT", "/events"), ("DELETE", "/events/e"), ("GET", "/customers"),
            ("POST", "/events/raw/bulk"), ("POST", "/events/usage"), ("POST", "/events/e"), ("GET", "/eventsx"),
            ("PUT", "/events/"), ("GET", "/events/monitoring"), ("GET", "/events/analytics"),
        ]
    )
    func `knows no other paths`(method: String, path: String) {
        var flexprice = DialectStage("flexprice")
        let reply = flexprice.send(method, path)
        #expect(reply.status == 501)
        #expect(
            reply.says(#"{"code":"not_implemented","message":"elsewhere","http_status_code":501}"#),
            "\(reply.text)"
        )
    }

    @Test(
        arguments: [
            ("POST", "/events/", 307, "../events?a=b%20c"), ("GET", "/events/", 301, "../events?a=b%20c"),
            ("POST", "/events/bulk/", 307, "../bulk?a=b%20c"), ("GET", "/events/lookup/", 301, "../lookup?a=b%20c"),
        ]
    )
    func `leads from a path with a slash at its end to the one without`(
        method: String,
        path: String,
        status: Int,
        location: String
    ) {
        var flexprice = DialectStage("flexprice")
        let reply = flexprice.send(method, path, query: [("a", "b c")])
        #expect(reply.status == status && reply.headers["Location"] == location && reply.text.isEmpty)
    }

    @Test(
        arguments: [
            (.unauthorized, 401, #"{"error":"Unauthorized"}"#),
            (.forbidden(scope: "events:write"), 403, #"{"message":"insufficient permissions"}"#),
            (
                .tooLarge(limitBytes: 9), 400,
                #"{"code":"validation_error","message":"Request body exceeds the maximum size; split the batch into smaller requests","http_status_code":400}"#
            ),
            (
                .undecodable, 400,
                #"{"code":"validation_error","message":"Invalid request payload","http_status_code":400}"#
            ),
            (.rateLimited(limit: 50, retryAfterSeconds: 7), 429, #"{"error":"Rate limit exceeded. Try again later."}"#),
            (
                .unavailable(retryAfterSeconds: 7), 503,
                #"{"code":"system_error","message":"Nothing was stored; try again later","http_status_code":503}"#
            ),
            (
                .readTooLarge(advice: "narrow it"), 400,
                #"{"code":"validation_error","message":"narrow it","http_status_code":400}"#
            ),
            (
                .failed, 500,
                #"{"code":"internal_error","message":"An unexpected error occurred","http_status_code":500}"#
            ),
            (
                .notPassed(PassRefusal(.unavailable(retryAfterSeconds: 7), "not now")), 503,
                #"{"code":"vendor_not_available","message":"not now","http_status_code":503}"#
            ),
        ] as [(DialectRefusal, Int, String)]
    )
    func `refuses in Flexprice's words`(refusal: DialectRefusal, status: Int, body: String) throws {
        let answer = try dialect().answer(to: refusal)
        #expect(answer.status == status && String(decoding: answer.body, as: UTF8.self) == body)
        #expect(answer.contentType == "application/json; charset=utf-8")
        #expect(answer.headers["Retry-After"] == (status == 429 || status == 503 ? "7" : nil))
    }
}
