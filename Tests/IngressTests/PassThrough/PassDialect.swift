import Events

/// A vendor's API of which the gateway serves the events alone; the rest is the vendor's own.
struct PassDialect: Dialect {
    let adapter: AdapterName = "acme"
    let prefixes = ["/acme/v1"]
    let basePath = "/acme"
    let bodyLimitBytes = 100

    func presentedKey(in request: DialectRequest) -> String? {
        request.header("Authorization").map { String($0.dropFirst("Bearer ".count)) } ?? request.parameter("account")
    }

    func call(for request: DialectRequest) -> DialectCall {
        switch (request.method, request.path) {
        case ("POST", "/events"), ("POST", "/events/batch"): .answer(Self.say("served"))
        case ("GET", let path) where path.hasPrefix("/events/"): .answer(Self.say("served"))
        default: .unserved
        }
    }

    func answer(to refusal: DialectRefusal) -> DialectAnswer {
        switch refusal {
        case .notPassed(let refusal):
            DialectAnswer(
                status: refusal.status,
                contentType: "text/acme",
                headers: refusal.headers,
                body: Array(refusal.reason.utf8)
            )
        case .unserved(let advice): Self.say(advice, status: 501)
        case .wrongMethod: Self.say("\(refusal)", status: 405)
        case .unauthorized: Self.say("unauthorized", status: 401)
        case .forbidden, .tooLarge, .undecodable, .rateLimited, .unavailable, .readTooLarge, .failed:
            Self.say("\(refusal)", status: 400)
        }
    }

    func headers(for request: DialectRequest) -> [String: String] { ["X-Acme-Common": "ours"] }

    private static func say(_ text: String, status: Int = 200) -> DialectAnswer {
        DialectAnswer(status: status, contentType: "text/acme", body: Array(text.utf8))
    }
}
