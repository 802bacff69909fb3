import Events
import OfRecord
import Routing

/// Makes conditions of what recorded events and vendors say.
struct MigrationJudge {
    private let preview: MigrationPreview
    private let survey: VendorSurvey
    private let destination: DestinationPreview?
    let namesWithoutMetric: MigrationForecast.Listed?
    let unknownCustomers: MigrationForecast.Listed?
    let twiceOfRecord: MigrationForecast.Listed
    let remainingSubscriptions: MigrationForecast.Listed?

    init(_ preview: MigrationPreview, _ survey: VendorSurvey, _ report: RoutesPreviewReport) {
        self.preview = preview
        self.survey = survey
        destination = report.destinations.first { $0.provider == preview.migration.to }
        namesWithoutMetric = Self.namesWithoutMetric(preview, survey)
        unknownCustomers = Self.unknownCustomers(preview, survey)
        twiceOfRecord = MigrationForecast.Listed(preview.twiceOfRecord.map(\.rawValue))
        remainingSubscriptions = Self.remainingSubscriptions(preview, survey)
    }

    private static func namesWithoutMetric(_ preview: MigrationPreview, _ survey: VendorSurvey)
        -> MigrationForecast.Listed?
    {
        guard case .known(let metrics) = survey.metrics else { return nil }
        // A metric that is not distinguished by one name may take any.
        if metrics.contains(where: { $0.eventName == nil }) { return MigrationForecast.Listed([]) }
        let known = Set(metrics.compactMap { $0.eventName?.exact })
        let unknown = preview.names.filter { !known.contains($0.value.sent.exact) }
        return MigrationForecast.Listed(unknown.keys.sorted().map(\.rawValue))
    }

    private static func unknownCustomers(_ preview: MigrationPreview, _ survey: VendorSurvey)
        -> MigrationForecast.Listed?
    {
        func ids(_ answer: VendorSurvey.Answer<Set<ExactText>>, isNeeded: Bool) -> Set<ExactText>? {
            switch answer {
            case .known(let ids): ids
            case .unreadable, .notAsked: isNeeded ? nil : []
            }
        }
        guard let customers = ids(survey.customers, isNeeded: preview.needs.customers),
            let subscriptions = ids(survey.subscriptions, isNeeded: preview.needs.subscriptions)
        else { return nil }
        let unknown = preview.customers.filter { _, owner in
            guard let owner else { return false }
            if let id = owner.customerID { return !customers.contains(id.exact) }
            return owner.subscriptionID.map { !subscriptions.contains($0.exact) } ?? false
        }
        return MigrationForecast.Listed(unknown.keys.map(\.rawValue).sorted())
    }

    /// Of customers that the log moves.
    private static func remainingSubscriptions(_ preview: MigrationPreview, _ survey: VendorSurvey)
        -> MigrationForecast.Listed?
    {
        guard case .known(let subscriptions) = survey.oldSubscriptions else { return nil }
        let remaining = subscriptions.filter { subscription in
            guard let customer = subscription.customerID,
                let move = preview.migration.changes(of: CustomerID(customer), by: preview.log).last
            else { return false }
            guard preview.migration.isOfRecordAtNew(CustomerID(customer), at: move, by: preview.log) else {
                return false
            }
            return subscription.endsAt.map { move < $0 } ?? true
        }
        return MigrationForecast.Listed(remaining.map(\.id).sorted())
    }

    // MARK: - Conditions

    var conditions: [StageCondition] {
        [metrics, customers, rate, untranslatable, billedTwice] + (subscriptions.map { [$0] } ?? [])
    }

    private var noEvents: String { "no event of the route \(preview.migration.route) in the window" }

    private var metrics: StageCondition {
        guard let names = namesWithoutMetric else {
            return StageCondition("metrics", .unknown, Self.reason(survey.metrics, "metrics"))
        }
        guard preview.events > 0 else { return StageCondition("metrics", .unknown, noEvents) }
        guard !preview.hasMoreNames || names.count > 0 || takesAnyName else {
            let text = "none of the first \(preview.names.count) is without a metric; there are more"
            return StageCondition("metrics", .unknown, text)
        }
        let text =
            "\(names.text) of \(Self.counted(preview.names.count, "name")) without a metric at \(preview.migration.to)"
        return StageCondition("metrics", names.count == 0 ? .green : .red, text)
    }

    /// Whether the new provider has a metric that is not distinguished by one name.
    private var takesAnyName: Bool {
        if case .known(let metrics) = survey.metrics { metrics.contains { $0.eventName == nil } } else { false }
    }

    private var customers: StageCondition {
        guard let unknown = unknownCustomers else {
            let reason =
                preview.needs.customers
                ? Self.reason(survey.customers, "customers") : Self.reason(survey.subscriptions, "subscriptions")
            return StageCondition("customers", .unknown, reason)
        }
        guard preview.events > 0 else { return StageCondition("customers", .unknown, noEvents) }
        guard !preview.hasMoreCustomers || unknown.count > 0 else {
            let text = "none of the first \(preview.customers.count) is missing; there are more"
            return StageCondition("customers", .unknown, text)
        }
        guard preview.customers.values.contains(where: { $0 != nil }) else {
            return StageCondition("customers", .unknown, "\(preview.migration.to) does not show its customers")
        }
        let all = Self.counted(preview.customers.count, "customer")
        let text = "\(unknown.text) of \(all) missing at \(preview.migration.to)"
        return StageCondition("customers", unknown.count == 0 ? .green : .red, text)
    }

    private var rate: StageCondition {
        guard let peak = destination?.peak else { return StageCondition("rate", .unknown, noEvents) }
        let text = "\(Self.counted(peak.requests, "request")) in the busiest minute"
        guard let limit = peak.limit else { return StageCondition("rate", .green, "\(text); no limit") }
        return StageCondition("rate", peak.requests <= limit ? .green : .red, "\(text), at most \(limit)")
    }

    private var untranslatable: StageCondition {
        guard let destination, destination.translated > 0 else {
            return StageCondition("untranslatable", .unknown, noEvents)
        }
        let (bad, all) = (destination.untranslatable.count, destination.translated)
        return StageCondition(
            "untranslatable",
            bad == 0 ? .green : .red,
            "\(bad) of \(Self.counted(all, "event")); needed: none"
        )
    }

    private var billedTwice: StageCondition {
        StageCondition(
            "two_of_record",
            twiceOfRecord.count == 0 ? .green : .red,
            "\(twiceOfRecord.text) with two providers of record in a period; needed: none"
        )
    }

    /// Nil as long as nobody moves.
    private var subscriptions: StageCondition? {
        guard !preview.migration.record(by: preview.log).isUnused else { return nil }
        guard let remaining = remainingSubscriptions else {
            return StageCondition("subscriptions", .unknown, Self.reason(survey.oldSubscriptions, "subscriptions"))
        }
        let text = "\(remaining.text) at \(preview.migration.from) go on after the customer's move; needed: none"
        return StageCondition("subscriptions", remaining.count == 0 ? .green : .red, text)
    }

    private static func reason(_ answer: VendorSurvey.Answer<some Sendable>, _ what: String) -> String {
        switch answer {
        case .unreadable(let reason): "the \(what) cannot be read: \(reason)"
        case .known, .notAsked: "the \(what) were not read"
        }
    }

    private static func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    // MARK: - Notes

    var notes: [String] {
        var notes: [String] = []
        for provider in [preview.oldProvider, preview.newProvider].compactMap(\.self) where !Self.canFind(provider) {
            notes.append(
                "\(provider.traits.vendor) shows no events: deliveries to \(provider.name) with unknown outcome stay "
                    + "uncertain until somebody decides, and nothing can be compared there"
            )
        }
        if preview.lacksIDProperty, let vendor = preview.newProvider?.traits.vendor {
            notes.append(
                "\(vendor) does not show the ids of events: set \"\(MigrationPreview.idProperty)\" for "
                    + "\(preview.migration.to) on the route \(preview.migration.route), so that comparisons find each event"
            )
        }
        if case .known(let subscriptions) = survey.oldSubscriptions, preview.migration.record(by: preview.log).isUnused
        {
            let running = subscriptions.count { $0.endsAt == nil }
            notes.append(
                "\(Self.counted(running, "subscription")) at \(preview.migration.from) without an end; end each when its "
                    + "customer moves"
            )
        }
        if let late = preview.late, late.lateEvents > 0 {
            notes.append(
                "\(late.lateEvents) of \(Self.counted(late.events, "event")) of the last periods came after their end; "
                    + "\(preview.migration.from) bills by receipt, so such events are on nobody's bill once it has ended"
            )
        }
        return notes
    }

    private static func canFind(_ provider: ProviderConfiguration) -> Bool {
        provider.adapter.reader?.abilities.contains(.find) ?? false
    }
}
