import Events
import JSON

/// What a list of events is asked for: Lago's filters and pages.
struct LagoListQuery {
    private(set) var filter = EventFilter(condition: { $0.subscriptionID != nil })
    let page: Int
    let perPage: Int

    /// Lago has no limit here; a page is held in memory. A smaller page than was asked for would look like all there is.
    private static let largestPage = 1000

    var skip: Int { (page - 1) * perPage }

    init(_ request: DialectRequest) throws(EarlyAnswer) {
        page = Self.count(request, "page", most: 1_000_000_000) ?? 1
        perPage = Self.count(request, "per_page", most: 1_000_000_000) ?? 100
        var faults = readFilters(of: request)
        if perPage > Self.largestPage {
            faults.append(LagoFault(field: "per_page", code: "must_be_at_most_\(Self.largestPage)"))
        }
        guard faults.isEmpty else { throw EarlyAnswer(LagoFacadeErrors.refused(faults)) }
    }

    /// An empty list is at page 0; the page before one past the end is the one below it, which may be past the end too.
    func writeMeta(total: Int, to writer: inout JSONWriter) {
        let pages = (total + perPage - 1) / perPage
        let isEmpty = total == 0
        writer.beginObject()
        writer.member("current_page", integer: isEmpty ? 0 : page)
        writer.key("next_page")
        if page < pages { writer.integer(page + 1) } else { writer.null() }
        writer.key("prev_page")
        if isEmpty || page == 1 { writer.null() } else { writer.integer(page - 1) }
        writer.member("total_pages", integer: pages)
        writer.member("total_count", integer: total)
        writer.endObject()
    }

    /// Reads the filters; of a repeated parameter the last value counts, as in Rails.
    private mutating func readFilters(of request: DialectRequest) -> [LagoFault] {
        var faults: [LagoFault] = []
        if let code = request.parameters("code").last { filter.names = [code] }
        let subscription = request.parameters("external_subscription_id").last
        if let subscription { filter.subscriptionIDs = [subscription] }
        let from = request.parameters("timestamp_from").last
        switch request.parameters("timestamp_from_started_at").last {
        case nil, "false"?: break
        case "true"?:
            if from != nil {
                faults.append(
                    LagoFault(field: "timestamp_from", code: "cannot be used with timestamp_from_started_at")
                )
            } else if subscription?.isEmpty ?? true {
                faults.append(
                    LagoFault(field: "external_subscription_id", code: "required with timestamp_from_started_at")
                )
            } else {
                // Only Lago knows when a subscription began.
                faults.append(LagoFault(field: "timestamp_from_started_at", code: "not_supported_by_the_gateway"))
            }
        default:
            faults.append(LagoFault(field: "timestamp_from_started_at", code: "must be one of: true, false"))
        }
        if let from {
            filter.from = Self.timestamp(from)
            if filter.from == nil { faults.append(LagoFault(field: "timestamp_from", code: "invalid_date")) }
        }
        if let to = request.parameters("timestamp_to").last {
            // Lago's end is inclusive.
            filter.before = Self.timestamp(to).map { $0 + .milliseconds(1) }
            if filter.before == nil { faults.append(LagoFault(field: "timestamp_to", code: "invalid_date")) }
        }
        return faults
    }

    /// Like Ruby's `to_i` and Kaminari: what is no positive number is as if it were not there.
    private static func count(_ request: DialectRequest, _ name: String, most: Int) -> Int? {
        guard let text = request.parameters(name).last else { return nil }
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty else { return nil }
        let count = Int(digits) ?? most
        return count > 0 ? min(count, most) : nil
    }

    /// ISO 8601 as Ruby's `DateTime.iso8601` reads it: a date, or a date with a time; without an offset it is UTC.
    private static func timestamp(_ text: String) -> Timestamp? {
        Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "Z") ?? Timestamp(rfc3339: text + "T00:00:00Z")
    }
}
