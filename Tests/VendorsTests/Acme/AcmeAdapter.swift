import Events
import JSON

@testable import Vendors

/// A vendor that there is not, different from the others in what they have in common: a form instead of JSON, PUT instead of POST, and a
/// setting named as another vendor's that takes another kind of value.
struct AcmeAdapter: Adapter {
    static let vendor = "Acme"
    static let name: AdapterName = "acme"
    static let form = "application/x-www-form-urlencoded"

    let traits = VendorTraits(
        adapter: name,
        vendor: vendor,
        api: VendorAPI(
            defaultBaseURL: "https://api.acme.example",
            pathPrefix: "/v1",
            credential: .header(name: "Authorization", prefix: "Bearer ")
        ),
        requests: RequestTraits(
            batch: BatchLimit(events: 1, bytes: 1 << 16),
            deduplication: .byIdentity(memory: .seconds(86_400))
        ),
        settings: AcmeSettings.fields,
        ignoredFields: ["source", "subscription_id"]
    )

    func prepare(_ settings: DestinationSettings) -> AcmeSettings { AcmeSettings(settings) }

    func translate(_ event: AcceptedEvent, for destination: PreparedDestination<AcmeSettings>) throws(Untranslatable)
        -> TranslatedEvent
    {
        _ = try VendorFields(of: event, for: Self.name, known: [])
        let id = EventIdentity.unscoped(event, prefix: destination.settings.idPrefix)
        let customer = try event.customer(or: nil, for: Self.vendor)
        var fields = [
            ("identifier", id), ("event_name", destination.name(for: event.name)), ("customer", customer),
            ("timestamp", event.timestamp.unixSeconds),
        ]
        if destination.settings.isNested, let properties = event.properties {
            fields.append(("payload", String(decoding: properties.bytes, as: UTF8.self)))
        }
        let body = fields.map { "\($0)=\(PercentEncoding.encoded($1))" }.joined(separator: "&")
        return TranslatedEvent(bytes: Array(body.utf8), identity: id)
    }

    func request(carrying events: [TranslatedEvent]) -> VendorRequest {
        VendorRequest(method: "PUT", path: "/v1/meter_events", contentType: Self.form, body: events[0].bytes)
    }

    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict {
        let table = StatusTable(vendor: Self.vendor, answer: answer, events: events.count) { $0["message"]?.string }
        guard answer.status == 200, table.root?["object"]?.string == "meter_event" else { return table.verdict }
        return .all(.delivered(deduplicated: false))
    }
}

/// What an Acme destination may be told in `routes.json`.
struct AcmeSettings: Sendable {
    let isNested: Bool
    let idPrefix: String?

    static let fields: [SettingField] = [
        SettingField(
            name: "nested",
            kind: .flag,
            default: .flag(true),
            summary: "Whether properties are sent, as JSON text."
        ),
        .idPrefix,
    ]

    init(_ settings: DestinationSettings) {
        isNested = settings.flag("nested")
        idPrefix = settings.text("id_prefix")
    }
}
