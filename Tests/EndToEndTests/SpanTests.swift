import Foundation
import TestSupport
import Testing

/// Spans of accept, commit and attempt reach a collector, and nobody waits for one.
@Suite struct SpanTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"

    /// All spans that a collector got.
    private static func spans(_ server: ReceivingServer, _ path: String = "/v1/traces") -> [[String: Any]] {
        server.received(path).flatMap { request -> [[String: Any]] in
            let resources = request.json["resourceSpans"] as? [[String: Any]] ?? []
            let scopes = resources.flatMap { $0["scopeSpans"] as? [[String: Any]] ?? [] }
            return scopes.flatMap { $0["spans"] as? [[String: Any]] ?? [] }
        }
    }

    /// The providers of attempts that a vendor has answered with a success.
    private static func delivered(_ spans: [[String: Any]]) -> Set<String> {
        let found = named("attempt", in: spans).compactMap { span -> String? in
            let values = (span["attributes"] as? [[String: Any]] ?? []).reduce(into: [String: String]()) {
                values,
                entry in
                let value = entry["value"] as? [String: String]
                values[entry["key"] as? String ?? ""] = value?["stringValue"] ?? value?["intValue"]
            }
            return values["http.response.status_code"]?.hasPrefix("2") == true ? values["tollgate.provider"] : nil
        }
        return Set(found)
    }

    private static func named(_ name: String, in spans: [[String: Any]]) -> [[String: Any]] {
        spans.filter { $0["name"] as? String == name }
    }

    @Test func `a caller's trace leads from its span to the commit and to each vendor`() async throws {
        let server = try ReceivingServer()
        defer { server.stop() }
        try await Stage.set { (stage) async throws in
            // The first try fails, so that the second surely begins after the trace was noted.
            for vendor in ["lago", "flexprice", "polar", "knetik"] {
                try await stage.setFaults(vendor, #"{"status":{"429":1},"times":1}"#)
            }
            try await stage.withGateway(arguments: ["--otlp-endpoint", server.base, "--open-metrics"]) {
                _ async throws in
                let event = #"{"id":"e","name":"n","customer_id":"c"}"#
                let headers = ["traceparent": "00-\(Self.trace)-00f067aa0ba902b7-01"]
                #expect(try await stage.client.post("/v1/events", event, headers: headers).status == 202)
                try await waitUntil("all spans are exported") {
                    let own = Self.spans(server).filter { $0["traceId"] as? String == Self.trace }
                    return Self.delivered(own).count == 4 && !Self.named("accept", in: own).isEmpty
                        && !Self.named("commit", in: own).isEmpty
                }
                let spans = Self.spans(server).filter { $0["traceId"] as? String == Self.trace }
                let accept = try #require(Self.named("accept", in: spans).first)
                #expect(accept["parentSpanId"] as? String == "00f067aa0ba902b7")
                #expect(Self.named("commit", in: spans).count == 1)
                for span in spans where span["name"] as? String != "accept" {
                    #expect(span["parentSpanId"] as? String == accept["spanId"] as? String)
                }
                #expect(Set(spans.compactMap { $0["spanId"] as? String }).count == spans.count)
                let exported = ["outcome": "exported"]
                try await waitUntil("the metric counts them") {
                    let metrics = try PrometheusReader(try await stage.client.get("/metrics").text)
                    return metrics.value("tollgate_trace_spans_total", exported) ?? 0 >= 6
                }
                // Who does not record a trace gets none.
                let silent = ["traceparent": "00-\(String(Self.trace.reversed()))-00f067aa0ba902b7-00"]
                let other = #"{"id":"f","name":"n","customer_id":"c"}"#
                #expect(try await stage.client.post("/v1/events", other, headers: silent).status == 202)
            }
            // What is left is exported at the end.
            #expect(!Self.spans(server).contains { $0["traceId"] as? String == String(Self.trace.reversed()) })
        }
    }

    @Test(arguments: ["/hang", "/500"])
    func `a collector that hangs or fails costs only its spans`(path: String) async throws {
        let server = try ReceivingServer()
        defer { server.stop() }
        try await Stage.set { (stage) async throws in
            let environment = Stage.credentials.merging(["OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": server.base + path]) {
                $1
            }
            let gateway = try await stage.startGateway(environment: environment)
            for number in 0..<50 {
                let event = #"{"id":"e\#(number)","name":"n","customer_id":"c"}"#
                #expect(try await stage.client.post("/v1/events", event).status == 202)
            }
            try await waitUntil("the collector was tried") { !server.received(path).isEmpty }
            try await waitUntil("everything is delivered") { try await Set(stage.billed("lago")).count == 50 }
            _ = try await gateway.waitForLine("the log says so") { $0.contains("traces are not exported") ? true : nil }
            #expect(try await gateway.stop() == 0)
        }
    }
}
