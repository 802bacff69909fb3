import Foundation
import TestSupport
import Testing

/// `tollgate migrate check` and `tollgate migrate plan`: whether a migration can begin.
@Suite struct MigrationCheckTests {
    private static let customers = (0..<7).map { "c\($0)" }

    private func object(_ text: String) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
    }

    @Test func `says which metrics and customers the new vendor lacks, and is green when it has them`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeMigration()
            try await migration.stage.withGateway { _ async throws in
                try await migration.send(0..<60)
                try await migration.waitForDeliveries(["lago"])
                for customer in Self.customers.dropFirst(2) { try await migration.makeFlexpriceCustomer(customer) }
                try await migration.makeFlexpriceCount(of: "api_0")
                try await migration.subscribe("c1")

                let red = try await migration.run(["migrate", "check", "to-flexprice"])
                #expect(red.code == 1, "\(red.text)")
                #expect(red.text.contains("2 (api_1, api_2) of 3 names without a metric at flexprice"), "\(red.text)")
                #expect(red.text.contains("2 (c0, c1) of 7 customers missing at flexprice"), "\(red.text)")
                #expect(red.text.contains("note: 1 subscription at lago without an end"), "\(red.text)")
                let status = try await migration.run(["migrate", "status", "to-flexprice"])
                #expect(status.text.contains("next: tollgate migrate check to-flexprice"), "\(status.text)")
                #expect(status.text.contains("in its way: customers is red"), "\(status.text)")
                #expect(try await migration.stage.received("flexprice") == 0)

                for customer in Self.customers.prefix(2) { try await migration.makeFlexpriceCustomer(customer) }
                for name in ["api_1", "api_2"] { try await migration.makeFlexpriceCount(of: name) }
                let green = try await migration.run(["migrate", "check", "to-flexprice"])
                #expect(green.code == 0, "\(green.text)")
                let next = try await migration.run(["migrate", "status", "to-flexprice"])
                #expect(next.text.contains("next: tollgate migrate start to-flexprice --stage shadow"), "\(next.text)")
            }
        }
    }

    @Test func `makes a plan on which the next orders can rest, until something is ordered`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeMigration()
            try await migration.stage.withGateway { _ async throws in
                try await migration.send(0..<60)
                let made = try await migration.run(["migrate", "plan", "to-flexprice", "--json"])
                let plan = try object(made.text)
                let id = try #require(plan["id"] as? String)
                let result = try #require(plan["result"] as? [String: Any])
                let destinations = try #require(result["destinations"] as? [[String: Any]])
                let added = destinations.first { $0["provider"] as? String == "flexprice" }?["added"] as? Int
                #expect(added == 60, "\(made.text)")
                let found = try #require(result["migration"] as? [String: Any])
                #expect((found["unknown_customers"] as? [String: Any])?["count"] as? Int == 7)

                let text = try await migration.run(["migrate", "plan", "to-flexprice"])
                #expect(text.code == 0 && text.text.contains("60 added: they did not go there before"), "\(text.text)")
                #expect(text.text.contains("for the migration to-flexprice"), "\(text.text)")

                let start = ["migrate", "start", "to-flexprice", "--stage", "mirror", "--plan", id]
                #expect(try await migration.run(start).code == 0)
                let stale = try await migration.run(["migrate", "hold", "to-flexprice", "--plan", id])
                #expect(stale.code == 1 && stale.text.contains("since the plan \(id) was made"), "\(stale.text)")
                let rival = try await migration.run(["migrate", "plan", "to-flexprice"], key: "rival-key")
                #expect(rival.code == 1)
                let unknown = try await migration.run(["migrate", "check", "to-nowhere"])
                #expect(unknown.code == 1 && unknown.text.contains("no migration \"to-nowhere\""), "\(unknown.text)")
            }
        }
    }

    @Test func `cannot say what a vendor that fails has`() async throws {
        try await Migration.set { (migration) async throws in
            try migration.writeMigration()
            try await migration.stage.withGateway { _ async throws in
                try await migration.send(0..<10)
                try await migration.waitForDeliveries(["lago"])
                try await migration.stage.setFaults("flexprice", #"{"status":{"401":1}}"#)
                let found = try await migration.run(["migrate", "check", "to-flexprice"])
                #expect(found.code == 2, "\(found.text)")
                #expect(found.text.contains("the metrics cannot be read: Flexprice (401)"), "\(found.text)")
            }
        }
    }
}
