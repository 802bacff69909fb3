import Foundation
import HTTPTypes

/// `GET /v1/customer-meters/`: what each customer has used of each meter, by receipt and not by the events' timestamps.
///
/// There is one for each customer and meter once the customer has an event of it. The organization sells nothing, so no billing cycle
/// resets a meter. Source: polarsource/polar, server/polar/customer_meter/service.py.
extension PolarSimulator {
    /// Nil for a path that is none of theirs.
    func answerCustomerMeters(_ request: SimulatedRequest, _ now: Date) -> SimulatedAnswer? {
        guard request.method == .get, request.path == "/v1/customer-meters/" else {
            guard request.path == "/v1/customer-meters" else { return nil }
            return SimulatedAnswer(empty: 307, headers: [("Location", "/polar\(request.path)/")])
        }
        do {
            let pages = try PolarPages(request)
            guard let all = customerMeters(request, now) else { return failure(500, retryAfter: nil) }
            return pages.answer(Array(all.dropFirst(pages.skipped).prefix(pages.limit)), total: all.count)
        } catch let error as PolarValidationError {
            return refused([error])
        } catch {
            return failure(500, retryAfter: nil)
        }
    }

    /// The balances of the customers and meters that the query selects; nil if one is infinite, which Python's writer refuses.
    private func customerMeters(_ request: SimulatedRequest, _ now: Date) -> [SandboxJSON]? {
        func wanted(_ name: String) -> Set<String> { Set(request.query.filter { $0.name == name }.map(\.value)) }
        let (meters, own, external) = (wanted("meter_id"), wanted("customer_id"), wanted("external_customer_id"))
        let customers = books.customers.all.filter { customer in
            (own.isEmpty || own.contains(customer.id))
                && (external.isEmpty || customer.externalID.map(external.contains) ?? false)
        }
        let places = Dictionary(customers.map { (PolarQuestion.own($0.id), $0.id) }) { $1 }
            .merging(customers.compactMap { one in one.externalID.map { ($0, one.id) } }) { $1 }
        var shown: [SandboxJSON] = []
        for meter in self.meters where meters.isEmpty || meters.contains(meter.id) {
            let used = units(of: meter, places, now)
            for customer in customers {
                guard let units = used[customer.id]?.units else { continue }
                guard units.isFinite else { return nil }
                shown.append(customerMeter(customer, meter, units, now))
            }
        }
        return shown
    }

    /// By customer.
    /// - Parameter places: customers by what events call them.
    private func units(of meter: Records.Record, _ places: [String: String], _ now: Date)
        -> [String: UsageTally<Double>]
    {
        guard let filter = PolarFilter(meter.fields["filter"] ?? nil),
            let kind = meter.fields["aggregation"]?["func"]?.string.flatMap(UsageKind.init)
        else { return [:] }
        let property = Self.property(of: meter)
        let settings = books.settings
        var tallies: [String: UsageTally<Double>] = [:]
        books.forEach(BookQuery(), at: now) { row in
            let event = row.entry.event
            guard settings.counts(row.entry.at, at: now), let customer = places[PolarQuestion.customer(of: event)],
                filter.takes(event, atSecond: SandboxTime.floored(row.time, by: 1000).quotient)
            else { return }
            guard let (amount, text) = Self.metered(event, property, kind) else { return }
            tallies[customer, default: UsageTally(kind)].add(amount, text, at: row.time)
        }
        return tallies
    }

    private func customerMeter(_ owner: Records.Record, _ meter: Records.Record, _ units: Double, _ now: Date)
        -> SandboxJSON
    {
        let created = SandboxTime.text(max(owner.createdAt, meter.createdAt), decimals: 6)
        return [
            "id": .string(Self.id(of: owner, meter)), "created_at": .string(created),
            "modified_at": .string(SandboxTime.text(now, decimals: 6)), "customer_id": .string(owner.id),
            "meter_id": .string(meter.id), "consumed_units": .number("\(units)"), "credited_units": 0,
            "balance": .number("\(-units)"), "customer": customer(owner), "meter": self.meter(meter),
        ]
    }

    /// The same for the same two: half of each one's UUID.
    private static func id(of customer: Records.Record, _ meter: Records.Record) -> String {
        "\(customer.id.prefix(19))-\(meter.id.suffix(12))"
    }
}
