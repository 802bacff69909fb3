import Foundation

/// Flexprice bills a customer with a subscription, in the subscription's month of an event's timestamp. An invoice that was computed does not
/// take in what comes later. Source: flexprice/flexprice, internal/ee/service/billing.go.
extension FlexpriceSimulator {
    func bill(_ question: BillQuestion, at now: Date) -> Bill? {
        let owners = Dictionary(books.customers.all.map { ($0.id, $0.externalID ?? "") }) { $1 }
        let subscribed = books.subscriptions.all.compactMap { record -> (String, Records.Record)? in
            let customer =
                record.fields["external_customer_id"]?.string
                ?? record.fields["customer_id"]?.string.flatMap { owners[$0] }
            return customer.map { ($0, record) }
        }
        let subscriptions = Dictionary(subscribed) { Self.start(of: $1) < Self.start(of: $0) ? $1 : $0 }
        let (features, closings) = (Dictionary(grouping: features, by: \.eventName), books.closings)
        var tally = BillTally<Decimal>()
        var counted: Set<String> = []
        books.forEach(BookQuery(), at: now) { row in
            let event = row.entry.event
            guard row.isBilled, let customer = event["external_customer_id"]?.string,
                let subscription = subscriptions[customer],
                SandboxTime.milliseconds(Self.start(of: subscription)) <= row.time,
                question.takes(customer, at: row.time)
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
                let month = Self.month(containing: second, of: subscription)
                let period = (from: Optional(month.from * 1000), until: Optional(month.until * 1000))
                tally.add(value, of: feature.id, feature.kind, for: customer, in: period, at: row.time)
            }
        }
        return tally.bill { "\($0)" }
    }
}
