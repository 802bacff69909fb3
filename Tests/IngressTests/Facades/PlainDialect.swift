import Events

/// A language as simple as can be, so that what the gateway does with any dialect can be seen: a body is one event's name, answers are
/// words.
struct PlainDialect: Dialect {
    let adapter: AdapterName = "acme"
    let prefixes = ["/acme/v1", "/acme"]
    let basePath = "/acme"
    let bodyLimitBytes = 100

    func presentedKey(in request: DialectRequest) -> String? {
        request.header("X-Acme-Key") ?? request.parameter("account")
    }

    func call(for request: DialectRequest) -> DialectCall {
        switch (request.method, request.path) {
        case ("POST", "/events"):
            let names = String(decoding: request.body, as: UTF8.self).split(separator: ",").map(String.init)
            let events = names.map {
                CanonicalEvent(id: EventID($0), name: $0, customerID: request.parameter("customer") ?? "c")
            }
            let policy: WritePolicy =
                request.parameter("each") != nil
                ? .each : request.parameter("first") != nil ? .firstWins : .allOrNothing
            let write = DialectCall.write(events, policy) { results in
                Self.say(results.map(\.word).joined(separator: " "))
            }
            let parents = request.parameters("parent").compactMap { Int64($0) }.map { SequenceNumber($0) }
            guard !parents.isEmpty else { return write }
            return .lookUp(Set(parents)) { found in
                let missing = parents.filter { found[$0] == nil }
                return missing.isEmpty ? write : .answer(Self.say("no \(missing.map(\.rawValue))", status: 422))
            }
        case ("GET", "/estimate"):
            return .ask(
                VendorRequest(path: "/estimate", body: []),
                of: "acme",
                about: request.parameter("name").map { [$0] } ?? []
            ) { result in
                switch result {
                case .answered(let answer): Self.say("answered \(answer.status)")
                case .noProvider: Self.say("no provider")
                case .forbidden: Self.say("forbidden")
                case .failed(let fault): Self.say("failed \(fault.code.rawValue)")
                }
            }
        case ("GET", "/limit"):
            return .answer(Self.say("\(request.eventLimit)"))
        case ("GET", "/query"):
            return .answer(Self.say(request.query.map { "\($0.name)=\($0.value)" }.joined(separator: ";")))
        default:
            let id = EventID(request.path.split(separator: "/").last.map(String.init) ?? "")
            return .find(id) { events in Self.say(events.map(\.event.name).joined(separator: ",")) }
        }
    }

    func answer(to refusal: DialectRefusal) -> DialectAnswer {
        let status =
            switch refusal {
            case .unauthorized: 401
            case .forbidden: 403
            case .tooLarge: 413
            case .undecodable: 400
            case .rateLimited: 429
            case .unavailable: 503
            case .failed: 500
            case .readTooLarge: 400
            case .wrongMethod: 405
            case .unserved: 501
            case .notPassed(let refusal): refusal.status
            }
        return Self.say("\(refusal)", status: status)
    }

    private static func say(_ text: String, status: Int = 200) -> DialectAnswer {
        DialectAnswer(status: status, contentType: "text/acme", headers: ["X-Acme": "yes"], body: Array(text.utf8))
    }
}

extension DialectWriteResult {
    fileprivate var word: String {
        switch self {
        case .accepted(let id, _, _, let isDuplicate): "\(isDuplicate ? "duplicate" : "accepted"):\(id)"
        case .refused(let fault): "refused:\(fault.code.rawValue)"
        case .withheld: "withheld"
        }
    }
}
