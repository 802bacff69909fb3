import Events
import JSON

/// Polar's events API, served by the gateway.
///
/// An event's id there is its number in the journal, so that every event can be read, whichever way it came in. What Polar checks and
/// the gateway cannot is whether a customer exists.
struct PolarFacade: Dialect {
    let adapter = PolarAdapter.name
    let prefixes = ["/polar/v1", "/polar/api/v1"]
    let basePath = "/polar"
    let bodyLimitBytes = 10_485_760

    /// The versions whose events API is this one: those of the server and of its newest SDK.
    private static let versions: Set<String> = ["2026-04", "2026-10", "2027-01"]
    private static let standardVersion = "2026-04"

    func presentedKey(in request: DialectRequest) -> String? {
        let words = request.header("Authorization")?.split(separator: " ") ?? []
        return words.count == 2 && words[0].lowercased() == "bearer" ? String(words[1]) : nil
    }

    func call(for request: DialectRequest) -> DialectCall {
        let version = request.header("Polar-Version") ?? Self.standardVersion
        guard Self.versions.contains(version) else {
            let known = Self.versions.sorted().joined(separator: ", ")
            let advice = "this gateway has no Polar-Version \"\(version.prefix(40))\"; send one of \(known)"
            return .answer(PolarWords.answer(to: .unserved(advice: advice)))
        }
        return call(at: request).answering(with: ["Polar-Version": version])
    }

    func answer(to refusal: DialectRefusal) -> DialectAnswer { PolarWords.answer(to: refusal) }

    private func call(at request: DialectRequest) -> DialectCall {
        let parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(String.init)
        guard parts.first == "events" else { return .unserved }
        let rest = Array(parts.dropFirst())
        switch rest.count {
        case 0: return .answer(PolarWords.redirect(to: "events/" + Self.query(of: request)))
        case 1 where rest[0].isEmpty:
            return request.method == "GET"
                ? PolarFacadeReads.list(request) : .answer(PolarWords.wrongMethod(allowed: "GET"))
        case 1: return call(named: rest[0], request)
        // A slash at the end of a name does not belong there.
        case 2 where rest[1].isEmpty: return .answer(PolarWords.redirect(to: "../\(rest[0])" + Self.query(of: request)))
        default: return .unserved
        }
    }

    /// Polar's CORS middleware: what a browser asks before a request is answered for every origin, with or without a key.
    func answer(toOptions request: DialectRequest) -> DialectAnswer? {
        guard request.header("Origin") != nil, request.header("Access-Control-Request-Method") != nil else {
            return PolarWords.wrongMethod(allowed: request.path == "/events/ingest" ? "POST" : "GET")
        }
        return PolarWords.preflight(request.header("Access-Control-Request-Headers") ?? "")
    }

    func headers(for request: DialectRequest) -> [String: String] {
        request.header("Origin") == nil ? [:] : ["Access-Control-Allow-Origin": "*"]
    }

    private func call(named name: String, _ request: DialectRequest) -> DialectCall {
        switch (request.method, name) {
        case ("GET", "names"): PolarFacadeReads.names(request)
        case ("POST", "ingest"): PolarFacadeIngest.call(request)
        case ("GET", _): PolarFacadeReads.get(PercentEncoding.decoded(name))
        case (_, "ingest"): .answer(PolarWords.wrongMethod(allowed: "POST"))
        default: .answer(PolarWords.wrongMethod(allowed: "GET"))
        }
    }

    private static func query(of request: DialectRequest) -> String {
        guard !request.query.isEmpty else { return "" }
        let pairs = request.query.map { name, value in
            "\(PercentEncoding.encoded(name))=\(PercentEncoding.encoded(value))"
        }
        return "?" + pairs.joined(separator: "&")
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
    fileprivate func adding(_ headers: [String: String]) -> DialectAnswer {
        DialectAnswer(
            status: status,
            contentType: contentType,
            headers: self.headers.merging(headers) { own, _ in own },
            body: body
        )
    }
}
