import Events
import JSON

/// Flexprice's events API, served by the gateway.
///
/// Events are distinguished as there: by id, customer and timestamp. Of two that share all three Flexprice keeps the last; here the first
/// one has gone to other vendors already, so it stays, and the answer is the same 202.
struct FlexpriceFacade: Dialect {
    static let name: AdapterName = "flexprice"
    static let contentType = "application/json; charset=utf-8"

    let adapter = FlexpriceFacade.name
    let prefixes = ["/flexprice/v1"]
    let basePath = "/flexprice/v1"
    let bodyLimitBytes = 33_554_432

    /// Paths of the vendor beside an event's own that are not served: an id of such a name would be taken for them.
    private static let others: Set<String> = [
        "/events/usage", "/events/usage/meter", "/events/analytics", "/events/monitoring",
        "/events/huggingface-billing",
        "/events/huggingface-inference",
    ]

    /// From `x-api-key`, otherwise from `Authorization`.
    func presentedKey(in request: DialectRequest) -> String? {
        if let key = request.header("x-api-key"), !key.isEmpty { return key }
        let words = request.header("Authorization")?.split(separator: " ") ?? []
        return words.count == 2 && words[0] == "Bearer" ? String(words[1]) : nil
    }

    /// The router of Flexprice redirects a path with a trailing slash to the one without it.
    func call(for request: DialectRequest) -> DialectCall {
        if let call = call(at: request.path, request) { return call }
        // As its router does, where the path without the slash would be one.
        if request.path.hasSuffix("/"), call(at: String(request.path.dropLast()), request) != nil {
            return .answer(Self.redirect(request))
        }
        return .unserved
    }

    /// Nil for a path or method that Flexprice does not have.
    private func call(at path: String, _ request: DialectRequest) -> DialectCall? {
        switch (request.method, path) {
        case ("POST", "/events"):
            .catching { () throws(EarlyAnswer) in try FlexpriceFacadeWrites.ingest(request) }
        case ("POST", "/events/bulk"):
            .catching { () throws(EarlyAnswer) in try FlexpriceFacadeWrites.ingestBulk(request) }
        case ("POST", "/events/query"):
            .catching { () throws(EarlyAnswer) in try FlexpriceFacadeReads.query(request) }
        case ("GET", "/events"):
            .catching { () throws(EarlyAnswer) in try FlexpriceFacadeReads.list(request) }
        case ("GET", "/events/lookup"):
            Self.lookup(request.parameter("id") ?? "", request)
        case ("GET", _) where Self.others.contains(path): nil
        case ("GET", _) where path.hasPrefix("/events/") && !path.hasSuffix("/"):
            Self.lookup(PercentEncoding.decoded(path.dropFirst("/events/".count)), request)
        default: nil
        }
    }

    private static func lookup(_ id: String, _ request: DialectRequest) -> DialectCall {
        .catching { () throws(EarlyAnswer) in try FlexpriceFacadeReads.lookup(id, request) }
    }

    func answer(to refusal: DialectRefusal) -> DialectAnswer { FlexpriceFacadeErrors.answer(to: refusal) }

    /// Its router answers every `OPTIONS` with 200, before it looks for a key.
    func answer(toOptions request: DialectRequest) -> DialectAnswer? {
        DialectAnswer(status: 200, contentType: nil, body: [])
    }

    func headers(for request: DialectRequest) -> [String: String] {
        [
            "Access-Control-Allow-Origin": "*", "Access-Control-Allow-Methods": "POST, OPTIONS, GET, PUT, DELETE",
            "Access-Control-Allow-Headers": "Content-Type, Authorization, x-api-key, X-Environment-ID",
        ]
    }

    /// To the same path without the slash, so that it holds below any prefix.
    private static func redirect(_ request: DialectRequest) -> DialectAnswer {
        let name = request.path.split(separator: "/").last.map(String.init) ?? ""
        return DialectAnswer(
            status: request.method == "GET" ? 301 : 307,
            contentType: nil,
            headers: ["Location": "../\(name)" + PercentEncoding.query(request.query)],
            body: []
        )
    }
}
