import Foundation
import HTTPTypes

/// What a subscription of Lago's has used: in the month that runs, and in those before. Months follow the calendar, or begin on the day on
/// which the subscription did.
///
/// Events count in the month of their timestamp, and not before the subscription's start. Source: getlago/lago-api,
/// app/services/invoices/customer_usage_service.rb and app/services/events/stores/postgres_store.rb.
extension LagoSimulator {
    /// In whole seconds since 1970; the end does not belong to it.
    private struct Period {
        let from: Int
        let until: Int
    }

    /// When a subscription began, which may be before it was made.
    static func start(of subscription: Records.Record) -> Date {
        subscription.fields["subscription_at"]?.string.flatMap(SandboxTime.read) ?? subscription.createdAt
    }

    /// The usage of the current period, or of a past one.
    func currentUsage(of customer: String, _ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard books.customers.find(externalID: customer) != nil else { return notFound("customer_not_found") }
        guard let subscription = subscription(of: customer, request) else {
            return SimulatedAnswer(
                405,
                ["status": 405, "error": "Method Not Allowed", "code": "no_active_subscription"]
            )
        }
        let period = Self.period(containing: SandboxTime.microseconds(now) / 1_000_000, since: subscription)
        return SimulatedAnswer(200, ["customer_usage": usage(of: subscription, in: period, request, now)])
    }

    /// Months that have ended, the latest first.
    func pastUsage(of customer: String, _ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard books.customers.find(externalID: customer) != nil else { return notFound("customer_not_found") }
        guard let subscription = subscription(of: customer, request) else { return notFound("subscription_not_found") }
        let most = request.parameter("periods_count").flatMap { Int($0) } ?? .max
        var periods: [SandboxJSON] = []
        var second = Self.month(containing: SandboxTime.microseconds(now) / 1_000_000, of: subscription).from - 1
        let first = SandboxTime.floored(SandboxTime.microseconds(Self.start(of: subscription)), by: 1_000_000).quotient
        while second >= first, periods.count < most {
            periods.append(
                usage(of: subscription, in: Self.period(containing: second, since: subscription), request, now)
            )
            second = Self.month(containing: second, of: subscription).from - 1
        }
        return list(periods, as: "usage_periods", request)
    }

    private func subscription(of customer: String, _ request: SimulatedRequest) -> Records.Record? {
        guard let id = request.parameter("external_subscription_id"),
            let found = books.subscriptions.find(externalID: id),
            found.fields["external_customer_id"]?.string == customer
        else { return nil }
        return found
    }

    /// The month that contains a second, cut at the start of the subscription.
    private static func period(containing second: Int, since subscription: Records.Record) -> Period {
        let month = month(containing: second, of: subscription)
        return Period(from: max(month.from, startSecond(of: subscription)), until: month.until)
    }

    private static func startSecond(of subscription: Records.Record) -> Int {
        SandboxTime.floored(SandboxTime.microseconds(start(of: subscription)), by: 1_000_000).quotient
    }

    /// A billing month, in whole seconds since 1970; the end does not belong to it.
    static func month(containing second: Int, of subscription: Records.Record) -> (from: Int, until: Int) {
        guard subscription.fields["billing_time"]?.string == "anniversary" else {
            return (SandboxTime.startOfMonth(second), SandboxTime.startOfNextMonth(second))
        }
        return SandboxTime.month(containing: second, anchoredAt: startSecond(of: subscription))
    }

    /// The first and the last second of the period that runs, as Lago shows them.
    static func running(_ subscription: Records.Record, at now: Date) -> (first: String, last: String) {
        let period = period(containing: SandboxTime.microseconds(now) / 1_000_000, since: subscription)
        return (text(period.from), text(period.until - 1))
    }

    private func usage(
        of subscription: Records.Record,
        in period: Period,
        _ request: SimulatedRequest,
        _ now: Date
    ) -> SandboxJSON {
        let wanted = request.parameter("billable_metric_code")
        var charges: [SandboxJSON] = []
        var cents = 0
        for (metric, tally) in tallies(of: subscription, in: period, now)
        where wanted.map({ $0 == metric.code }) ?? true {
            let amount = Self.cents(tally.units)
            cents += amount
            charges.append(Self.charge(metric, tally, cents: amount))
        }
        let end = SandboxTime.text(milliseconds: (period.until - 1) * 1000)
        return [
            "from_datetime": .string(Self.text(period.from)), "to_datetime": .string(Self.text(period.until - 1)),
            "issuing_date": .string(String(end.prefix(10))), "lago_invoice_id": nil, "currency": "EUR",
            "amount_cents": .number("\(cents)"), "projected_amount_cents": .number("\(cents)"),
            "total_amount_cents": .number("\(cents)"), "taxes_amount_cents": 0, "charges_usage": .array(charges),
        ]
    }

    private static func text(_ second: Int) -> String {
        SandboxTime.text(Date(timeIntervalSince1970: Double(second)), decimals: 0)
    }

    private func tallies(of subscription: Records.Record, in period: Period, _ now: Date) -> [(
        metric: Metric, tally: UsageTally<Decimal>
    )] {
        let settings = books.settings
        let known = metrics.filter { !settings.withoutMetric.contains($0.code) }
        var tallies = Dictionary(known.map { ($0.code, ($0, UsageTally<Decimal>($0.kind))) }) { $1 }
        var query = BookQuery()
        query.customers = [subscription.externalID ?? ""]
        query.from = period.from * 1_000_000
        query.through = period.until * 1_000_000 - 1
        books.forEach(query, at: now) { row in
            guard settings.counts(row.entry.at, at: now) else { return }
            let event = row.entry.event
            let code = LagoValidation.text(event["code"]) ?? ""
            guard !settings.withoutMetric.contains(code) else { return }
            var (metric, tally) = tallies[code] ?? (Metric(counting: code), UsageTally(.count))
            guard let value = Self.metered(event, by: metric) else { return }
            tally.add(value.amount, value.text, at: row.time, removes: Self.removes(row.entry.event))
            tallies[code] = (metric, tally)
        }
        return tallies.values.sorted { ($0.0.name, $0.0.code) < ($1.0.name, $1.0.code) }
            .map { (metric: $0.0, tally: $0.1) }
    }

    /// What a metric makes of an event; nil for nothing.
    static func metered(_ event: SandboxJSON, by metric: Metric) -> (amount: Decimal, text: String)? {
        guard let field = metric.field else { return (1, "") }
        guard let text = event["properties"]?[field].flatMap(text) else { return nil }
        let number = decimal(text)
        // What is no plain number is no event of the metric; values that are counted need not be numbers.
        guard metric.kind == .unique || number != nil else { return nil }
        return (number ?? 0, text)
    }

    /// Whether the event takes its value out of a count of different ones. Source: getlago/lago-api,
    /// app/services/events/stores/postgres/unique_count_query.rb.
    static func removes(_ event: SandboxJSON) -> Bool { event["properties"]?["operation_type"]?.string == "remove" }

    /// A value as the store reads it; nil for none.
    private static func text(_ value: SandboxJSON) -> String? {
        switch value {
        case .string(let text), .number(let text): text
        case .bool(let bool): bool ? "true" : "false"
        case .null, .array, .object: nil
        }
    }

    /// Digits with a point at most, and a minus: other spellings of numbers are ignored.
    private static func decimal(_ text: String) -> Decimal? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : Substring(text)
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy { $0.isASCII && $0.isNumber } }) else { return nil }
        return Decimal(string: text)
    }

    /// The price of so many units; 0 for amounts that no bill has.
    private static func cents(_ units: Decimal) -> Int {
        let amount = NSDecimalNumber(decimal: units * 2).doubleValue.rounded(.down)
        // What no bill holds is not priced.
        return (0...1e15).contains(amount) ? Int(amount) : 0
    }

    /// Ruby writes a decimal with a fraction, of zeros too.
    private static func text(_ units: Decimal) -> String {
        let text = "\(units)"
        return text.contains(".") ? text : "\(text).0"
    }

    private static func charge(_ metric: Metric, _ tally: UsageTally<Decimal>, cents: Int) -> SandboxJSON {
        let units = text(tally.units)
        return [
            "units": .string(units), "total_aggregated_units": .string(units), "projected_units": .string(units),
            "events_count": .number("\(tally.events)"), "amount_cents": .number("\(cents)"),
            "projected_amount_cents": .number("\(cents)"), "amount_currency": "EUR",
            "charge": [
                "lago_id": "8a4db0c5-0000-4000-8000-000000000001", "charge_model": "standard",
                "invoice_display_name": nil,
            ],
            "billable_metric": [
                "lago_id": .string(metric.id), "name": .string(metric.name), "code": .string(metric.code),
                "aggregation_type": .string(metric.aggregation),
            ],
            "filters": [], "grouped_usage": [],
        ]
    }
}
