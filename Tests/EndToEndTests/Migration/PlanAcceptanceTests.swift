import Foundation
import TestSupport
import Testing

/// A plan predicts what the same traffic does under the new file.
@Suite struct PlanAcceptanceTests {
    /// What a plan says of a provider, or what became of events there.
    private struct Outcome: Equatable {
        var events = 0
        var untranslatable = 0
    }

    /// Events that some vendors cannot take: a customer is needed for Lago's subscription.
    private func traffic(_ number: Int) -> String {
        let customer = number.isMultiple(of: 10) ? "" : #""customer_id":"c\#(number % 5)","#
        return #"{"id":"p\#(number)","name":"api_\#(number % 3)",\#(customer)"subscription_id":"s\#(number % 5)","#
            + #""properties":{"nested":{"n":\#(number)},"units":\#(number)}}"#
    }

    private func send(_ migration: Migration, _ count: Int) async throws {
        for number in 0..<count {
            let answer = try await migration.stage.client.post("/v1/events", traffic(number))
            #expect(answer.status == 202, "\(answer.text)")
        }
    }

    @Test func `predicts destinations and what cannot be translated`() async throws {
        try await Migration.set { (migration) async throws in
            let stage = migration.stage
            let count = 120
            let vendors = ["lago", "polar", "flexprice"]
            let file = stage.folder.appending(path: "new-routes.json")
            try migration.writeRoutes(["lago"])
            try migration.writeRoutes(vendors, rename: ["polar": #"{"api_1": "api.one"}"#], to: file)
            var planned: [String: Outcome] = [:]
            try await stage.withGateway { _ async throws in
                try await send(migration, count)
                try await migration.waitForDeliveries(["lago"])
                let received = try await stage.received("polar")
                let result = try await migration.run(["plan", file.path, "--json"])
                #expect(result.code == 0, "\(result.text)")
                let start = try #require(result.text.firstIndex(of: "{"))
                let plan = try JSONSerialization.jsonObject(with: Data(result.text[start...].utf8)) as? [String: Any]
                let report = plan?["result"] as? [String: Any] ?? [:]
                #expect(report["events"] as? Int == count)
                for destination in report["destinations"] as? [[String: Any]] ?? [] {
                    let untranslatable = destination["untranslatable"] as? [String: Any]
                    planned[destination["provider"] as? String ?? ""] = Outcome(
                        events: destination["events"] as? Int ?? -1,
                        untranslatable: untranslatable?["events"] as? Int ?? -1
                    )
                    let isNew = destination["provider"] as? String != "lago"
                    #expect(destination["added"] as? Int == (isNew ? count : 0))
                }
                #expect(try await stage.received("polar") == received, "a plan sends nothing")
            }
            // The same traffic, under that file, to a gateway without a past.
            try migration.writeRoutes(vendors, rename: ["polar": #"{"api_1": "api.one"}"#])
            try FileManager.default.removeItem(at: stage.dataFolder)
            _ = try await stage.sandbox.send("DELETE", "/sandbox")
            try await stage.withGateway { _ async throws in
                try await send(migration, count)
                try await migration.waitForDeliveries(vendors)
                for vendor in vendors {
                    let rejected = try await stage.deliveries(vendor, "rejected").count
                    let billed = try await stage.billed(vendor).count
                    #expect(
                        planned[vendor] == Outcome(events: billed + rejected, untranslatable: rejected),
                        "\(vendor)"
                    )
                }
                #expect(planned.values.contains { $0.untranslatable > 0 }, "some of it cannot be translated")
            }
        }
    }
}
