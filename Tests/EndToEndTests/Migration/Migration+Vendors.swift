import Foundation
import TestSupport

/// What a test makes at the simulated vendors: customers, subscriptions and metrics.
extension Migration {
    /// Calls a vendor's own API with the gateway's credential.
    @discardableResult
    func post(_ vendor: String, _ path: String, _ body: String) async throws -> [String: Any] {
        let credential = Stage.credentials["E2E_\(vendor.uppercased())"] ?? ""
        let headers = vendor == "flexprice" ? ["x-api-key": credential] : ["Authorization": "Bearer \(credential)"]
        let answer = try await stage.sandbox.post("/\(vendor)\(path)", body, headers: headers)
        guard (200..<300).contains(answer.status) else { throw UnexpectedAnswer(answer: answer) }
        return try answer.object()
    }

    /// A subscription of a customer at Lago, `sub_` and the customer's id.
    /// - Parameter more: further members.
    func subscribe(_ customer: String, _ more: String = "") async throws {
        let body =
            #"{"subscription":{"external_customer_id":"\#(customer)","plan_code":"pro","external_id":"sub_\#(customer)"\#(more)}}"#
        try await post("lago", "/api/v1/subscriptions", body)
    }

    /// A customer at Flexprice.
    func makeFlexpriceCustomer(_ customer: String) async throws {
        try await post("flexprice", "/v1/customers", #"{"external_id":"\#(customer)","name":"\#(customer)"}"#)
    }

    /// A feature at Flexprice that counts events of a name.
    func makeFlexpriceCount(of name: String) async throws {
        let meter =
            #"{"name":"\#(name)","event_name":"\#(name)","aggregation":{"type":"COUNT"},"reset_usage":"BILLING_PERIOD"}"#
        try await post("flexprice", "/v1/features", #"{"name":"\#(name)","type":"metered","meter":\#(meter)}"#)
    }

    /// Adds the migration `to-flexprice` from Lago to the routes, with Flexprice getting nothing yet.
    /// - Parameters:
    ///   - members: further members of the migration.
    ///   - mode: how Flexprice gets events by the file.
    func writeMigration(_ members: [String: Any] = [:], mode: String = "off") throws {
        try writeRoutes(["lago", "flexprice"])
        let data = try Data(contentsOf: stage.routesFile)
        guard var routes = try JSONSerialization.jsonObject(with: data) as? [String: Any],
            var all = (routes["routes"] as? [[String: Any]])?.first, var destinations = all["to"] as? [[String: Any]]
        else { throw CocoaError(.fileReadCorruptFile) }
        destinations[1]["mode"] = mode
        all["to"] = destinations
        routes["routes"] = [all]
        let migration: [String: Any] = ["route": "all", "from": "lago", "to": "flexprice"]
        routes["migrations"] = ["to-flexprice": migration.merging(members) { $1 }]
        try JSONSerialization.data(withJSONObject: routes).write(to: stage.routesFile, options: .atomic)
    }
}
