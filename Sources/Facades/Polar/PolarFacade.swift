import Events
import JSON

/// Polar's events API, served by the gateway.
///
/// An event's id there is its number in the journal, so that every event can be read, whichever API accepted it. What Polar checks and
/// the gateway cannot is whether a customer exists.
struct PolarFacade: Dialect {
    static let name: AdapterName = "polar"

    let adapter = PolarFacade.name
    let prefixes = ["/polar/v1", "/polar/api/v1"]
    let basePath = "/polar"
    let bodyLimitBytes = 10_485_760

    /// The versions whose events API is this one: those of the server and of its newest SDK.
    private static let versions: Set<String> = ["2026-04", "2026-10", "2027-01"]
    private static let standardVersion = "2026-04"

    /// From `Authorization: Bearer`, in any letter case.
    func presentedKey(in request: DialectRequest) -> String? {
        let words = request.header("Authorization")?.split(separator: " ") ?? []
        return words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : nil
    }

    /// Requests for a version of the API that the facade does not know are refused.
    func call(for request: DialectRequest) -> DialectCall {
        let version = request.header("Polar-Version") ?? Self.standardVersion
        guard Self.versions.contains(version) else {
            let known = Self.versions.sorted().joined(separator: ", ")
            let advice = "this gateway has no Polar-Version \"\(version.prefix(40))\"; send one of \(known)"
            return .answer(PolarFacadeErrors.answer(to: .unserved(advice: advice)))
        }
        return call(at: request).answering(with: ["Polar-Version": version])
    }

    func answer(to refusal: DialectRefusal) -> DialectAnswer { PolarFacadeErrors.answer(to: refusal) }

    private func call(at request: DialectRequest) -> DialectCall {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard parts.first == "events" else { return .unserved }
        let rest = Array(parts.dropFirst())
        switch rest.count {
        case 0: return .answer(Self.redirect(to: "events/" + PercentEncoding.query(request.query)))
        case 1 where rest[0].isEmpty:
            guard request.method == "GET" else { return .answer(PolarFacadeErrors.wrongMethod(allowed: "GET")) }
            return .catching { () throws(EarlyAnswer) in try PolarFacadeReads.list(request) }
        case 1: return call(named: rest[0], request)
        // A slash at the end of a name does not belong there.
        case 2 where rest[1].isEmpty:
            return .answer(Self.redirect(to: "../\(rest[0])" + PercentEncoding.query(request.query)))
        default: return .unserved
        }
    }

    /// Polar's CORS middleware: what a browser asks before a request is answered for every origin, with or without a key.
    func answer(toOptions request: DialectRequest) -> DialectAnswer? {
        guard request.header("Origin") != nil, request.header("Access-Control-Request-Method") != nil else {
            return PolarFacadeErrors.wrongMethod(allowed: request.path == "/events/ingest" ? "POST" : "GET")
        }
        return Self.preflight(request.header("Access-Control-Request-Headers") ?? "")
    }

    /// Browsers may call Polar's API from any origin.
    func headers(for request: DialectRequest) -> [String: String] {
        request.header("Origin") == nil ? [:] : ["Access-Control-Allow-Origin": "*"]
    }

    private func call(named name: String, _ request: DialectRequest) -> DialectCall {
        .catching { () throws(EarlyAnswer) in
            switch (request.method, name) {
            case ("GET", "names"): try PolarFacadeReads.names(request)
            case ("POST", "ingest"): try PolarFacadeWrites.ingest(request)
            case ("GET", _): try PolarFacadeReads.get(PercentEncoding.decoded(name))
            case (_, "ingest"): .answer(PolarFacadeErrors.wrongMethod(allowed: "POST"))
            default: .answer(PolarFacadeErrors.wrongMethod(allowed: "GET"))
            }
        }
    }

    /// The answer to a browser that asks whether it may send a request with these header fields.
    private static func preflight(_ asked: String) -> DialectAnswer {
        let allowed = ["Accept", "Accept-Language", "Authorization", "Content-Language", "Content-Type"]
        let names = Set(allowed.map { $0.lowercased() })
        let isAllowed = asked.lowercased().split(separator: ",").allSatisfy { name in
            names.contains(name.filter { $0 != " " && $0 != "\t" })
        }
        let headers = [
            "Access-Control-Allow-Methods": "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT",
            "Access-Control-Allow-Headers": allowed.joined(separator: ", "), "Access-Control-Max-Age": "600",
        ]
        return DialectAnswer(
            status: isAllowed ? 200 : 400,
            contentType: "text/plain; charset=utf-8",
            headers: headers,
            body: Array((isAllowed ? "OK" : "Disallowed CORS headers").utf8)
        )
    }

    /// The same address with a slash at its end or without.
    /// - Parameter location: relative to the address that was asked for.
    private static func redirect(to location: String) -> DialectAnswer {
        DialectAnswer(status: 307, contentType: nil, headers: ["Location": location], body: [])
    }
}

extension DialectCall {
    /// The same call, whose answer has these header fields as well.
    fileprivate func answering(with headers: [String: String]) -> DialectCall {
        switch self {
        case .answer(let answer): .answer(answer.adding(headers))
        case .unserved: .unserved
        case .write(let events, let policy, let respond): .write(events, policy) { respond($0).adding(headers) }
        case .find(let id, let respond): .find(id) { respond($0).adding(headers) }
        case .findNumbered(let number, let respond): .findNumbered(number) { respond($0).adding(headers) }
        case .search(let search, let respond): .search(search) { respond($0).adding(headers) }
        case .names(let filter, let respond): .names(filter) { respond($0).adding(headers) }
        case .ask(let request, let adapter, let names, let respond):
            .ask(request, of: adapter, about: names) { respond($0).adding(headers) }
        case .follow(let number, let next): .follow(number) { next($0).answering(with: headers) }
        case .lookUp(let numbers, let next): .lookUp(numbers) { next($0).answering(with: headers) }
        }
    }
}

extension DialectAnswer {
    /// With further header fields; those of the response itself take precedence.
    fileprivate func adding(_ headers: [String: String]) -> DialectAnswer {
        DialectAnswer(
            status: status,
            contentType: contentType,
            headers: self.headers.merging(headers) { own, _ in own },
            body: body
        )
    }
}
