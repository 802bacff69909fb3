import Foundation
import TestSupport
import Testing

/// What once stopped deliveries to a vendor that was well again, or well all the time.
@Suite struct StalledDeliveryTests {
    private static func event(_ id: String) -> String { #"{"id":"\#(id)","name":"n","customer_id":"c"}"# }

    private static func circuit(_ stage: Stage, _ vendor: String) async throws -> String? {
        let providers = try await stage.client.get("/v1/providers").object()["providers"] as? [[String: Any]] ?? []
        return providers.first { $0["name"] as? String == vendor }?["circuit"] as? String
    }

    private static func post(_ stage: Stage, _ ids: [String]) async throws {
        for id in ids { #expect(try await stage.client.post("/v1/events", event(id)).status == 202) }
    }

    @Test(arguments: ["polar", "knetik"])
    func `a probe that is answered 429 does not stop a provider`(vendor: String) async throws {
        try await Stage.set { (stage) async throws in
            try await stage.setFaults(vendor, #"{"status":{"503":1}}"#)
            try await stage.withGateway { _ async throws in
                let ids = (1...20).map { "e\($0)" }
                try await Self.post(stage, ids)
                try await waitUntil("the circuit opens") {
                    try await Self.circuit(stage, vendor) != "closed"
                }
                // The next request is a probe, and it alone meets the limit; then the vendor is well.
                try await stage.setFaults(vendor, #"{"status":{"429":1},"times":1,"retry_after":0}"#)
                try await waitUntil("all has arrived") {
                    // Knetik's answer 503 leaves it open whether the event was applied.
                    let uncertain = try await stage.deliveries(vendor, "uncertain")
                    return try await Set(stage.billed(vendor)).union(uncertain).isSuperset(of: ids)
                }
                // The gateway learns of a success after the vendor has it.
                try await waitUntil("the circuit closes") { try await Self.circuit(stage, vendor) == "closed" }
            }
        }
    }

    @Test(arguments: [500, 403, 404])
    func `events that a vendor cannot take keep no other from it, and end as dead letters`(status: Int) async throws {
        try await Stage.set { (stage) async throws in
            let poisoned = (1...12).map { "bad\($0)" }
            let list = poisoned.map { "\"\($0)\"" }.joined(separator: ",")
            try await stage.setFaults("polar", #"{"poison":[\#(list)],"poison_status":\#(status)}"#)
            try await stage.withGateway { _ async throws in
                try await Self.post(stage, poisoned)
                var good: [String] = []
                try await waitUntil("the poisoned events are dead letters (\(status))") {
                    // Traffic goes on meanwhile.
                    good.append("good\(good.count + 1)")
                    try await Self.post(stage, [good[good.count - 1]])
                    return try await Set(stage.deliveries("polar", "rejected")) == Set(poisoned)
                }
                try await waitUntil("the good events have arrived (\(status))") {
                    try await Set(stage.billed("polar")) == Set(good)
                }
            }
        }
    }
}
