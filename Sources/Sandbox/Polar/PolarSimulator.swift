import Foundation
import HTTPTypes

/// Polar: `POST /v1/events/ingest` is all or nothing and deduplicates on `external_id`, the first write wins; reads by list, names and id.
struct PolarSimulator: Simulator {
    let vendor = "polar"
    let books = Books(order: .timeThenRow, container: "metadata", settings: standard)
    let traits = SettingsTraits(
        standard: standard,
        own: ["usage_after_ms", "without_metric"],
        documentedLimits: ["all": RateLimit(requests: 500, windowMilliseconds: 60_000)]
    )

    private static let standard = SimulatorSettings()

    /// In bytes; server/polar/config.py.
    private static let largestBody = 10_485_760
    /// The only one; every token is its.
    static let organization = "1dbfc517-0bbf-4301-9ba8-555ca42b9737"

    /// The versions that its SDKs ask for.
    private static let versions = ["2026-04", "2026-10", "2027-01"]

    /// One zone covers all of `/v1`. Version and size are examined first, so that what they refuse does not count.
    func limit(of request: SimulatedRequest) -> String? {
        let isKnown = Self.versions.contains(request.headers[.polarVersion] ?? Self.versions[0])
        return isKnown && checkSize(request) == nil ? "all" : nil
    }

    /// The header tells the length of the window, not the time that is left.
    func refused(_ verdict: LimitVerdict) -> SimulatedAnswer {
        SimulatedAnswer(empty: 429, headers: [("retry-after", "\(verdict.windowSeconds)")])
    }

    /// The version that was asked for is named in the answer.
    func answer(_ request: SimulatedRequest, at now: Date) -> SimulatedAnswer {
        let version = request.headers[.polarVersion] ?? Self.versions[0]
        guard Self.versions.contains(version) else { return notFound }
        var answer = checked(request, at: now)
        answer.headers.append(("Polar-Version", version))
        return answer
    }

    /// Checks run in the vendor's order: version, size, token, body.
    private func checked(_ request: SimulatedRequest, at now: Date) -> SimulatedAnswer {
        if let refused = checkSize(request) ?? checkToken(request) { return refused }
        switch (request.method, request.path) {
        case (.post, "/v1/events/ingest"): return ingest(request, now)
        case (.get, "/v1/events/"): return list(request, now)
        case (.get, "/v1/events"): return SimulatedAnswer(empty: 307, headers: [("Location", "/polar/v1/events/")])
        case (.get, "/v1/events/names"): return names(request, now)
        case (.get, let path) where path.hasPrefix("/v1/events/"):
            return get(String(path.dropFirst("/v1/events/".count)), now)
        // Also `names`, and any id.
        case (_, let path) where path.hasPrefix("/v1/events/"):
            return SimulatedAnswer(405, ["detail": "Method Not Allowed"])
        default:
            return answerCustomers(request, now) ?? answerMeters(request, now) ?? answerCustomerMeters(request, now)
                ?? notFound
        }
    }

    private var notFound: SimulatedAnswer { SimulatedAnswer(404, ["detail": "Not Found"]) }

    /// A body must say its length, and not exceed the largest.
    private func checkSize(_ request: SimulatedRequest) -> SimulatedAnswer? {
        guard request.method == .post else { return nil }
        guard let length = request.headers[.contentLength].flatMap({ Int($0) }) else {
            return SimulatedAnswer(411, ["error": "LengthRequired", "detail": "A Content-Length header is required."])
        }
        guard length > Self.largestBody else { return nil }
        let detail = "Request body exceeded the maximum allowed size of \(Self.largestBody) bytes."
        return SimulatedAnswer(413, ["error": "RequestBodyTooLarge", "detail": .string(detail)])
    }

    private static let challenge = [("WWW-Authenticate", "Bearer realm=\"polar\"")]

    /// A token that is none of this organization, or has expired.
    private var invalidToken: SimulatedAnswer {
        SimulatedAnswer(
            401,
            [
                "error": "invalid_token",
                "error_description":
                    "The access token provided is expired, revoked, malformed, or invalid for other reasons.",
            ],
            headers: Self.challenge
        )
    }

    private func checkToken(_ request: SimulatedRequest) -> SimulatedAnswer? {
        guard let field = request.headers[.authorization], field.lowercased().hasPrefix("bearer ") else {
            return SimulatedAnswer(401, ["error": "Unauthorized", "detail": "Unauthorized"], headers: Self.challenge)
        }
        return field.dropFirst(7) == SandboxCredentials.polar ? nil : invalidToken
    }

    private func ingest(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        let type = request.headers[.contentType]?.prefix { $0 != ";" }.lowercased() ?? ""
        guard type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json")) else {
            return refused([
                PolarValidationError(
                    type: "model_attributes_type",
                    location: ["body"],
                    message: "Input should be a valid dictionary or object to extract fields from"
                )
            ])
        }
        guard let body = SandboxJSON(request.body) else {
            return refused([
                PolarValidationError(type: "json_invalid", location: ["body", 0], message: "JSON decode error")
            ])
        }
        guard let events = body["events"]?.array else {
            return refused([
                PolarValidationError(type: "missing", location: ["body", "events"], message: "Field required")
            ])
        }
        let errors = events.enumerated().flatMap {
            PolarValidation(index: $0.offset, now: now).errors(about: $0.element)
        }
        guard errors.isEmpty else { return refused(errors) }
        let foreign = events.indices.filter { events[$0]["organization_id"].map { !$0.isNull } ?? false }
        guard foreign.isEmpty else {
            let found = foreign.map { index in
                PolarValidationError(
                    type: "organization_token",
                    location: ["body", "events", .number("\(index)"), "organization_id"],
                    message: "Setting organization_id is disallowed when using an organization token."
                )
            }
            return refused(found, error: "PolarRequestValidationError")
        }
        return store(events, now)
    }

    private func store(_ events: [SandboxJSON], _ now: Date) -> SimulatedAnswer {
        var duplicates = 0
        for event in events where books.record(arrival(event, now)) { duplicates += 1 }
        return SimulatedAnswer(
            200,
            ["inserted": .number("\(events.count - duplicates)"), "duplicates": .number("\(duplicates)")]
        )
    }

    private func arrival(_ event: SandboxJSON, _ now: Date) -> Books.Arrival {
        let id = event["external_id"]?.string
        return Books.Arrival(
            id: id ?? "",
            event: event,
            at: now,
            identity: id,
            winner: .first,
            // The store of the reads keeps milliseconds.
            time: PolarTime.exact(event["timestamp"])?.milliseconds
                ?? SandboxTime.floored(SandboxTime.microseconds(now), by: 1000).quotient,
            name: event["name"]?.string ?? "",
            customer: PolarQuestion.customer(of: event),
            keys: { event in
                (event["metadata"]?.members ?? []).compactMap { member in
                    member.value.string.map { PolarQuestion.key(member.name, $0) }
                }
            },
            parent: event["parent_id"]?.string
        )
    }

    func refused(_ errors: [PolarValidationError], error: String = "RequestValidationError") -> SimulatedAnswer {
        SimulatedAnswer(422, ["error": .string(error), "detail": .array(errors.map(\.json))])
    }

    func failure(_ status: Int, retryAfter: String?) -> SimulatedAnswer {
        switch status {
        case 401: invalidToken
        case 403:
            SimulatedAnswer(
                403,
                [
                    "error": "insufficient_scope",
                    "error_description": "The request requires higher privileges than provided by the access token.",
                ],
                headers: [("WWW-Authenticate", "Bearer realm=\"polar\", scope=\"events:write\"")]
            )
        case 404: notFound
        case 429: SimulatedAnswer(empty: 429, headers: [("retry-after", retryAfter ?? "60")])
        case 500: SimulatedAnswer(text: "Internal Server Error", status: 500)
        default: SimulatedAnswer(page: "\(status)", status: status)
        }
    }
}

extension HTTPField.Name {
    static let polarVersion = HTTPField.Name("Polar-Version")!  // Safe: a constant that is a token by RFC 9110.
}
