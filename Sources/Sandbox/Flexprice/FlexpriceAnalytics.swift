import Foundation

/// `POST /v1/events/analytics`: what a customer has used of each feature that a subscription of his sells.
///
/// It reads the table of billing: times in whole seconds, and one row for each customer, second and id, the last one. A quantity that is no
/// number, or is negative, is 0. Source: flexprice/flexprice, internal/ee/service/meter_usage_tracking.go and
/// internal/repository/clickhouse/meter_usage.go.
extension FlexpriceSimulator {
    func analytics(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let body = SandboxJSON(beginning: request.body), body.members != nil else {
            return validationError("Invalid request payload")
        }
        guard let customer = body["external_customer_id"]?.string, !customer.isEmpty else {
            return validationError("Request validation failed")
        }
        let times = ["start_time", "end_time"].compactMap { name in body[name]?.string.map { (name, $0) } }
        guard let window = FlexpriceWindow(Dictionary(times) { $1 }, now) else {
            return validationError("Invalid request payload")
        }
        guard window.start <= window.end else { return validationError("end time must be after start time") }
        let settings = books.settings
        guard let owner = books.customers.find(externalID: customer), !settings.withoutCustomer.contains(customer)
        else {
            return SimulatedAnswer(
                404,
                ["code": "not_found", "message": "customer not found", "http_status_code": 404]
            )
        }
        let wanted = Set(body["feature_ids"]?.array?.compactMap(\.string) ?? [])
        var items: [(json: SandboxJSON, cost: Decimal)] = []
        if !settings.withoutSubscription.contains(customer), let sold = subscription(of: owner, customer) {
            for feature in features where wanted.isEmpty || wanted.contains(feature.id) {
                let tally = tally(feature, of: customer, in: window, sold, now)
                if let item = item(feature, tally, sold, customer) { items.append(item) }
            }
        }
        return SimulatedAnswer(
            200,
            [
                "total_cost": .string("\(items.reduce(Decimal(0)) { $0 + $1.cost })"), "currency": "usd",
                "items": .array(items.map(\.json)),
            ]
        )
    }

    /// The subscription of a customer, by either of its IDs.
    private func subscription(of owner: Records.Record, _ customer: String) -> Records.Record? {
        books.subscriptions.all.first { record in
            record.fields["customer_id"]?.string == owner.id
                || record.fields["external_customer_id"]?.string == customer
        }
    }

    /// Adds up a feature's events of a customer in a window.
    private func tally(
        _ feature: Feature,
        of customer: String,
        in window: FlexpriceWindow,
        _ subscription: Records.Record,
        _ now: Date
    ) -> UsageTally<Decimal> {
        let settings = books.settings
        var tally = UsageTally<Decimal>(feature.kind)
        guard !settings.withoutMetric.contains(feature.eventName) else { return tally }
        var query = BookQuery()
        query.names = [feature.eventName]
        query.customers = [customer]
        // Nothing before the subscription is sold by it.
        query.from = max(window.start * 1000, SandboxTime.milliseconds(Self.start(of: subscription)))
        query.through = window.end * 1000 - 1
        var ids: Set<String> = []
        books.forEach(query, at: now) { row in
            guard row.isBilled, settings.counts(row.entry.at, at: now) else { return }
            // Distinct ids are counted, whatever their times.
            guard let value = Self.metered(row.entry.event["properties"], by: feature),
                feature.kind != .count || ids.insert(row.entry.id).inserted
            else { return }
            tally.add(value.amount, value.text, at: SandboxTime.floored(row.time, by: 1000).quotient)
        }
        return tally
    }

    /// What a feature makes of an event; nil for nothing.
    static func metered(_ properties: SandboxJSON?, by feature: Feature) -> (amount: Decimal, text: String)? {
        let isTaken = feature.filters.allSatisfy { key, values in
            properties?[key].map { values.contains($0.string ?? $0.text) } ?? false
        }
        guard isTaken else { return nil }
        let value = feature.field.flatMap { properties?[$0] }
        return (quantity(value), value?.string ?? value?.text ?? "")
    }

    /// Text is read as a decimal; a number has been a 64-bit float.
    private static func quantity(_ value: SandboxJSON?) -> Decimal {
        let number: Decimal? =
            switch value {
            case .string(let text)?: Double(text) == nil ? nil : Decimal(string: text)
            case .number(let text)?: Double(text).flatMap { Decimal(string: "\($0)") }
            case .null?, .bool?, .array?, .object?, nil: nil
            }
        return max(0, number ?? 0)
    }

    /// Nil for a feature of which nothing was used.
    private func item(
        _ feature: Feature,
        _ tally: UsageTally<Decimal>,
        _ subscription: Records.Record,
        _ customer: String
    )
        -> (json: SandboxJSON, cost: Decimal)?
    {
        guard tally.events > 0 else { return nil }
        let cost = tally.units / 50
        let json: SandboxJSON = [
            "feature_id": .string(feature.id), "meter_id": .string(feature.meter), "name": .string(feature.name),
            "event_name": .string(feature.eventName), "aggregation_type": .string(feature.aggregation),
            "subscription_id": .string(subscription.id),
            "external_customer_id": .string(customer), "total_usage": .string("\(tally.units)"),
            "total_cost": .string("\(cost)"), "currency": "usd", "event_count": .number("\(tally.events)"),
        ]
        return (json, cost)
    }
}
