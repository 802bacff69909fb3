import Foundation
import HTTPTypes
import Synchronization

/// Flexprice below `/v1`: `events`, `events/bulk`, `events/query`, `events/lookup`. Its identity includes the timestamp; a bulk is not atomic.
final class FlexpriceSimulator: Simulator {
    let vendor = "flexprice"
    let books = Books()
    /// The environment that `X-Environment-ID` must name, as with a key from a server's own configuration; nil: the key has one.
    private let environment = Mutex<String?>(nil)

    private static let largestBody = 33_554_432

    func set(_ name: String, to value: SandboxJSON) -> Bool {
        guard name == "environment", value.isNull || value.string != nil else { return false }
        environment.withLock { $0 = value.string }
        return true
    }

    func answer(_ request: SimulatedRequest, at now: Date) -> SimulatedAnswer {
        if request.method == .options { return SimulatedAnswer(empty: 200) }
        guard request.headers[.xAPIKey] == SandboxCredentials.flexprice else {
            return SimulatedAnswer(401, ["error": "Unauthorized"])
        }
        if let environment = environment.withLock({ $0 }), request.headers[.xEnvironmentID] != environment {
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
            return lookup(request.parameter("id") ?? "", customer: request.parameter("external_customer_id"))
        default: return answerCustomers(request, now) ?? SimulatedAnswer(text: "404 page not found", status: 404)
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

    /// Event after event: at the first bad one the answer is 400, and those before it are in already.
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

    private func missingField(of event: SandboxJSON) -> String? {
        if event["event_name"]?.string?.isEmpty != false { return "EventName" }
        if event["external_customer_id"]?.string?.isEmpty != false { return "ExternalCustomerID" }
        return nil
    }

    /// Keeps the event; the billing table's key is customer, timestamp in whole seconds, and id, and the last one wins.
    @discardableResult
    private func record(_ event: SandboxJSON, _ now: Date) -> String {
        let id = event["event_id"]?.string.flatMap { $0.isEmpty ? nil : $0 } ?? "event_\(UUID().uuidString)"
        let time = event["timestamp"]?.string.flatMap(SandboxTime.read) ?? now
        let customer = event["external_customer_id"]?.string ?? ""
        // Safe: a date that was read has four digits for its year.
        let identity = "\(customer)\u{0}\(Int(time.timeIntervalSince1970.rounded(.down)))\u{0}\(id)"
        books.record(Books.Entry(id: id, account: "1", at: now, event: event), identity: identity, winner: .last)
        return id
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
