import JSON

/// One entry of the `detail` list of a 422: what is wrong with one event, without the data that Polar repeats.
struct PolarFault {
    /// Which event of the request.
    let index: Int
    private let type: String
    private let path: [String]
    private let message: String

    /// The two shapes of an event; an event that fits neither is reported for both.
    private static let shapes = ["EventCreateCustomer", "EventCreateExternalCustomer"]

    /// - Returns: nil if the entry names no event.
    init?(_ detail: JSONValue) {
        guard let loc = detail["loc"], loc.kind == .array else { return nil }
        let places = Array(loc.elements)
        guard places.count >= 3, places[0].string == "body", places[1].string == "events",
            let index = places[2].int64, index >= 0, index < Int64(Int32.max)
        else { return nil }
        self.index = Int(index)
        path = places.dropFirst(3).map { $0.string ?? $0.numberText ?? "?" }.filter { !Self.shapes.contains($0) }
        type = detail["type"]?.string ?? ""
        message = detail["msg"]?.string ?? ""
    }

    /// Field and reason, as in `metadata.region: String should have at most 500 characters`.
    var words: String { "\(path.joined(separator: ".")): \(message)" }

    /// Whether the timestamp is ahead of Polar's clock.
    var isFutureTimestamp: Bool { path == ["timestamp"] && message.contains("in the past") }

    /// Whether the token belongs to a person or an application, so that the event must name an organization.
    var wantsOrganization: Bool { type == "missing" && path == ["organization_id"] }

    /// Whether the token is an organization's own, so that nothing may name an organization beside it.
    var refusesOrganization: Bool { type == "organization_token" }

    /// Whether the customer or member does not exist there.
    var isUnknownCustomer: Bool { type == "customer_id" || type == "member_id" }

    /// Those that tell what is wrong: an event is reported for the shape that it does not have as well, as lacking the other
    /// kind of customer, and most faults are reported twice.
    static func telling(among faults: [PolarFault]) -> [PolarFault] {
        let real = faults.filter {
            !($0.type == "missing" && ["customer_id", "external_customer_id"].contains($0.path.last))
        }
        var seen: Set<String> = []
        return (real.isEmpty ? faults : real).filter { seen.insert($0.words).inserted }
    }
}
