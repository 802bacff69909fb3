import Foundation
import TestSupport
import Testing

/// How a vendor makes a figure of the property `units` of events.
enum BilledMetric: String, CaseIterable {
    case sum, count, unique, latest, max
}

/// What simulated vendors bill one customer, by their own rules: metrics, meters and features by the names of events.
struct SimulatedBills {
    private let migration: Migration
    /// The vendors' ids of what they bill by, by the events' name and the vendor's.
    private var ids: [String: [String: String]] = [:]

    static let vendors = ["lago", "polar", "flexprice"]

    /// Makes the customer and its subscriptions.
    init(_ stage: Stage, customer: String) async throws {
        migration = Migration(stage: stage)
        let start = Date(timeIntervalSinceNow: -60 * 86_400).ISO8601Format()
        try await migration.subscribe(customer, #","subscription_at":"\#(start)""#)
        try await migration.makeFlexpriceCustomer(customer)
        let subscription =
            #"{"external_customer_id":"\#(customer)","plan_id":"plan_pro","currency":"usd","start_date":"\#(start)"}"#
        try await migration.post("flexprice", "/v1/subscriptions", subscription)
    }

    /// Lets each vendor bill the events of a name. Polar has no meter of the latest value.
    mutating func meter(_ name: String, by metric: BilledMetric) async throws {
        let hasField = metric != .count
        let aggregation = ["unique": "unique_count"][metric.rawValue] ?? metric.rawValue
        let field = hasField ? #","field_name":"units""# : ""
        let code =
            #"{"billable_metric":{"name":"\#(name)","code":"\#(name)","aggregation_type":"\#(aggregation)_agg"\#(field)}}"#
        try await migration.post("lago", "/api/v1/billable_metrics", code)
        ids[name] = ["lago": name]

        let type = metric == .unique ? "COUNT_UNIQUE" : metric.rawValue.uppercased()
        let unit = hasField ? #","field":"units""# : ""
        let meter =
            #"{"name":"\#(name)","event_name":"\#(name)","aggregation":{"type":"\#(type)"\#(unit)},"reset_usage":"BILLING_PERIOD"}"#
        let feature = #"{"name":"\#(name)","type":"metered","meter":\#(meter)}"#
        ids[name]?["flexprice"] = try await migration.post("flexprice", "/v1/features", feature)["id"] as? String

        guard metric != .latest else { return }
        let clause = #"{"property":"name","operator":"eq","value":"\#(name)"}"#
        let property = hasField ? #","property":"units""# : ""
        let polar =
            #"{"name":"\#(name)","aggregation":{"func":"\#(metric)"\#(property)},"#
            + #""filter":{"conjunction":"and","clauses":[\#(clause)]}}"#
        ids[name]?["polar"] = try await migration.post("polar", "/v1/meters/", polar)["id"] as? String
    }

    private func bill(at vendor: String) async throws -> [String: Any] {
        try await migration.stage.sandbox.get("/sandbox/\(vendor)/bill").object()
    }

    /// The billed units of a name, one number a period, oldest first.
    func lines(_ name: String, at vendor: String) async throws -> [Double] {
        guard let id = ids[name]?[vendor] else { return [] }
        let lines = try await bill(at: vendor)["lines"] as? [[String: Any]] ?? []
        return try lines.filter { $0["metric"] as? String == id }
            .map { line in try #require((line["units"] as? String).flatMap { Double($0) }, "\(line)") }
    }

    /// The billed units of a name in all periods.
    func figure(_ name: String, at vendor: String) async throws -> Double {
        try await lines(name, at: vendor).reduce(0, +)
    }

    /// The billed units of a name, by vendor.
    func figures(_ name: String) async throws -> [String: Double] {
        var figures: [String: Double] = [:]
        for vendor in Self.vendors { figures[vendor] = try await figure(name, at: vendor) }
        return figures
    }

    /// How many events came after the end of their period.
    func afterClose(at vendor: String) async throws -> Int? {
        try await bill(at: vendor)["after_close"] as? Int
    }
}
