import JSON
import OTLP
import Telemetry
import Testing

@Suite struct TraceRequestTests {
    @Test func `writes what the specification's JSON encoding wants`() {
        let (trace, parent) = ("4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7")
        let span = TraceSpan(
            "attempt",
            .client,
            at: TraceSpan.Position(
                SpanIdentity(traceID: trace, spanID: "00f067aa0ba902b8"),
                parentID: parent,
                links: [SpanIdentity(traceID: trace, spanID: parent)]
            ),
            start: 1_795_963_239_000_000_001,
            end: 1_795_963_239_000_000_002,
            attributes: [
                TraceSpan.Attribute("tollgate.provider", .text("la\"go")), TraceSpan.Attribute("n", .integer(503)),
            ],
            failure: "503"
        )
        let request = TraceRequest(resource: [TraceSpan.Attribute("service.name", .text("shop"))], version: "1.2")
        let expected =
            #"{"resourceSpans":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"shop"}}]},"#
            + #""scopeSpans":[{"scope":{"name":"tollgate","version":"1.2"},"spans":[{"traceId":"\#(trace)","#
            + #""spanId":"00f067aa0ba902b8","parentSpanId":"\#(parent)","name":"attempt","kind":3,"#
            + #""startTimeUnixNano":"1795963239000000001","endTimeUnixNano":"1795963239000000002","#
            + #""attributes":[{"key":"tollgate.provider","value":{"stringValue":"la\"go"}},"#
            + #"{"key":"n","value":{"intValue":"503"}}],"links":[{"traceId":"\#(trace)","spanId":"\#(parent)"}],"#
            + #""status":{"code":2,"message":"503"}}]}]}]}"#
        #expect(String(decoding: request.body(carrying: [span]), as: UTF8.self) == expected)
    }
}
