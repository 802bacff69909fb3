import Testing

@testable import Sandbox

/// What each vendor answers when it fails without looking at the request, by the tables "Errors" of the fact sheets.
@Suite struct FailureAnswerTests {
    @Test(
        arguments: [
            ("lago", 401, #"{"status":401,"error":"Unauthorized"}"#),
            ("lago", 403, #"{"status":403,"error":"Forbidden","code":"write_action_not_allowed_for_event"}"#),
            ("lago", 404, #"{"status":404,"error":"Not Found","code":"resource_not_found"}"#),
            ("lago", 429, #"{"status":429,"error":"Too Many Requests"}"#),
            ("lago", 500, #"{"status":500,"error":"Internal Server Error"}"#),
            (
                "polar", 403,
                #"{"error":"insufficient_scope","error_description":"The request requires higher privileges than provided by the access token."}"#
            ),
            ("polar", 404, #"{"detail":"Not Found"}"#), ("polar", 429, ""), ("polar", 500, "Internal Server Error"),
            ("flexprice", 401, #"{"error":"Unauthorized"}"#),
            ("flexprice", 403, #"{"message":"tenant account is suspended"}"#),
            ("flexprice", 429, #"{"error":"Rate limit exceeded. Try again later."}"#),
            (
                "flexprice", 500,
                #"{"code":"internal_error","message":"An unexpected error occurred","http_status_code":500}"#
            ),
            ("knetik", 400, #"{"code":400,"errors":["failure 400"]}"#),
            ("knetik", 503, #"{"code":503,"errors":["failure 503"]}"#),
        ]
    )
    func `has the vendor's own words`(vendor: String, status: Int, text: String) throws {
        let answer = try simulator(vendor).failure(status, retryAfter: nil)
        #expect(answer.status == status && answer.text == text)
    }

    private func simulator(_ vendor: String) throws -> any Simulator {
        let all: [any Simulator] = [LagoSimulator(), PolarSimulator(), FlexpriceSimulator(), KnetikSimulator()]
        return try #require(all.first { $0.vendor == vendor })
    }

    /// The edge in front of a vendor answers with a page.
    @Test(arguments: ["lago", "polar", "flexprice"], [502, 503, 504, 418])
    func `is a page where the vendor itself says nothing`(vendor: String, status: Int) throws {
        let answer = try simulator(vendor).failure(status, retryAfter: "5")
        #expect(answer.status == status && answer.header("Content-Type") == "text/html")
        #expect(answer.text == "<html><body>\(status)</body></html>" && answer.header("Retry-After") == nil)
    }

    /// Polar's body is empty and has no type; its header names the whole window.
    @Test func `says how long to wait as the vendor does`() throws {
        let polar = try simulator("polar")
        let bare = polar.failure(429, retryAfter: nil)
        #expect(bare.header("retry-after") == "60" && bare.header("Content-Type") == nil)
        #expect(polar.failure(429, retryAfter: "soon").header("retry-after") == "soon")
        let lago = try simulator("lago").failure(429, retryAfter: "3")
        #expect(lago.header("X-RateLimit-Reset") == "3" && lago.header("X-RateLimit-Remaining") == "0")
        #expect(lago.header("Retry-After") == nil)
        let flexprice = try simulator("flexprice")
        #expect(flexprice.failure(429, retryAfter: nil).header("Retry-After") == nil)
        #expect(flexprice.failure(429, retryAfter: "9").header("Retry-After") == "9")
        #expect(try simulator("knetik").failure(429, retryAfter: "7").header("Retry-After") == "7")
    }

    /// The reset is a Unix time in whole seconds, whatever wait is set.
    @Test(arguments: [nil, "10", "1e300", "-1e300", "NaN", "inf", "soon"] as [String?])
    func `Flexprice names the time of its reset`(wait: String?) throws {
        let text = try simulator("flexprice").failure(429, retryAfter: wait).header("X-RateLimit-Reset")
        #expect(text.flatMap { Int($0) } != nil, "\(text ?? "none")")
    }
}
