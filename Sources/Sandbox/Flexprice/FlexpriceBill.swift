import Foundation

/// Flexprice bills a customer with a subscription, in the calendar month of an event's timestamp. An invoice that was computed does not take
/// in what comes later. Source: flexprice/flexprice, internal/ee/service/billing.go.
extension FlexpriceSimulator {
    func bill(_ question: BillQuestion, at now: Date) -> Bill? {
        let owners = Dictionary(books.customers.all.map { ($0.id, $0.externalID ?? "") }) { $1 }
        let subscribed = books.subscriptions.all.compactMap { record -> (String, Int)? in
            let customer =
                record.fields["external_customer_id"]?.string
                ?? record.fields["customer_id"]?.string.flatMap { owners[$0] }
            return customer.map { ($0, SandboxTime.milliseconds(Self.start(of: record))) }
        }
        let starts = Dictionary(subscribed) { min($0, $1) }
        let (features, closings) = (Dictionary(grouping: features, by: \.eventName), books.closings)
        var tally = BillTally<Decimal>()
        var counted: Set<String> = []
        books.forEach(BookQuery(), at: now) { row in
            let event = row.entry.event
            guard row.isBilled, let customer = event["external_customer_id"]?.string, let start = starts[customer],
                start <= row.time, question.takes(customer, at: row.time)
            else { return }
            for feature in features[event["event_name"]?.string ?? ""] ?? [] {
                // Distinct ids are counted, whatever their times.
                guard let value = Self.metered(event["properties"], by: feature),
                    feature.kind != .count || counted.insert("\(feature.id) \(customer) \(row.entry.id)").inserted
                else { continue }
                guard !closings.areOver(row.time, at: row.entry.at) else {
                    tally.afterClose += 1
                    continue
                }
                let second = SandboxTime.floored(row.time, by: 1000).quotient
                let period = (
                    from: Optional(SandboxTime.startOfMonth(second) * 1000),
                    until: Optional(SandboxTime.startOfNextMonth(second) * 1000)
                )
                tally.add(value, of: feature.id, feature.kind, for: customer, in: period, at: row.time)
            }
        }
        return tally.bill { "\($0)" }
    }
}
