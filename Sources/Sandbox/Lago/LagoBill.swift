import Foundation

/// Lago bills by subscription, in the month of an event's timestamp; what comes after the invoice is final is stored and not billed. Events
/// without a subscription that runs at their time are not billed either.
///
/// Source: getlago/lago-api, app/services/events/stores/postgres_store.rb and app/services/invoices/subscription_service.rb.
extension LagoSimulator {
    func bill(_ question: BillQuestion, at now: Date) -> Bill? {
        let subscriptions = Dictionary(books.subscriptions.all.map { ($0.externalID ?? "", $0) }) { $1 }
        let known = Dictionary(metrics.map { ($0.code, $0) }) { $1 }
        let closings = books.closings
        var tally = BillTally<Decimal>()
        books.forEach(BookQuery(), at: now) { row in
            let event = row.entry.event
            guard row.isBilled, let subscription = subscriptions[event["external_subscription_id"]?.string ?? ""],
                let customer = subscription.fields["external_customer_id"]?.string
            else { return }
            let time = SandboxTime.floored(row.time, by: 1000).quotient
            guard question.takes(customer, at: time), Self.runs(subscription, at: time) else { return }
            let code = LagoValidation.text(event["code"]) ?? ""
            let metric = known[code] ?? Metric(counting: code)
            guard let value = Self.metered(event, by: metric) else { return }
            guard !closings.areOver(time, at: row.entry.at) else { return tally.afterClose += 1 }
            let month = Self.month(
                containing: SandboxTime.floored(time, by: 1000).quotient,
                of: subscription
            )
            let period = (from: Optional(month.from * 1000), until: Optional(month.until * 1000))
            let removes = Self.removes(event)
            tally.add(value, of: code, metric.kind, for: customer, in: period, at: row.time, removes: removes)
        }
        return tally.bill { "\($0)" }
    }

    /// - Parameter time: in milliseconds since 1970.
    private static func runs(_ subscription: Records.Record, at time: Int) -> Bool {
        let end = subscription.fields["ending_at"]?.string.flatMap(SandboxTime.read)
        return SandboxTime.milliseconds(start(of: subscription)) <= time
            && (end.map { time < SandboxTime.milliseconds($0) } ?? true)
    }
}
