import Foundation
import TestSupport
import Testing

/// Deliveries of which nobody knows whether they arrived are looked up at the vendor before a person is asked.
@Suite struct UnknownOutcomeTests {
    /// - Parameter more: further members of each provider.
    private func withVendors(_ more: String = "", _ body: (Stage) async throws -> Void) async throws {
        try await Stage.set { (stage) async throws in
            try stage.writeRoutes(retry: #"{"base":"50ms","cap":"100ms","give_up_after":"1s"}"#)
            var text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            for vendor in ["lago", "polar", "flexprice"] {
                text = text.replacing(
                    #""adapter": "\#(vendor)""#,
                    with: #""adapter": "\#(vendor)", "reads": {"lag": "500ms"}\#(more)"#
                )
            }
            try Data(text.utf8).write(to: stage.routesFile)
            try await stage.withGateway { _ async throws in try await body(stage) }
        }
    }

    private func delivery(_ stage: Stage, _ id: String, at provider: String) async throws -> [String: Any] {
        let deliveries = try await stage.client.get("/v1/events/\(id)").object()["deliveries"] as? [[String: Any]] ?? []
        return deliveries.first { $0["provider"] as? String == provider } ?? [:]
    }

    private func lastAttempt(_ delivery: [String: Any]) -> (kind: String?, code: String?) {
        let last = (delivery["history"] as? [[String: Any]])?.last
        return (last?["kind"] as? String, (last?["error"] as? [String: Any])?["code"] as? String)
    }

    private func send(_ stage: Stage, _ id: String) async throws {
        let event = #"{"id":"\#(id)","name":"api","customer_id":"c1","properties":{"units":7,"kind":"a"}}"#
        #expect(try await stage.client.post("/v1/events", event).status == 202)
    }

    @Test(arguments: ["lago", "polar", "flexprice"])
    func `finds what a vendor has accepted before it hung up, and asks nobody`(vendor: String) async throws {
        try await withVendors { (stage) async throws in
            try await stage.setFaults(vendor, #"{"reset_after":1}"#)
            try await send(stage, "e")
            try await waitUntil("the delivery has failed for good") {
                try await stage.statuses(of: "e")[vendor] == "rejected"
            }
            #expect(try await delivery(stage, "e", at: vendor)["status"] as? String == "rejected")
            try await stage.setFaults(vendor, "{}")
            try await waitUntil("the vendor was looked at") {
                try await stage.statuses(of: "e")[vendor] == "delivered"
            }
            let found = try await delivery(stage, "e", at: vendor)
            #expect(lastAttempt(found) == ("probe", "found_at_vendor"), "\(found)")
            #expect(found["error"] is NSNull, "\(found)")
            #expect(try await stage.billed(vendor) == ["e"])
            let received = try await stage.received(vendor)
            #expect(try await stage.deliveries(vendor, "rejected").isEmpty)
            #expect(try await stage.received(vendor) == received, "nothing was sent again")
        }
    }

    @Test func `says that a vendor does not have an event, and a person sends it again`() async throws {
        try await withVendors { (stage) async throws in
            try await stage.setFaults("flexprice", #"{"reset_before":1}"#)
            try await send(stage, "e")
            try await waitUntil("the delivery has failed for good") {
                try await stage.statuses(of: "e")["flexprice"] == "rejected"
            }
            try await stage.setFaults("flexprice", "{}")
            try await waitUntil("the vendor was looked at") {
                lastAttempt(try await delivery(stage, "e", at: "flexprice")) == ("probe", "absent_at_vendor")
            }
            #expect(try await stage.statuses(of: "e")["flexprice"] == "rejected", "a person decides")
            #expect(try await stage.billed("flexprice").isEmpty)
            let retry = try await stage.client.post("/v1/deliveries/retry", #"{"ids":["e"]}"#)
            #expect(try retry.object()["changed"] as? Int == 1)
            try await waitUntil("it is billed") { try await stage.billed("flexprice") == ["e"] }
        }
    }

    @Test func `sends an event again that the vendor does not have, if the routes say so`() async throws {
        try await withVendors(#", "on_uncertain": "probe""#) { (stage) async throws in
            try await stage.setFaults("lago", #"{"reset_before":1}"#)
            try await send(stage, "e")
            try await waitUntil("the delivery has failed for good") {
                try await stage.statuses(of: "e")["lago"] == "rejected"
            }
            try await stage.setFaults("lago", "{}")
            try await waitUntil("it is sent again by itself") {
                try await stage.statuses(of: "e")["lago"] == "delivered"
            }
            #expect(try await stage.billed("lago") == ["e"])
            let history = try await delivery(stage, "e", at: "lago")["history"] as? [[String: Any]] ?? []
            #expect(history.contains { $0["kind"] as? String == "probe" }, "\(history)")
        }
    }

    @Test func `what cannot be looked up stays uncertain, and check says so beforehand`() async throws {
        try await withVendors { (stage) async throws in
            let check = try ChildProcess("tollgate", ["check", stage.routesFile.path], environment: Stage.credentials)
            #expect(try await check.waitForExit() == 0)
            try await waitUntil("check has spoken of Knetik") {
                check.lines.contains { $0.contains("provider knetik") && $0.contains("is never looked up") }
            }
            try await stage.setFaults("knetik", #"{"reset_after":1}"#)
            try await stage.setFaults("lago", #"{"reset_after":1}"#)
            try await send(stage, "e")
            try await waitUntil("both have failed") {
                let statuses = try await stage.statuses(of: "e")
                return statuses["knetik"] == "uncertain" && statuses["lago"] == "rejected"
            }
            for vendor in ["knetik", "lago"] { try await stage.setFaults(vendor, "{}") }
            // By then a look at Knetik would have been taken too.
            try await waitUntil("Lago was looked at") { try await stage.statuses(of: "e")["lago"] == "delivered" }
            #expect(try await stage.statuses(of: "e")["knetik"] == "uncertain")
            #expect(try await stage.received("knetik") == 1)
        }
    }

    @Test func `a provider that cannot be read is refused a probe`() async throws {
        try await Stage.set { (stage) async throws in
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
                .replacing(#""adapter": "knetik""#, with: #""adapter": "knetik", "on_uncertain": "probe""#)
            try Data(text.utf8).write(to: stage.routesFile)
            let check = try ChildProcess("tollgate", ["check", stage.routesFile.path], environment: Stage.credentials)
            #expect(try await check.waitForExit() == 1)
            try await waitUntil("check says why") {
                check.lines.contains { $0.contains("cannot be \"probe\": Knetik shows no events") }
            }
        }
    }
}
