import Events
import Journal

/// The parameters of a list of events.
struct ListQuery {
    private let parameters: ListParameters

    static let filterNames: Set<String> = contentNames.union(journalNames)
    /// Filters that depend only on the event, not on its deliveries.
    static let contentNames: Set<String> = [
        "id", "name", "customer_id", "subscription_id", "source", "from", "until", "accepted_from", "accepted_until",
        "client",
    ]
    static let pageNames: Set<String> = ["order", "cursor", "limit"]
    /// Parameters of a page of names.
    static let namePageNames: Set<String> = ["cursor", "limit"]
    /// The provider whose vendor is asked.
    static let provider = "provider"
    /// Filters by what only the journal knows.
    private static let journalNames: Set<String> = ["delivery_status", "delivery_provider"]
    private static let acceptanceNames: Set<String> = ["accepted_from", "accepted_until", "client"]

    /// - Parameters:
    ///   - query: as in the request's target.
    ///   - allowed: the names that the endpoint has.
    /// - Throws: ``Problem`` for a name that the endpoint does not have.
    init(_ query: Substring, allowed: Set<String>) throws(Problem) {
        parameters = try ListParameters(query, allowed: allowed)
    }

    /// The events that the parameters select.
    var filter: EventFilter {
        get throws(Problem) {
            let window = try parameters.window("from", "until")
            return EventFilter(
                ids: parameters.all("id").map { EventID($0) },
                names: parameters.all("name"),
                customerIDs: parameters.all("customer_id"),
                subscriptionIDs: parameters.all("subscription_id"),
                sources: parameters.all("source"),
                from: window.from,
                before: window.until,
                provider: try parameters.single("delivery_provider").map { ProviderName($0) },
                deliveryStatuses: try parameters.choices("delivery_status", as: DeliveryStatus.self),
                condition: try acceptance
            )
        }
    }

    /// The condition of `accepted_from`, `accepted_until` and `client`; nil if none is given.
    private var acceptance: (@Sendable (AcceptedEvent) -> Bool)? {
        get throws(Problem) {
            let window = try parameters.window("accepted_from", "accepted_until")
            let clients = Set(parameters.all("client").map { ClientName($0) })
            guard window.from != nil || window.until != nil || !clients.isEmpty else { return nil }
            return { event in
                (clients.isEmpty || clients.contains(event.client))
                    && (window.from.map { event.acceptedAt >= $0 } ?? true)
                    && (window.until.map { event.acceptedAt < $0 } ?? true)
            }
        }
    }

    var order: EventSearch.Order {
        get throws(Problem) {
            switch try parameters.single("order") {
            case nil, "newest"?: return .newestFirst
            case "oldest"?: return .oldestFirst
            default: throw .badParameter("order", "must be newest or oldest")
            }
        }
    }

    var limit: Int {
        get throws(Problem) { try parameters.limit() }
    }

    /// The size of a page of names: many are needed together, and each is small.
    var nameLimit: Int {
        get throws(Problem) { try parameters.limit(default: ListParameters.largestPage) }
    }

    var cursor: EventCursor? {
        get throws(Problem) {
            try parameters.cursor { text in
                let parts = text.split(separator: "_", omittingEmptySubsequences: false)
                guard parts.count == 2, let milliseconds = Int64(parts[0]), Timestamp.range.contains(milliseconds),
                    let sequence = SequenceNumber(text: parts[1]), sequence > 0
                else { return nil }
                return EventCursor(timestamp: Timestamp(milliseconds: milliseconds), sequence: sequence)
            }
        }
    }

    /// The name after which a page of names begins.
    var nameCursor: String? {
        get throws(Problem) { try parameters.single("cursor") }
    }

    /// Refuses parameters that have no meaning for CSV, which contains everything in the journal that the filter selects.
    func checkForCSV() throws(Problem) {
        try parameters.refusePages()
        guard try provider == nil else {
            throw .badParameter(Self.provider, "reads the vendor, whose events are not available as CSV; leave it out")
        }
    }

    /// Refuses the paging parameters for names in the journal.
    func refuseNamePages() throws(Problem) {
        for name in Self.namePageNames.sorted() where !parameters.all(name).isEmpty {
            throw .badParameter(name, "pages through the gateway's journal; leave out \(Self.provider)")
        }
    }

    /// The provider whose vendor is asked; nil for the journal.
    var provider: ProviderName? {
        get throws(Problem) { try parameters.single(Self.provider).map { ProviderName($0) } }
    }

    /// The same query for a vendor.
    var vendorQuery: VendorListQuery {
        get throws(Problem) {
            for name in Self.journalNames.union(Self.acceptanceNames).sorted() where !parameters.all(name).isEmpty {
                throw .badParameter(
                    name,
                    "filters by what only the gateway's journal knows; leave out \(Self.provider)"
                )
            }
            return VendorListQuery(
                filter: try filter,
                order: try order,
                limit: try limit,
                cursor: try parameters.single("cursor")
            )
        }
    }

    /// The position after which to continue, as a stream's message had it.
    static func position(_ text: String) throws(Problem) -> JournalPosition {
        guard let position = JournalPosition(text) else {
            throw .badParameter("Last-Event-ID", "must be the id of the last message received")
        }
        return position
    }

    /// A cursor's text for clients.
    static func text(_ cursor: EventCursor) -> String {
        "\(cursor.timestamp.milliseconds)_\(cursor.sequence.rawValue)"
    }
}
