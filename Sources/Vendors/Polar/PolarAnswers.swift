import Events
import JSON

/// What Polar's answers mean (server/polar/event/service.py and server/polar/exceptions.py, 2026-08).
enum PolarAnswers {
    static func verdict(of answer: VendorAnswer, count: Int) -> Verdict {
        switch answer.status {
        case 200:
            success(answer, count: count)
        case 422:
            refused(answer, count: count)
        case 400:
            .unnamed(fault(.invalidEvent, "Polar could not read the request", answer))
        case 401:
            .all(.park(fault(.unauthorized, "Polar does not accept the access token", answer)))
        case 403:
            .all(.park(fault(.forbidden, "the access token lacks the scope events:write", answer)))
        case 300..<400, 404, 405, 411:
            .all(.park(fault(.notFound, "nothing takes events at this address; check the provider's base_url", answer)))
        case 413:
            .unnamed(fault(.payloadTooLarge, "the request is too large for Polar", answer))
        case 429:
            // No X-RateLimit fields; Retry-After is always the whole window.
            .all(.retry(fault(.rateLimited, "Polar asks for fewer requests", answer), after: answer.retryAfter))
        case 502, 503, 504:
            .all(.ambiguous(fault(.vendorUnavailable, "Polar is not available (\(answer.status))", answer)))
        default:
            .all(.ambiguous(fault(.vendorError, "Polar failed with \(answer.status)", answer)))
        }
    }

    /// `{"inserted": 2, "duplicates": 1}`; which ones were duplicates is certain only where all or none were.
    private static func success(_ answer: VendorAnswer, count: Int) -> Verdict {
        guard let root = answer.json?.root, let inserted = root["inserted"]?.int64, let duplicates = root["duplicates"]?.int64,
            inserted >= 0, duplicates >= 0, inserted + duplicates == count
        else {
            return .all(.ambiguous(fault(.vendorError, "a 200 that does not count the events that were sent", answer)))
        }
        return .all(.delivered(deduplicated: duplicates == count))
    }

    /// All or nothing: the named events are at fault, the others were not stored and go again.
    private static func refused(_ answer: VendorAnswer, count: Int) -> Verdict {
        var faults: [Int: [Complaint]] = [:]
        for entry in answer.json?.root["detail"].map({ Array($0.elements) }) ?? [] {
            let location = entry["loc"].map { Array($0.elements) } ?? []
            guard location.count > 2, let index = location[2].int64, (0..<Int64(count)).contains(index) else {
                // A fault of the request, not of an event: broken JSON would be ours.
                return .unnamed(fault(.invalidEvent, "Polar refused the request", answer))
            }
            faults[Int(index), default: []].append(Complaint(entry, location))
        }
        guard !faults.isEmpty else { return .unnamed(fault(.invalidEvent, "Polar refused the request", answer)) }
        return .each((0..<count).map { index in faults[index].map(outcome) ?? .resend })
    }

    /// One entry of `detail`. Its `input` repeats the event and is not looked at.
    private struct Complaint {
        let type: String
        let message: String
        let field: String

        init(_ entry: JSONValue, _ location: [JSONValue]) {
            type = entry["type"]?.string ?? ""
            message = entry["msg"]?.string ?? ""
            field = location.dropFirst(3).compactMap { $0.string ?? $0.numberText }.joined(separator: ".")
        }

        /// Polar's clock is behind ours: the event's moment has not come there.
        var isAheadOfTime: Bool { message.contains("Timestamp must be in the past") }
    }

    private static func outcome(_ complaints: [Complaint]) -> Outcome {
        let words = VendorWords.cut(complaints.map { "\($0.field): \($0.message)" })
        if complaints.allSatisfy(\.isAheadOfTime) {
            let fault = DeliveryFault(code: .invalidEvent, message: "Polar's clock is behind the event's timestamp", vendor: words)
            return .retry(fault, after: .delay(.seconds(1)))
        }
        if complaints.contains(where: { $0.type == "organization_token" }) {
            return .park(DeliveryFault(code: .forbidden, message: "the token is of another kind than the requests", vendor: words))
        }
        let isCustomer = complaints.contains { $0.type == "customer_id" || $0.type == "member_id" }
        return .reject(
            DeliveryFault(
                code: isCustomer ? .unknownCustomer : .invalidEvent,
                message: isCustomer ? "Polar does not know the customer or member" : "Polar refused the event",
                vendor: words
            )
        )
    }

    private static func fault(_ code: DeliveryErrorCode, _ message: String, _ answer: VendorAnswer) -> DeliveryFault {
        DeliveryFault(
            code: code,
            message: message,
            vendor: VendorWords.reasons(in: answer, members: ["error", "error_description"])
        )
    }
}
