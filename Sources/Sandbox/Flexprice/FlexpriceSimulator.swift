import Foundation
import HTTPTypes

/// Flexprice below `/v1`: `events`, `events/bulk`, `events/query`, `events/lookup`. Its identity includes the timestamp; a bulk is not atomic.
struct FlexpriceSimulator: Simulator {
    let vendor = "flexprice"
    let books = Books(order: .timeThenID, container: "properties", settings: standard)
    let traits = SettingsTraits(
        standard: standard,
        own: [
            "environment", "merge_after_ms", "usage_after_ms", "without_metric", "without_customer",
            "without_subscription",
        ],
        documentedLimits: [
            "single": RateLimit(requests: 1000, windowMilliseconds: 60_000),
            // Documented for bulk requests; nothing is said of reads, which the simulator counts with them.
            "other": RateLimit(requests: 100, windowMilliseconds: 60_000),
        ]
    )

    private static let standard = SimulatorSettings(mergeAfter: 0)
    /// In bytes; internal/rest/middleware/body_limit.go.
    private static let largestBody = 33_554_432
    /// The first instant of the year 1, which Go takes for no time at all.
    private static let zeroTime = SandboxTime.Exact(seconds: -62_135_596_800, nanoseconds: 0)

    func kind(of request: SimulatedRequest) -> CallKind {
        let reads = [
            "/v1/events/query", "/v1/events/usage", "/v1/events/analytics", "/v1/customers/search",
            "/v1/subscriptions/search", "/v1/features/search",
        ]
        return request.method == .get || reads.contains(request.path) ? .read : .write
    }

    /// Flexprice limits single events separately from everything else.
    func limit(of request: SimulatedRequest) -> String? {
        request.method == .post && request.path == "/v1/events" ? "single" : "other"
    }

    func refused(_ verdict: LimitVerdict) -> SimulatedAnswer {
        SimulatedAnswer(429, ["error": "Rate limit exceeded. Try again later."])
    }

    /// The reset is a Unix time.
    func headers(_ verdict: LimitVerdict) -> [(String, String)] {
        let reset = SandboxTime.milliseconds(Date().addingTimeInterval(Double(verdict.waitSeconds))) / 1000
        return [
            ("X-RateLimit-Limit", "\(verdict.limit.requests)"), ("X-RateLimit-Remaining", "\(verdict.remaining)"),
            ("X-RateLimit-Reset", "\(reset)"),
        ]
    }

    func answer(_ request: SimulatedRequest, at now: Date) -> SimulatedAnswer {
        if request.method == .options { return SimulatedAnswer(empty: 200) }
        guard request.headers[.xAPIKey] == SandboxCredentials.flexprice else {
            return SimulatedAnswer(401, ["error": "Unauthorized"])
        }
        if let environment = books.settings.environment, request.headers[.xEnvironmentID] != environment {
            return SimulatedAnswer(
                403,
                ["error": "Access denied", "message": "Invalid or inaccessible environment"]
            )
        }
        guard request.body.count <= Self.largestBody else {
            return validationError("Request body exceeds the maximum size; split the batch into smaller requests")
        }
        switch (request.method, request.path) {
        case (.post, "/v1/events"): return single(request, now)
        case (.post, "/v1/events/bulk"): return bulk(request, now)
        case (.post, "/v1/events/query"):
            guard let body = SandboxJSON(beginning: request.body), let query = Query(body: body) else {
                return validationError("Invalid request payload")
            }
            return self.query(query, at: now)
        case (.get, "/v1/events"): return query(Query(parameters: request.query), at: now)
        case (.get, "/v1/events/lookup"):
            return lookup(request.parameter("id") ?? "", customer: request.parameter("external_customer_id"), now)
        // The lookup's former address.
        case (.get, let path) where path.hasPrefix("/v1/events/"):
            let id = String(path.dropFirst("/v1/events/".count))
            return lookup(id.removingPercentEncoding ?? id, customer: request.parameter("external_customer_id"), now)
        case (.post, "/v1/events/usage"): return usage(request, now)
        case (.post, "/v1/events/analytics"): return analytics(request, now)
        default:
            return answerCustomers(request, now) ?? answerFeatures(request, now)
                ?? SimulatedAnswer(text: "404 page not found", status: 404)
        }
    }

    private func single(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let event = SandboxJSON(beginning: request.body), isWellTyped(event), missingField(of: event) == nil
        else {
            return validationError("Invalid request payload")
        }
        let id = record(event, now)
        return SimulatedAnswer(202, ["event_id": .string(id), "message": "Event accepted for processing"])
    }

    /// Event after event: at the first invalid one the answer is 400, and those before it are in already.
    private func bulk(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(beginning: request.body), let events = body["events"]?.array,
            events.allSatisfy(isWellTyped)
        else {
            return validationError("Invalid request payload")
        }
        guard (1...1000).contains(events.count) else {
            let tag = events.isEmpty ? "min" : "max"
            return failedOn("Events", "BulkIngestEventRequest.Events", tag)
        }
        for event in events {
            if let field = missingField(of: event) { return failedOn(field, "IngestEventRequest.\(field)", "required") }
            record(event, now)
        }
        return SimulatedAnswer(202, ["message": "Events accepted for processing"])
    }

    /// Whether every field has its type; a timestamp is strict RFC 3339 text or null.
    private func isWellTyped(_ event: SandboxJSON) -> Bool {
        guard event.members != nil else { return false }
        for name in ["event_name", "external_customer_id", "event_id", "customer_id", "source"] {
            if let value = event[name], !value.isNull, value.string == nil { return false }
        }
        if let properties = event["properties"], !properties.isNull {
            guard properties.members != nil, holdsFiniteNumbers(properties) else { return false }
        }
        guard let timestamp = event["timestamp"], !timestamp.isNull else { return true }
        return timestamp.string.flatMap(SandboxTime.read) != nil
    }

    /// Go reads numbers into 64-bit floats, and refuses those that do not fit.
    private func holdsFiniteNumbers(_ value: SandboxJSON) -> Bool {
        switch value {
        case .number(let text): Double(text)?.isFinite ?? false
        case .array(let elements): elements.allSatisfy(holdsFiniteNumbers)
        case .object(let members): members.allSatisfy { holdsFiniteNumbers($0.value) }
        case .null, .bool, .string: true
        }
    }

    /// The first required field that is absent or empty, by Flexprice's name for it.
    private func missingField(of event: SandboxJSON) -> String? {
        if event["event_name"]?.string?.isEmpty != false { return "EventName" }
        if event["external_customer_id"]?.string?.isEmpty != false { return "ExternalCustomerID" }
        return nil
    }

    /// Keeps the event. The billing table's key is customer, timestamp in whole seconds, and id; that of the raw events timestamp in
    /// milliseconds, and id; the last one wins.
    @discardableResult
    private func record(_ event: SandboxJSON, _ now: Date) -> String {
        let id = event["event_id"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "event_\(UUID().uuidString)"
        let given = event["timestamp"]?.string.flatMap(SandboxTime.exact)
        let time = given.flatMap { $0 == Self.zeroTime ? nil : $0.milliseconds } ?? Self.milliseconds(now)
        let customer = event["external_customer_id"]?.string ?? ""
        let second = SandboxTime.floored(time, by: 1000).quotient
        books.record(
            Books.Arrival(
                id: id,
                event: event,
                at: now,
                identity: "\(customer)\u{0}\(second)\u{0}\(id)",
                winner: .last,
                time: time,
                name: event["event_name"]?.string ?? "",
                customer: customer,
                merge: .byTimeAndID,
                isSummed: true
            )
        )
        return id
    }

    /// What does not fit into milliseconds is cut off.
    static func milliseconds(_ date: Date) -> Int {
        SandboxTime.floored(SandboxTime.microseconds(date), by: 1000).quotient
    }

    func failure(_ status: Int, retryAfter: String?) -> SimulatedAnswer {
        switch status {
        case 401: return SimulatedAnswer(401, ["error": "Unauthorized"])
        case 403: return SimulatedAnswer(403, ["message": "tenant account is suspended"])
        case 429:
            let wait = retryAfter.flatMap { Double($0) } ?? 1
            let reset = SandboxTime.milliseconds(Date().addingTimeInterval(wait.isFinite ? wait : 1)) / 1000
            return SimulatedAnswer(
                429,
                ["error": "Rate limit exceeded. Try again later."],
                headers: [
                    ("X-RateLimit-Limit", "1000"), ("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "\(reset)"),
                ]
                    + (retryAfter.map { [("Retry-After", $0)] } ?? [])
            )
        case 500:
            return SimulatedAnswer(
                500,
                ["code": "internal_error", "message": "An unexpected error occurred", "http_status_code": 500]
            )
        default:
            return SimulatedAnswer(page: "\(status)", status: status)
        }
    }

    func validationError(_ message: String) -> SimulatedAnswer {
        SimulatedAnswer(400, ["code": "validation_error", "message": .string(message), "http_status_code": 400])
    }

    /// The message of Go's validator for one field.
    private func failedOn(_ field: String, _ key: String, _ tag: String) -> SimulatedAnswer {
        let text = "Key: '\(key)' Error:Field validation for '\(field)' failed on the '\(tag)' tag"
        return SimulatedAnswer(
            400,
            [
                "code": "validation_error", "message": "Request validation failed", "http_status_code": 400,
                "details": .object([.init(name: field, value: .string(text))]),
            ]
        )
    }
}

extension HTTPField.Name {
    static let xAPIKey = HTTPField.Name("x-api-key")!  // Safe: a constant that is a token by RFC 9110.
    static let xEnvironmentID = HTTPField.Name("X-Environment-ID")!  // Safe: a constant that is a token by RFC 9110.
}
