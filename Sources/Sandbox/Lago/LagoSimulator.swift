import Foundation
import HTTPTypes

/// Lago below `/api/v1`: `events`, `events/batch` (all or nothing), reads and estimates, on either of its two stores; customers,
/// subscriptions, billable metrics and usage.
struct LagoSimulator: Simulator {
    /// Where an organization keeps its events; validation and deduplication differ.
    enum Store: String {
        case postgres, clickhouse
    }

    let vendor = "lago"
    let books = Books(order: .timeThenIDDownward, container: "properties", settings: standard)
    let traits = SettingsTraits(
        standard: standard,
        own: ["store", "batch", "merge_after_ms", "usage_after_ms", "without_metric", "without_subscription"],
        documentedLimits: [
            "events": RateLimit(requests: 500, windowMilliseconds: 1000),
            "current_usage": RateLimit(requests: 200, windowMilliseconds: 1000),
            "other": RateLimit(requests: 50, windowMilliseconds: 1000),
        ]
    )

    private static let standard = SimulatorSettings()

    /// An estimate stores nothing.
    func kind(of request: SimulatedRequest) -> CallKind {
        request.method == .get || request.path == "/api/v1/events/estimate_fees" ? .read : .write
    }

    /// `POST /events` and the current usage have limits of their own; batches and all reads share one.
    func limit(of request: SimulatedRequest) -> String? {
        if request.method == .post, request.path == "/api/v1/events" { return "events" }
        return request.method == .get && request.path.hasSuffix("/current_usage") ? "current_usage" : "other"
    }

    func refused(_ verdict: LimitVerdict) -> SimulatedAnswer {
        SimulatedAnswer(429, ["status": 429, "error": "Too Many Requests"])
    }

    /// The reset is a number of seconds to wait.
    func headers(_ verdict: LimitVerdict) -> [(String, String)] {
        [
            ("X-RateLimit-Limit", "\(verdict.limit.requests)"), ("X-RateLimit-Remaining", "\(verdict.remaining)"),
            ("X-RateLimit-Reset", "\(verdict.waitSeconds)"),
        ]
    }

    func answer(_ request: SimulatedRequest, at now: Date) -> SimulatedAnswer {
        // The server takes the second word and ignores the scheme.
        let words = request.headers[.authorization]?.split(separator: " ") ?? []
        guard words.count == 2, words[1] == SandboxCredentials.lago else {
            return SimulatedAnswer(401, ["status": 401, "error": "Unauthorized"])
        }
        switch (request.method, request.path) {
        case (.post, "/api/v1/events"): return create(request, now)
        case (.post, "/api/v1/events/batch"): return createBatch(request, now)
        case (.post, "/api/v1/events/estimate_fees"): return estimate(request, now)
        case (.get, "/api/v1/events"): return list(request, now)
        case (.get, let path) where path.hasPrefix("/api/v1/events/"):
            return find(String(path.dropFirst("/api/v1/events/".count)), now)
        default:
            return answerCustomers(request, now) ?? answerMetrics(request, now) ?? notFound("resource_not_found")
        }
    }

    private func create(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(request.body) else {
            return SimulatedAnswer(400, ["status": 400, "error": "Bad Request"])
        }
        guard let event = body["event"], event.members?.isEmpty == false else { return missingRoot("event") }
        let settings = books.settings
        // A single create on ClickHouse never looks whether the id is there.
        let faults = LagoValidation.faults(in: event, needsIdentity: settings.store == .postgres)
        guard faults.isEmpty else { return refused(LagoValidation.json(faults)) }
        let identity = LagoValidation.identity(of: event, store: settings.store, now: now)
        if settings.store == .postgres, let identity, books.has(identity) {
            return refused(["transaction_id": ["value_already_exist"]])
        }
        if settings.store == .postgres, LagoValidation.holdsZero(event) { return failure(500, retryAfter: nil) }
        let id = record(event, identity, settings.store, now)
        return SimulatedAnswer(200, ["event": LagoEvents.confirmed(event, settings.store, now, id: id)])
    }

    private func createBatch(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(request.body) else {
            return SimulatedAnswer(400, ["status": 400, "error": "Bad Request"])
        }
        guard let events = body["events"]?.array, !events.isEmpty else { return refused(["events": ["no_events"]]) }
        let settings = books.settings
        guard events.count <= settings.largestBatch else { return refused(["events": ["too_many_events"]]) }
        var details: [SandboxJSON.Member] = []
        for (index, event) in events.enumerated() {
            let faults = LagoValidation.faults(in: event, needsIdentity: true)
            if !faults.isEmpty { details.append(.init(name: "\(index)", value: LagoValidation.json(faults))) }
        }
        guard details.isEmpty else { return refused(.object(details)) }
        let identities = events.map { LagoValidation.identity(of: $0, store: settings.store, now: now) }
        if settings.store == .postgres {
            details = duplicates(events, identities)
            guard details.isEmpty else { return refused(.object(details)) }
        }
        if settings.store == .postgres, events.contains(where: LagoValidation.holdsZero) {
            return failure(500, retryAfter: nil)
        }
        let confirmed = zip(events, identities).map { event, identity in
            let id = record(event, identity, settings.store, now)
            return LagoEvents.confirmed(event, settings.store, now, id: id)
        }
        return SimulatedAnswer(200, ["events": .array(confirmed)])
    }

    /// Ids that are known, or are in the batch before: by transaction id alone within a batch, whatever the subscription.
    private func duplicates(_ events: [SandboxJSON], _ identities: [String?]) -> [SandboxJSON.Member] {
        var seen: Set<String> = []
        var details: [SandboxJSON.Member] = []
        for (index, event) in events.enumerated() {
            let isFirst = seen.insert(LagoValidation.text(event["transaction_id"]) ?? "").inserted
            let isKnown = identities[index].map { books.has($0) } ?? false
            if !isFirst || isKnown {
                details.append(.init(name: "\(index)", value: ["transaction_id": ["value_already_exist"]]))
            }
        }
        return details
    }

    /// Records an event; the store decides what counts as a repeat.
    /// - Returns: Lago's ID of it on PostgreSQL.
    private func record(_ event: SandboxJSON, _ identity: String?, _ store: Store, _ now: Date) -> String {
        books.recordNaming(
            Books.Arrival(
                id: LagoValidation.text(event["transaction_id"]) ?? "",
                event: event,
                at: now,
                identity: identity,
                winner: store == .postgres ? .first : .last,
                time: LagoValidation.microseconds(of: event, store: store, now: now),
                name: LagoValidation.text(event["code"]) ?? "",
                // An event without a subscription is none of the subscription "".
                customer: LagoValidation.text(event["external_subscription_id"]) ?? "\u{0}",
                merge: store == .postgres ? .never : .byNameCustomerTimeAndID
            )
        )
    }

    /// Of an empty list neither the page nor its neighbours are counted; past the end, the page before is still the one below.
    static func meta(page: Int, size: Int, total: Int) -> SandboxJSON {
        let pages = total / size + (total % size == 0 ? 0 : 1)
        return [
            "current_page": .number("\(total == 0 ? 0 : page)"),
            "next_page": page < pages ? .number("\(page + 1)") : nil,
            "prev_page": total > 0 && page > 1 ? .number("\(page - 1)") : nil, "total_pages": .number("\(pages)"),
            "total_count": .number("\(total)"),
        ]
    }

    func failure(_ status: Int, retryAfter: String?) -> SimulatedAnswer {
        switch status {
        case 401: SimulatedAnswer(401, ["status": 401, "error": "Unauthorized"])
        case 403:
            SimulatedAnswer(403, ["status": 403, "error": "Forbidden", "code": "write_action_not_allowed_for_event"])
        case 404: notFound("resource_not_found")
        case 429:
            SimulatedAnswer(
                429,
                ["status": 429, "error": "Too Many Requests"],
                headers: [
                    ("X-RateLimit-Limit", "50"), ("X-RateLimit-Remaining", "0"),
                    ("X-RateLimit-Reset", retryAfter ?? "1"),
                ]
            )
        case 500: SimulatedAnswer(500, ["status": 500, "error": "Internal Server Error"])
        default: SimulatedAnswer(page: "\(status)", status: status)
        }
    }

    func notFound(_ code: String) -> SimulatedAnswer {
        SimulatedAnswer(404, ["status": 404, "error": "Not Found", "code": .string(code)])
    }

    func refused(_ details: SandboxJSON) -> SimulatedAnswer {
        SimulatedAnswer(
            422,
            ["status": 422, "error": "Unprocessable Entity", "code": "validation_errors", "error_details": details]
        )
    }

    func missingRoot(_ name: String) -> SimulatedAnswer {
        let text = "BadRequest: param is missing or the value is empty or invalid: \(name)"
        return SimulatedAnswer(400, ["status": 400, "error": .string(text)])
    }
}
