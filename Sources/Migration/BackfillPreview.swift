package import Events
package import Journal
package import Routing

/// Counts what a backfill would send to one account, and what it would leave. Nothing is sent or stored; memory is bounded.
package struct BackfillPreview: Sendable {
    /// Why an event that the filter takes is not the backfill's.
    package enum Reason: String, Sendable, CaseIterable {
        /// It was accepted for the provider: its own delivery brings it there.
        case live = "delivered_live"
        /// Another backfill has an outcome for it.
        case backfilled = "earlier_backfill"
        /// The routes would not send it to the provider.
        case routes = "not_routed"
    }

    /// The account.
    package let provider: ProviderName
    private let membership: any LaneMembership
    private var translator: Translator
    private let limit: RateLimit?
    private let percent: Double
    private var customers = DistinctCount()
    private var numbers = CustomerNumbers()
    private var requests: RequestCount
    private var untranslatable = GroupedCount<UntranslatableReason>()
    private var notTaken: [Reason: Int] = [:]
    private var taken = 0
    private var first: Timestamp?
    private var last: Timestamp?

    /// - Parameters:
    ///   - membership: its filter takes every event that is added.
    ///   - percent: of the provider's rate limit.
    package init(to provider: ProviderConfiguration, taking membership: any LaneMembership, percent: Double) {
        self.provider = provider.name
        self.membership = membership
        self.percent = percent
        limit = provider.pipeline.rateLimit
        requests = RequestCount(batch: provider.pipeline.batch)
        translator = Translator(provider.adapter)
    }

    /// Adds an event that the filter takes.
    /// - Parameter deliveries: its outcome; empty if there was no backfill to the provider before.
    package mutating func add(_ event: AcceptedEvent, _ deliveries: [Delivery]) {
        guard event.isOpenToLanes(of: provider) else { return notTaken[.live, default: 0] += 1 }
        guard let destination = membership.destination(for: event) else { return notTaken[.routes, default: 0] += 1 }
        let isFilled = deliveries.contains { $0.provider == provider && $0.mode != .shadow && $0.status != .pending }
        if isFilled { return notTaken[.backfilled, default: 0] += 1 }
        taken += 1
        first = min(first ?? event.timestamp, event.timestamp)
        last = max(last ?? event.timestamp, event.timestamp)
        customers.add(numbers.number(of: event.customerID ?? event.subscriptionID ?? ""))
        do throws(Untranslatable) {
            requests.add(bytes: try translator.translate(event, for: destination).bytes.count)
        } catch {
            untranslatable.add(event.id, to: UntranslatableReason(field: error.field, message: error.message))
        }
    }

    /// The result so far.
    package var report: BackfillForecast {
        BackfillForecast(
            provider: provider,
            events: taken,
            customers: customers,
            requests: requests.requests,
            duration: limit.map { Self.duration(of: requests.requests, within: $0, percent) },
            first: first,
            last: last,
            untranslatable: untranslatable,
            notTaken: notTaken
        )
    }

    private static func duration(of requests: Int, within limit: RateLimit, _ percent: Double) -> Duration {
        let seconds = Double(requests) * (limit.per / .seconds(1)) / Double(limit.requests) * 100 / max(percent, 0.01)
        return .milliseconds(Int64(min(seconds, 1e12) * 1000))
    }
}

/// What a backfill would do.
package struct BackfillForecast: Sendable, Equatable {
    package let provider: ProviderName
    /// Events that it would take, those included that cannot be translated.
    package let events: Int
    package let customers: DistinctCount
    package let requests: Int
    /// At its rate; nil where there is no limit, and the vendor's speed decides.
    package let duration: Duration?
    /// The earliest and the latest timestamp of the events.
    package let first: Timestamp?
    package let last: Timestamp?
    package let untranslatable: GroupedCount<UntranslatableReason>
    package let notTaken: [BackfillPreview.Reason: Int]
}
