import Foundation
import TestSupport
import Testing

/// The main job: one event in, four vendors served.
@Suite struct MainJobTests {
    private let event =
        #"{"id":"evt-1","name":"api_request","customer_id":"customer456","timestamp":"2024-03-20T15:04:05.123Z","source":"api","properties":{"request_size":100,"region":"eu"}}"#

    @Test func `delivers one event to four vendors, each in its own terms`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ async throws in
                let answer = try await stage.client.post("/v1/events", event)
                #expect(answer.status == 202)
                try await waitUntil("all four have it") {
                    try await stage.statuses(of: "evt-1") == [
                        "lago": "delivered", "flexprice": "delivered", "polar": "delivered", "knetik": "delivered",
                    ]
                }
                let lago = try await first("lago", stage)
                #expect(lago["transaction_id"] as? String == "evt-1")
                #expect(lago["external_subscription_id"] as? String == "sub_customer456")
                #expect(lago["timestamp"] as? String == "1710947045.123")
                let polar = try await first("polar", stage)
                #expect(polar["external_id"] as? String == "evt-1")
                #expect((polar["metadata"] as? [String: Any])?["request_size"] as? Int == 100)
                let flexprice = try await first("flexprice", stage)
                #expect(flexprice["event_id"] as? String == "evt-1")
                #expect(flexprice["external_customer_id"] as? String == "customer456")
                let knetik = try await first("knetik", stage)
                #expect(knetik["transaction_id"] as? String == "evt-1")
                #expect(knetik["event_timestamp"] as? Int == 1_710_947_045_123)
            }
        }
    }

    private func first(_ vendor: String, _ stage: Stage) async throws -> [String: Any] {
        let events = try await stage.sandbox.get("/sandbox/\(vendor)/events").object()["billed"] as? [[String: Any]]
        return try #require(events?.first)
    }

    @Test func `shuts down in order when asked, and exits with 0`() async throws {
        try await Stage.set { (stage) async throws in
            let vendors = ["lago", "polar", "flexprice", "knetik"]
            let gateway = try await stage.startGateway()
            for number in 1...50 {
                _ = try await stage.client.post("/v1/events", #"{"id":"e\#(number)","name":"n","customer_id":"c"}"#)
            }
            #expect(try await gateway.stop() == 0)
            try await stage.withGateway { _ async throws in
                for vendor in vendors {
                    try await waitUntil("everything arrives at \(vendor) after the restart") {
                        try await stage.billed(vendor).count >= 50
                    }
                }
            }
            for vendor in vendors {
                #expect(Set(try await stage.billed(vendor)).count == 50, "\(vendor)")
                #expect(try await stage.billed(vendor).count == 50, "\(vendor)")
            }
        }
    }
}
