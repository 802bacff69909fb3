import Foundation
import TestSupport
import Testing

@Suite struct TraceTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    /// The request lines of the log, by the request's id.
    private static func requests(_ gateway: ChildProcess) -> [String: [String: String]] {
        var found: [String: [String: String]] = [:]
        for line in gateway.lines where line.contains(#""message":"request""#) {
            guard let entry = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String],
                let id = entry["request_id"]
            else { continue }
            found[id] = entry
        }
        return found
    }

    @Test func `passes the trace on with the request to a vendor whose events came in it`() async throws {
        try await Stage.set { (stage) async throws in
            // The first try fails, so that the second surely begins after the trace was noted.
            for vendor in ["lago", "knetik"] { try await stage.setFaults(vendor, #"{"status":{"429":1},"times":1}"#) }
            try await stage.withGateway { (gateway) async throws in
                let parent = "00-\(Self.trace)-00f067aa0ba902b7-01"
                let event = #"{"id":"e","name":"n","customer_id":"c"}"#
                let answer = try await stage.client.post("/v1/events", event, headers: ["traceparent": parent])
                #expect(answer.status == 202)
                for provider in ["lago", "knetik"] {
                    _ = try await gateway.waitForLine("the second attempt at \(provider) is in the trace") { line in
                        line.contains(#""message":"attempt""#) && line.contains(#""provider":"\#(provider)""#)
                            && line.contains(Self.trace) && line.contains("delivered") ? true : nil
                    }
                }
            }
        }
    }

    @Test func `puts a caller's trace into the line of the request, whichever way the request goes`() async throws {
        try await Stage.set { (stage) async throws in
            try await stage.withGateway { (gateway) async throws in
                let event = #"{"name":"n","customer_id":"c"}"#
                let parent = "00-\(Self.trace)-00f067aa0ba902b7-01"
                for (id, path) in [("plain", "/v1/events"), ("long", "/v1/events?partial=true")] {
                    let headers = ["traceparent": parent, "X-Request-Id": id]
                    #expect(try await stage.client.post(path, event, headers: headers).status == 202)
                }
                for (place, faulty) in [
                    "00-\(Self.trace)-00f067aa0ba902b7", "ff-\(Self.trace)-00f067aa0ba902b7-01",
                    "00-\(String(repeating: "0", count: 32))-00f067aa0ba902b7-01", "00-\(Self.trace)-\(Self.trace)-01",
                    "00-\(Self.trace.uppercased())-00f067aa0ba902b7-01", parent + "-more",
                ].enumerated() {
                    let headers = ["traceparent": faulty, "X-Request-Id": "faulty-\(place)"]
                    #expect(try await stage.client.post("/v1/events", event, headers: headers).status == 202)
                }
                let headers = ["traceparent": "01-\(Self.trace)-00f067aa0ba902b7-01-more", "X-Request-Id": "later"]
                #expect(try await stage.client.post("/v1/events", event, headers: headers).status == 202)
                try await waitUntil("all requests are in the log") { Self.requests(gateway).count >= 9 }
                let lines = Self.requests(gateway)
                for id in ["plain", "long", "later"] {
                    #expect(lines[id]?["trace_id"] == Self.trace)
                    #expect(lines[id]?["parent_id"] == "00f067aa0ba902b7")
                }
                for place in 0..<6 { #expect(lines["faulty-\(place)"]?["trace_id"] == nil) }
            }
        }
    }
}
