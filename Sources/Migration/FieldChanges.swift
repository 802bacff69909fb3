package import Events

/// The fields that would be different in a vendor's events, each with a count and one example.
package struct FieldChanges: Sendable, Equatable {
    /// One field.
    package struct Field: Sendable, Equatable {
        package fileprivate(set) var count: Int
        /// The first event that differs in it, with the values before and after.
        package let example: EventID
        package let before: String?
        package let after: String?
    }

    private var fields: [String: Field] = [:]
    /// Differences in fields beyond the limit.
    package private(set) var others = 0

    package static let mostFields = 100

    package init() {}

    mutating func add(_ difference: FieldDifference, in event: EventID) {
        if fields[difference.path] != nil {
            fields[difference.path]?.count += 1
        } else if fields.count < Self.mostFields {
            fields[difference.path] = Field(
                count: 1,
                example: event,
                before: difference.before,
                after: difference.after
            )
        } else {
            others += 1
        }
    }

    /// The fields, most frequent first.
    package var mostFrequentFirst: [(path: String, field: Field)] {
        fields.map { (path: $0.key, field: $0.value) }
            .sorted { ($1.field.count, $0.path) < ($0.field.count, $1.path) }
    }
}
