import Foundation

/// What a list of event names asks for: whose events are counted, and the order.
///
/// Filters and orders: the document of the API, `GET /v1/events/names` (docs/openapi/2026-04.openapi.json in polarsource/polar).
struct PolarNamesQuestion {
    private let customers: [String]
    /// Whether no event can match, because all are of one source and one organization.
    private let isEmpty: Bool
    /// In lower case.
    private let words: String?
    private let sorting: [String]

    init(_ request: SimulatedRequest) {
        func values(_ name: String) -> [String] { request.query.filter { $0.name == name }.map(\.value) }
        func excludes(_ name: String, _ only: String) -> Bool { !values(name).isEmpty && !values(name).contains(only) }
        customers = values("external_customer_id") + values("customer_id").map(PolarQuestion.own)
        isEmpty = excludes("source", "user") || excludes("organization_id", PolarSimulator.organization)
        // Of any length, unlike that of the list of events.
        words = request.parameter("query")?.lowercased()
        sorting = values("sorting")
    }

    /// The names in the order that is asked for; by default the one that occurred last leads.
    func names(in books: Books, at now: Date) -> [Books.Name] {
        guard !isEmpty else { return [] }
        return books.names(ofCustomers: customers, at: now)
            .filter { name in words.map { name.name.lowercased().contains($0) } ?? true }
            .sorted(by: precedes)
    }

    /// By each order in turn; what is equal by all of them is in the order of the names.
    private func precedes(_ one: Books.Name, _ other: Books.Name) -> Bool {
        for word in sorting.isEmpty ? ["-last_seen"] : sorting {
            let isDownward = word.hasPrefix("-")
            let (left, right) = isDownward ? (other, one) : (one, other)
            switch isDownward ? word.dropFirst() : word[...] {
            case "name" where left.name != right.name: return Self.isSmaller(left.name, right.name)
            case "occurrences" where left.count != right.count: return left.count < right.count
            case "first_seen" where left.first != right.first: return left.first < right.first
            case "last_seen" where left.last != right.last: return left.last < right.last
            default: continue
            }
        }
        return Self.isSmaller(one.name, other.name)
    }

    /// Byte for byte, as the analytics store compares.
    private static func isSmaller(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }
}
