import Foundation
import HTTPTypes

/// Knetik's data collector: `POST /v2/events` and `POST /v2/batch`, the account id in the query, no deduplication.
struct KnetikSimulator: Simulator {
    let vendor = "knetik"
    let books = Books(order: .timeThenRow, container: "event_properties", settings: standard)
    let traits = SettingsTraits(standard: standard, own: [], documentedLimits: [:])

    private static let standard = SimulatorSettings()

    /// Nothing is known of limits.
    func limit(of request: SimulatedRequest) -> String? { nil }

    func refused(_ verdict: LimitVerdict) -> SimulatedAnswer { error(429, "Too Many Requests") }

    func answer(_ request: SimulatedRequest, at now: Date) -> SimulatedAnswer {
        guard ["/v2/events", "/v2/batch"].contains(request.path) else { return error(404, "Not Found") }
        guard request.method == .post else { return error(405, "Method Not Allowed") }
        // The vendor's prose says customer_id, all its clients send customerId.
        let account = request.parameter("customerId") ?? request.parameter("customer_id")
        guard account == SandboxCredentials.knetik else {
            return error(401, "customer not authorized for this service")
        }
        guard request.headers[.contentType]?.lowercased().hasPrefix("application/json") == true else {
            return error(415, "Content-Type must be application/json")
        }
        guard let body = SandboxJSON(request.body) else { return error(400, "malformed JSON") }
        return request.path == "/v2/events" ? single(body, now) : batch(body, now)
    }

    private func single(_ event: SandboxJSON, _ now: Date) -> SimulatedAnswer {
        let faults = KnetikValidation.faults(in: event)
        guard faults.isEmpty else { return SimulatedAnswer(400, errors(400, faults)) }
        record(event, now)
        return SimulatedAnswer(empty: 202)
    }

    private func batch(_ body: SandboxJSON, _ now: Date) -> SimulatedAnswer {
        guard let events = body["batch"]?.array else { return error(400, "batch may not be null") }
        var isAnyRefused = false
        let results = events.map { event -> SandboxJSON in
            var faults = KnetikValidation.faults(in: event)
            if event["request_type"]?.string != "newEvent" { faults.append("request_type must be newEvent here") }
            guard faults.isEmpty else {
                isAnyRefused = true
                return ["code": 400, "errors": .array(faults.map { .string($0) }), "request": event]
            }
            record(event, now)
            return ["code": 202, "errors": nil, "request": nil]
        }
        return SimulatedAnswer(isAnyRefused ? 207 : 202, .array(results))
    }

    /// Records an event without an identity: Knetik does not deduplicate.
    private func record(_ event: SandboxJSON, _ now: Date) {
        books.record(
            Books.Arrival(
                id: event["transaction_id"]?.string ?? "",
                event: event,
                at: now,
                identity: nil,
                time: event["event_timestamp"]?.number.flatMap { Int($0) } ?? SandboxTime.milliseconds(now),
                name: event["category"]?.string ?? "",
                customer: event["user_id"]?.string ?? event["device_id"]?.string ?? ""
            )
        )
    }

    func failure(_ status: Int, retryAfter: String?) -> SimulatedAnswer {
        var answer = error(status, "failure \(status)")
        if let retryAfter { answer.headers.append(("Retry-After", retryAfter)) }
        return answer
    }

    private func error(_ status: Int, _ text: String) -> SimulatedAnswer {
        SimulatedAnswer(status, errors(status, [text]))
    }

    private func errors(_ status: Int, _ texts: [String]) -> SandboxJSON {
        ["code": .number("\(status)"), "errors": .array(texts.map { .string($0) })]
    }
}

/// What Knetik asks of an event.
enum KnetikValidation {
    /// Knetik's messages for what is wrong with an event.
    static func faults(in event: SandboxJSON) -> [String] {
        guard event.members != nil else { return ["request may not be null"] }
        var faults: [String] = []
        for name in ["category", "result"] where event[name]?.string?.isEmpty != false {
            faults.append("\(name) may not be null")
        }
        for name in ["event_timestamp", "send_timestamp"] where event[name]?.number.flatMap({ Int64($0) }) == nil {
            faults.append("\(name) must be an integer")
        }
        if event["user_id"]?.string == nil, event["device_id"]?.string == nil {
            faults.append("user_id or device_id is required")
        }
        if let type = event["request_type"], !type.isNull, type.string != "newEvent" {
            faults.append("request_type must be newEvent")
        }
        faults += propertyFaults(event["event_properties"])
        return faults
    }

    /// Flat; numbers, strings and booleans.
    private static func propertyFaults(_ properties: SandboxJSON?) -> [String] {
        guard let properties, !properties.isNull else { return [] }
        guard let members = properties.members else { return ["event_properties must be an object"] }
        return members.compactMap { member in
            switch member.value {
            case .string, .number, .bool: nil
            case .null, .array, .object: "event_properties.\(member.name) must be a string, a number or a boolean"
            }
        }
    }
}
