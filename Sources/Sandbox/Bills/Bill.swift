import Foundation

/// What of a bill is wanted. Times are in milliseconds since 1970, of the clock by which the vendor bills.
struct BillQuestion: Sendable {
    /// By the application's ids; empty: all.
    var customers: Set<String> = []
    var from = Int.min
    /// Does not belong to it.
    var until = Int.max

    /// Whether the question includes a customer's events of a time.
    func takes(_ customer: String, at time: Int) -> Bool {
        (customers.isEmpty || customers.contains(customer)) && from <= time && time < until
    }

    init() {}

    /// - Throws: ``BadControl`` naming the parameter.
    init(_ query: [(name: String, value: String)]) throws {
        for (name, value) in query {
            switch name {
            case "customer_id": customers.insert(value)
            case "from": from = try Self.time(value, name)
            case "until": until = try Self.time(value, name)
            default: throw BadControl(reason: "unknown parameter \"\(name)\"; there are customer_id, from, until")
            }
        }
    }

    private static func time(_ text: String, _ name: String) throws -> Int {
        guard let time = SandboxTime.exact(text) else {
            throw BadControl(reason: "\(name) must be a time such as 2026-12-01T00:00:00Z")
        }
        return time.milliseconds
    }
}

/// What a customer is billed of one metric in one period.
struct BillLine: Equatable, Sendable {
    let customer: String
    let metric: String
    /// In milliseconds since 1970; nil if the period has no known beginning or end.
    let from: Int?
    let until: Int?
    let units: String
    let events: Int

    var json: SandboxJSON {
        func time(_ time: Int?) -> SandboxJSON { time.map { .string(SandboxTime.text(milliseconds: $0)) } ?? nil }
        return [
            "customer_id": .string(customer), "metric": .string(metric), "from": time(from), "until": time(until),
            "units": .string(units), "events": .number("\(events)"),
        ]
    }
}

/// A vendor's bill.
struct Bill: Equatable, Sendable {
    var lines: [BillLine]
    /// Events that came when their period was closed, and so are on no bill.
    var afterClose: Int
}

/// Adds up a bill by customer, metric and period.
struct BillTally<Number: SignedNumeric & Comparable> {
    /// What amounts are added up by.
    private struct Key: Hashable {
        let customer: String
        let metric: String
        let from: Int?
        let until: Int?
    }

    private var tallies: [Key: UsageTally<Number>] = [:]
    var afterClose = 0

    /// Adds one value to the amount of its customer, metric and period.
    mutating func add(
        _ value: (amount: Number, text: String),
        of metric: String,
        _ kind: UsageKind,
        for customer: String,
        in period: (from: Int?, until: Int?),
        at time: Int,
        removes: Bool = false
    ) {
        let key = Key(customer: customer, metric: metric, from: period.from, until: period.until)
        tallies[key, default: UsageTally(kind)].add(value.amount, value.text, at: time, removes: removes)
    }

    /// By customer, period and metric.
    func bill(_ text: (Number) -> String) -> Bill {
        let lines = tallies.map { key, tally in
            BillLine(
                customer: key.customer,
                metric: key.metric,
                from: key.from,
                until: key.until,
                units: text(tally.units),
                events: tally.events
            )
        }.sorted { ($0.customer, $0.from ?? .min, $0.metric) < ($1.customer, $1.from ?? .min, $1.metric) }
        return Bill(lines: lines, afterClose: afterClose)
    }
}

/// The end of periods: their invoices are final, and what comes later is not on them.
struct Closing: Sendable, Equatable {
    /// When it was closed.
    let at: Date
    /// Periods up to this time, in milliseconds since 1970.
    let until: Int
}

extension [Closing] {
    /// Whether an event of a time came when its period was closed.
    func areOver(_ time: Int, at arrival: Date) -> Bool { contains { time < $0.until && $0.at < arrival } }
}
