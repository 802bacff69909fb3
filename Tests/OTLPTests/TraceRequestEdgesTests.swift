import JSON
import OTLP
import Telemetry
import Testing

/// Spans with everything that may stand in them, as a collector reads them.
@Suite struct TraceRequestEdgesTests {
    private static let identity = SpanIdentity(traceID: "4bf92f3577b34da6a3ce929d0e0e4736", spanID: "00f067aa0ba902b7")

    private func span(
        _ name: String = "s",
        _ kind: TraceSpan.Kind = .inside,
        parent: String? = nil,
        links: [SpanIdentity] = [],
        start: Int64 = 1,
        end: Int64 = 2,
        attributes: [TraceSpan.Attribute] = [],
        failure: String? = nil
    ) -> TraceSpan {
        TraceSpan(
            name,
            kind,
            at: TraceSpan.Position(Self.identity, parentID: parent, links: links),
            start: start,
            end: end,
            attributes: attributes,
            failure: failure
        )
    }

    /// The spans as JSON.
    private func written(_ spans: [TraceSpan], resource: [TraceSpan.Attribute] = [], version: String = "1") throws
        -> (root: JSONValue, spans: [JSONValue])
    {
        let root = try JSONDocument(parsing: TraceRequest(resource: resource, version: version).body(carrying: spans))
            .root
        let scope = Self.first(Self.first(root["resourceSpans"])?["scopeSpans"])
        return (root, Array(try #require(scope?["spans"]).elements))
    }

    /// The first element of a list.
    private static func first(_ list: JSONValue?) -> JSONValue? { list.flatMap { Array($0.elements).first } }

    @Test func `is a request also without a span`() throws {
        let body = TraceRequest(resource: [], version: "").body(carrying: [])
        #expect(
            String(decoding: body, as: UTF8.self)
                == #"{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"scope":{"name":"tollgate","version":""},"#
                + #""spans":[]}]}]}"#
        )
    }

    @Test func `leaves out the members of what a span does not have`() throws {
        let plain = try #require(try written([span()]).spans.first)
        #expect(
            plain.members.map(\.name) == [
                "traceId", "spanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano", "attributes",
            ]
        )
        let whole = span(parent: "00f067aa0ba902b8", links: [Self.identity], failure: "")
        let names = try #require(try written([whole]).spans.first).members.map(\.name)
        #expect(names.contains("parentSpanId") && names.contains("links") && names.contains("status"))
    }

    /// SPAN_KIND_INTERNAL, SPAN_KIND_SERVER and SPAN_KIND_CLIENT of the protocol.
    @Test(arguments: [(.inside, 1), (.server, 2), (.client, 3)] as [(TraceSpan.Kind, Int64)])
    func `has the number of its kind`(kind: TraceSpan.Kind, number: Int64) throws {
        #expect(try written([span("s", kind)]).spans.first?["kind"]?.int64 == number)
    }

    @Test(arguments: [Int64.min, -1, 0, 1, 1_795_963_239_000_000_001, .max])
    func `has times in strings, with all of their digits`(time: Int64) throws {
        let found = try #require(try written([span(start: time, end: time)]).spans.first)
        #expect(found["startTimeUnixNano"]?.string == "\(time)" && found["endTimeUnixNano"]?.string == "\(time)")
    }

    @Test(arguments: [Int.min, -1, 0, 503, .max])
    func `has integers in strings`(number: Int) throws {
        let attributes = [TraceSpan.Attribute("n", .integer(number))]
        let found = Self.first(try written([span(attributes: attributes)]).spans.first?["attributes"])
        #expect(found?["key"]?.string == "n" && found?["value"]?["intValue"]?.string == "\(number)")
        #expect(found?["value"]?["stringValue"] == nil)
    }

    @Test(
        arguments: [
            "", "\"", "\\", "\n\r\t\u{8}\u{C}", "\u{0}\u{1F}\u{7F}", "ü漢😀", "e\u{301}", "\u{2028}\u{202E}", "</script>",
            String(repeating: "x", count: 10_000),
        ]
    )
    func `carries any text unchanged`(text: String) throws {
        let (root, spans) = try written(
            [span(text, attributes: [TraceSpan.Attribute(text, .text(text))], failure: text)],
            resource: [TraceSpan.Attribute(text, .text(text))],
            version: text
        )
        let found = try #require(spans.first)
        let attribute = try #require(Self.first(found["attributes"]))
        let resource = Self.first(root["resourceSpans"])
        let texts = [
            found["name"]?.string, attribute["key"]?.string, attribute["value"]?["stringValue"]?.string,
            found["status"]?["message"]?.string, Self.first(resource?["resource"]?["attributes"])?["key"]?.string,
            Self.first(resource?["scopeSpans"])?["scope"]?["version"]?.string,
        ]
        for found in texts { #expect(found.map { $0.utf8.elementsEqual(text.utf8) } == true) }
        #expect(found["status"]?["code"]?.int64 == 2)
    }

    @Test func `carries spans, attributes and links in their order`() throws {
        let links = (0..<20).map { SpanIdentity(traceID: Self.identity.traceID, spanID: "link-\($0)") }
        let attributes = (0..<20).map { TraceSpan.Attribute("a\($0)", .integer($0)) }
        let spans = (0..<512).map { span("s\($0)", links: links, attributes: attributes) }
        let found = try written(spans).spans
        #expect(found.compactMap { $0["name"]?.string } == spans.map(\.name))
        let last = try #require(found.last)
        #expect(last["links"]?.elements.compactMap { $0["spanId"]?.string } == links.map(\.spanID))
        #expect(last["attributes"]?.elements.compactMap { $0["key"]?.string } == attributes.map(\.name))
    }
}
