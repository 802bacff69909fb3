import Foundation

/// `POST /events/estimate_fees`: each metric below has a price in advance. All others are billed in arrears, so that nothing can be
/// estimated, but for those that there are none of.
extension LagoSimulator {
    /// Prices in cents a unit, by billable metric.
    private static let prices = ["api_request": 2, "compute_seconds": 5, "storage_gb": 10]
    /// Beyond it amounts in cents are no longer exact.
    private static let units: ClosedRange<Double> = -1e12...1e12

    /// The fees that one event would cause; nothing is stored.
    func estimate(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer {
        guard let event = SandboxJSON(request.body)?["event"], event.members?.isEmpty == false else {
            return missingRoot("event")
        }
        guard let id = LagoValidation.text(event["external_subscription_id"]), let subscription = knownSubscription(id),
            Self.status(of: subscription, at: now) == "active"
        else { return notFound("subscription_not_found") }
        if let timestamp = event["timestamp"], !timestamp.isNull, LagoValidation.seconds(timestamp) == nil {
            return refused(["timestamp": ["invalid_format"]])
        }
        let code = LagoValidation.text(event["code"]) ?? ""
        guard !books.settings.withoutMetric.contains(code) else { return notFound("billable_metric_not_found") }
        guard let price = Self.prices[code] else { return refused(["code": ["does_not_match_an_instant_charge"]]) }
        let unitsText = event["properties"]?["units"].flatMap(LagoValidation.text) ?? "1"
        guard let units = Double(unitsText), Self.units.contains(units) else {
            return refused(["properties": ["value_is_not_valid_number"]])
        }
        return SimulatedAnswer(200, ["fees": [fee(code, units: units, unitsText: unitsText, price: price)]])
    }

    private func fee(_ code: String, units: Double, unitsText: String, price: Int) -> SandboxJSON {
        // Safe: the units lie within ``units``.
        let cents = SandboxJSON.number("\(Int((units * Double(price)).rounded()))")
        return [
            "lago_id": nil, "item": ["type": "charge", "code": .string(code), "name": .string(code)],
            "amount_cents": cents, "amount_currency": "EUR", "taxes_amount_cents": 0, "taxes_rate": 0,
            "total_amount_cents": cents, "total_amount_currency": "EUR", "units": .string(unitsText),
            "precise_unit_amount": .string("\(Double(price) / 100)"), "events_count": 1, "created_at": nil,
        ]
    }
}
