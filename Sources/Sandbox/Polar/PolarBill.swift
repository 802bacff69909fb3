import Foundation

/// Polar bills by receipt: an event is in the cycle in which it arrives, whatever its timestamp. A cycle ends when it is closed, and the next
/// one begins. Events without a meter are not billed.
///
/// Source: polarsource/polar, server/polar/customer_meter/service.py.
extension PolarSimulator {
    var billsByReceipt: Bool { true }

    func bill(_ question: BillQuestion, at now: Date) -> Bill? {
        let ends = books.closings.map { SandboxTime.milliseconds($0.at) }.sorted()
        let meters = meters.compactMap { record -> (Records.Record, PolarFilter, UsageKind)? in
            guard let filter = PolarFilter(record.fields["filter"] ?? nil),
                let kind = record.fields["aggregation"]?["func"]?.string.flatMap(UsageKind.init)
            else { return nil }
            return (record, filter, kind)
        }
        var tally = BillTally<Double>()
        books.forEach(BookQuery(), at: now) { row in
            let event = row.entry.event
            let arrival = SandboxTime.milliseconds(row.entry.at)
            guard row.isBilled, let customer = event["external_customer_id"]?.string,
                question.takes(customer, at: arrival)
            else { return }
            let period = (from: ends.last { $0 <= arrival }, until: ends.first { arrival < $0 })
            for (meter, filter, kind) in meters
            where filter.takes(event, atSecond: SandboxTime.floored(row.time, by: 1000).quotient) {
                guard let value = Self.metered(event, Self.property(of: meter), kind) else { continue }
                tally.add(value, of: meter.id, kind, for: customer, in: period, at: row.time)
            }
        }
        return tally.bill { "\($0)" }
    }
}
