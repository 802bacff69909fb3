import Digest
import Events
import Foundation
import JSON

/// Lago's webhooks: once an hour it names events of the last hour that it stored and cannot bill.
///
/// Lago signs with a key of the organization (HMAC) or with the server's own RSA key (JWT); an operator chooses when the endpoint is made.
/// Only HMAC is read here. Source: getlago/lago-api, app/models/webhook.rb, app/services/webhooks/base_service.rb and
/// app/serializers/v1/events_validation_errors_serializer.rb.
struct LagoHook: VendorHook {
    private static let unbilled = "events.errors"

    /// Ids by what Lago calls the reason.
    private static let reasons: [(member: String, reason: UnbilledEvent.Reason)] = [
        ("invalid_code", .noMetric), ("missing_aggregation_property", .unusableProperty),
        // The second one comes from servers that group instead of filtering.
        ("invalid_filter_values", .unusableProperty), ("missing_group_key", .unusableProperty),
    ]

    /// Events that one message can name; Lago's own limit is not known.
    private static let mostEvents = 100_000

    func isSigned(_ body: [UInt8], with key: Secret, _ field: (String) -> String?) -> Bool {
        guard field("X-Lago-Signature-Algorithm")?.lowercased() == "hmac",
            let signature = field("X-Lago-Signature").flatMap({ Data(base64Encoded: $0) })
        else { return false }
        let code = HMAC.code(of: body, key: Array(key.reveal().utf8))
        guard signature.count == code.count else { return false }
        // All bytes are examined, whatever the first ones are.
        return zip(signature, code).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }

    func read(_ body: [UInt8]) -> VendorNotice? {
        guard let root = JSONDocument(ifValid: body)?.root, let type = root["webhook_type"]?.string else { return nil }
        guard type == Self.unbilled else { return .other(type) }
        guard let errors = root["events_errors"], errors.kind == .object else { return nil }
        var events: [UnbilledEvent] = []
        for (member, reason) in Self.reasons {
            guard let ids = errors[member], !ids.isNull else { continue }
            guard ids.kind == .array else { return nil }
            for id in ids.elements.prefix(Self.mostEvents - events.count) {
                guard let id = id.string else { return nil }
                events.append(UnbilledEvent(id: id, reason: reason))
            }
        }
        return .unbilled(events)
    }
}
