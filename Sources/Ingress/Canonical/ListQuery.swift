import Events
import Journal

/// The parameters of a list of events. Each is checked; one that does not exist is refused, because a filter that is ignored gives wrong
/// answers.
struct ListQuery {
    private let values: [(name: String, value: String)]

    static let filterNames: Set<String> = [
        "id", "name", "customer_id", "subscription_id", "source", "start", "end", "delivery_status",
        "delivery_provider",
    ]
    /// Those that an event alone answers, whatever became of it.
    static let contentNames = filterNames.subtracting(journalNames)
    static let pageNames: Set<String> = ["order", "cursor", "limit"]
    /// Those of a page of names.
    static let namePageNames: Set<String> = ["cursor", "limit"]
    /// The names of the vendor to ask, and of what only the journal knows.
    static let provider = "provider"
    private static let journalNames = ["delivery_status", "delivery_provider"]
    private static let largestPage = 1000

    /// - Parameter allowed: the names that the endpoint takes.
    /// - Throws: ``Problem`` at one that it does not.
    init(_ values: [(name: String, value: String)], allowed: Set<String>) throws(Problem) {
        for (name, _) in values where !allowed.contains(name) {
            let hint = Suggestion.closest(to: name, among: allowed.sorted()).map { " (did you mean \"\($0)\"?)" } ?? ""
            throw .badParameter(
                name,
                "is no parameter here\(hint); there are \(allowed.sorted().joined(separator: ", "))"
            )
        }
        self.values = values
    }

    private func all(_ name: String) -> [String] {
        values.filter { $0.name == name }.map(\.value)
    }

    private func single(_ name: String) throws(Problem) -> String? {
        let all = all(name)
        guard all.count <= 1 else { throw .badParameter(name, "is given more than once") }
        return all.first
    }

    /// Which events; a name that stands several times means any of its values.
    var filter: EventFilter {
        get throws(Problem) {
            var statuses: Set<DeliveryStatus> = []
            for word in all("delivery_status") {
                guard let status = DeliveryStatus(rawValue: word) else {
                    let words = DeliveryStatus.allCases.map(\.rawValue).joined(separator: ", ")
                    throw .badParameter("delivery_status", "is one of \(words)")
                }
                statuses.insert(status)
            }
            return EventFilter(
                ids: all("id").map { EventID($0) },
                names: all("name"),
                customerIDs: all("customer_id"),
                subscriptionIDs: all("subscription_id"),
                sources: all("source"),
                from: try moment("start"),
                before: try moment("end"),
                provider: try single("delivery_provider").map { ProviderName($0) },
                deliveryStatuses: statuses
            )
        }
    }

    private func moment(_ name: String) throws(Problem) -> Timestamp? {
        guard let text = try single(name) else { return nil }
        guard let moment = Timestamp(lenient: text) ?? Timestamp(unixSeconds: text) else {
            throw .badParameter(name, Self.timestampRule(text))
        }
        return moment
    }

    /// What is wrong with a timestamp in a query: most often that a plus sign, written as it is, means a space there.
    static func timestampRule(_ text: String) -> String {
        let rule = "is a timestamp such as 2024-03-20T15:04:05Z, or Unix seconds"
        let shown = "\(rule), found \"\(text.prefix(60))\""
        guard let space = text.lastIndex(of: " "),
            Timestamp(lenient: text.replacingCharacters(at: space, with: "+")) != nil
        else { return shown }
        return "\(shown); write + as %2B in a query, or use Z"
    }

    var order: EventSearch.Order {
        get throws(Problem) {
            switch try single("order") {
            case nil, "newest"?: return .newestFirst
            case "oldest"?: return .oldestFirst
            default: throw .badParameter("order", "is newest or oldest")
            }
        }
    }

    var limit: Int {
        get throws(Problem) { try limit(else: 100) }
    }

    /// The most names of a page: many are needed together, and each is small.
    var nameLimit: Int {
        get throws(Problem) { try limit(else: Self.largestPage) }
    }

    private func limit(else standard: Int) throws(Problem) -> Int {
        guard let text = try single("limit") else { return standard }
        guard let limit = Int(text), (1...Self.largestPage).contains(limit) else {
            throw .badParameter("limit", "is a whole number from 1 to \(Self.largestPage)")
        }
        return limit
    }

    var cursor: EventCursor? {
        get throws(Problem) {
            guard let text = try single("cursor") else { return nil }
            let parts = text.split(separator: "_", omittingEmptySubsequences: false)
            guard parts.count == 2, let milliseconds = Int64(parts[0]), Timestamp.range.contains(milliseconds),
                let sequence = SequenceNumber(text: parts[1]), sequence > 0
            else {
                throw .badParameter("cursor", "is what an earlier page gave as next_cursor")
            }
            return EventCursor(
                timestamp: Timestamp(milliseconds: milliseconds),
                sequence: sequence
            )
        }
    }

    /// The name behind which a page of names begins.
    var nameCursor: String? {
        get throws(Problem) { try single("cursor") }
    }

    /// Refuses what a page of names takes from the journal only.
    func refuseNamePages() throws(Problem) {
        for name in Self.namePageNames where !all(name).isEmpty {
            throw .badParameter(name, "pages through the gateway's journal; leave out \(Self.provider)")
        }
    }

    /// The vendor account that is asked; nil: the journal.
    var provider: ProviderName? {
        get throws(Problem) { try single(Self.provider).map { ProviderName($0) } }
    }

    /// The same question for a vendor.
    var vendorQuery: VendorListQuery {
        get throws(Problem) {
            for name in Self.journalNames where !all(name).isEmpty {
                throw .badParameter(name, "asks for what the gateway's journal knows; leave out \(Self.provider)")
            }
            return VendorListQuery(filter: try filter, order: try order, limit: try limit, cursor: try single("cursor"))
        }
    }

    /// Where to continue, as a stream's message had it.
    static func position(_ text: String) throws(Problem) -> JournalPosition {
        guard let position = JournalPosition(text) else {
            throw .badParameter("Last-Event-ID", "must be the id of the last message that the stream sent")
        }
        return position
    }

    /// A cursor as clients see it.
    static func text(_ cursor: EventCursor) -> String {
        "\(cursor.timestamp.milliseconds)_\(cursor.sequence.rawValue)"
    }
}

extension String {
    fileprivate func replacingCharacters(at index: Index, with text: String) -> String {
        self[..<index] + text + self[self.index(after: index)...]
    }
}
