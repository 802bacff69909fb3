import Foundation
import TestSupport
import Testing

/// Reads and estimates that the vendor itself answers, in one shape.
@Suite struct VendorReadTests {
    private func send(_ stage: Stage, _ number: Int) async throws {
        let event = #"""
            {"id":"e\#(number)","name":"api_request","customer_id":"c","source":"web",
             "timestamp":"2026-03-01T12:00:0\#(number).125Z","properties":{"units":"\#(number)"}}
            """#
        #expect(try await stage.client.post("/v1/events", event).status == 202)
    }

    @Test func `reads events back from each vendor that can show them, and names those that cannot`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ async throws in
                for number in 1...3 { try await send(stage, number) }
                try await waitUntil("all vendors have all") {
                    for vendor in ["lago", "polar", "flexprice"] where try await stage.billed(vendor).count < 3 {
                        return false
                    }
                    return true
                }
                for vendor in ["lago", "polar", "flexprice"] {
                    let event = try await stage.client.get("/v1/events/e2?provider=\(vendor)").object()
                    #expect(event["id"] as? String == "e2", "\(vendor)")
                    #expect(event["name"] as? String == "api_request")
                    #expect(event["timestamp"] as? String == "2026-03-01T12:00:02.125Z")
                    #expect((event["properties"] as? [String: String]) == ["units": "2"])
                    #expect(try await times(stage, "provider=\(vendor)&limit=2") == [3, 2, 1], "\(vendor)")
                    let window = "from=2026-03-01T12:00:02.125Z&until=2026-03-01T12:00:03.125Z"
                    #expect(try await times(stage, "provider=\(vendor)&\(window)") == [2], "\(vendor)")
                }
                let names =
                    try await stage.client.get("/v1/events/names?provider=polar").object()["names"] as? [[String: Any]]
                #expect(names?.first?["count"] as? Int == 3)
                for path in [
                    "/v1/events/e2?provider=knetik", "/v1/events?provider=knetik", "/v1/events/names?provider=lago",
                ] {
                    let answer = try await stage.client.get(path)
                    #expect(answer.status == 501)
                    #expect(answer.text.contains("providers of"))
                }
                #expect(try await stage.client.get("/v1/events/e2?provider=lagoo").status == 404)
                #expect(try await stage.client.get("/v1/events/none?provider=lago").status == 404)
                #expect(try await stage.client.get("/v1/events?provider=lago&delivery_status=pending").status == 400)
            }
        }
    }

    /// The seconds of all events of a list, over its pages.
    private func times(_ stage: Stage, _ query: String) async throws -> [Int] {
        var times: [Int] = []
        var cursor: String?
        repeat {
            let next = cursor.map { "&cursor=\($0)" } ?? ""
            let page = try await stage.client.get("/v1/events?\(query)\(next)").object()
            for event in page["events"] as? [[String: Any]] ?? [] {
                let time = event["timestamp"] as? String ?? ""
                times.append(Int(time.dropFirst(17).prefix(2)) ?? -1)
            }
            cursor = page["next_cursor"] as? String
        } while cursor != nil
        return times
    }

    @Test func `estimates by the vendor that can, and says what the vendor says`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { _ async throws in
                let event = #"{"name":"api_request","customer_id":"c","properties":{"units":"3"}}"#
                let estimate = try await stage.client.post("/v1/events/estimate", event).object()
                #expect(estimate["total"] as? String == "0.06" && estimate["currency"] as? String == "EUR")
                #expect(try await stage.client.post("/v1/events/estimate?provider=polar", event).status == 501)
                let settings = Array(#"{"without_metric":["nothing"]}"#.utf8)
                #expect(try await stage.sandbox.send("PUT", "/sandbox/lago/settings", settings).status == 200)
                let unknown = try await stage.client.post(
                    "/v1/events/estimate",
                    event.replacing("api_request", with: "nothing")
                )
                #expect(unknown.status == 422)
                let error = try unknown.object()["error"] as? [String: Any]
                #expect(error?["code"] as? String == "unknown_name")
                let words = error?["vendor"] as? String
                #expect(words?.contains("billable_metric_not_found") == true)
                try await stage.setFaults("lago", #"{"status":{"503":1}}"#)
                #expect(try await stage.client.post("/v1/events/estimate", event).status == 502)
                #expect(try await stage.client.get("/v1/events/e?provider=lago").status == 502)
                #expect(try await stage.received("lago") == 0, "nothing is stored by an estimate")
            }
        }
    }

    @Test func `shows an account that tenants share to nobody but an administrator`() async throws {
        try await Stage.set { (stage) async throws in
            let text = try String(contentsOf: stage.routesFile, encoding: .utf8)
            let other = #"{"name":"other","tenant":"other","key_sha256":"\#(String(repeating: "ab", count: 32))"}, "#
            try Data(text.replacing(#""clients": ["#, with: #""clients": [\#(other)"#).utf8).write(to: stage.routesFile)
            try await stage.withGateway { _ async throws in
                let answer = try await stage.client.get("/v1/events?provider=flexprice")
                #expect(answer.status == 403 && answer.text.contains("other tenants"))
            }
        }
    }
}
