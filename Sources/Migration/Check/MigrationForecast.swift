package import Events
import Routing

/// Whether a migration can begin, or go on: what its recorded events and its vendors say, each with its figure.
package struct MigrationForecast: Sendable, Equatable {
    /// Names, customers or subscriptions, of which the first are listed.
    package struct Listed: Sendable, Equatable {
        package let count: Int
        package let first: [String]

        static let most = 100

        init(_ all: [String]) {
            count = all.count
            first = Array(all.prefix(Self.most))
        }

        /// `3 (a, b, c)`
        var text: String {
            guard count > 0 else { return "0" }
            let shown = first.prefix(5).joined(separator: ", ")
            return count > 5 ? "\(count) (\(shown), …)" : "\(count) (\(shown))"
        }
    }

    package let name: MigrationName
    package let events: Int
    package let customers: Int
    /// Whether there are more names or customers than were examined.
    package let isExceeded: Bool
    /// Event names for which the new provider has no metric; nil if that is not known.
    package let namesWithoutMetric: Listed?
    /// Customers that the new provider does not have, or for whom it has no subscription; nil if that is not known.
    package let unknownCustomers: Listed?
    /// Customers with two providers of record in one billing period.
    package let twiceOfRecord: Listed
    /// Subscriptions at the old provider that go on after their customers have moved; nil if that is not known.
    package let remainingSubscriptions: Listed?
    /// Late usage of the last full periods, if the old provider's vendor bills by receipt.
    package let late: LateUsage?
    /// What must hold to begin.
    package let conditions: [StageCondition]
    /// What is good to know before.
    package let notes: [String]

    /// - Parameter report: of the same events, for the new provider's requests.
    package init(_ preview: MigrationPreview, _ survey: VendorSurvey, _ report: RoutesPreviewReport) {
        name = preview.migration.name
        events = preview.events
        customers = preview.customers.count
        isExceeded = preview.isExceeded
        let judge = MigrationJudge(preview, survey, report)
        namesWithoutMetric = judge.namesWithoutMetric
        unknownCustomers = judge.unknownCustomers
        twiceOfRecord = judge.twiceOfRecord
        remainingSubscriptions = judge.remainingSubscriptions
        late = preview.late
        conditions = judge.conditions
        notes = judge.notes
    }
}
