import JSON
package import Telemetry

/// The body of an `ExportTraceServiceRequest` of OTLP, in its JSON encoding (opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"):
/// IDs are hexadecimal, integers of 64 bits are strings, enums are numbers.
package struct TraceRequest: Sendable {
    /// `service.name` and other facts about this process.
    private let resource: [TraceSpan.Attribute]
    /// Version of the program.
    private let version: String

    package init(resource: [TraceSpan.Attribute], version: String) {
        self.resource = resource
        self.version = version
    }

    /// The JSON text that carries these spans.
    package func body(carrying spans: [TraceSpan]) -> [UInt8] {
        var writer = JSONWriter(capacity: 256 + spans.count * 512)
        writer.beginObject()
        writer.key("resourceSpans")
        writer.beginArray()
        writer.beginObject()
        writer.key("resource")
        writer.beginObject()
        Self.write(resource, to: &writer)
        writer.endObject()
        writer.key("scopeSpans")
        writer.beginArray()
        writer.beginObject()
        writer.key("scope")
        writer.beginObject()
        writer.member("name", string: "tollgate")
        writer.member("version", string: version)
        writer.endObject()
        writer.key("spans")
        writer.beginArray()
        for span in spans { Self.write(span, to: &writer) }
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writer.endObject()
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func write(_ span: TraceSpan, to writer: inout JSONWriter) {
        writer.beginObject()
        write(span.identity, to: &writer)
        if let parent = span.parentID { writer.member("parentSpanId", string: parent) }
        writer.member("name", string: span.name)
        writer.member("kind", integer: span.kind.rawValue)
        writer.member("startTimeUnixNano", string: "\(span.start)")
        writer.member("endTimeUnixNano", string: "\(span.end)")
        write(span.attributes, to: &writer)
        if !span.links.isEmpty {
            writer.key("links")
            writer.beginArray()
            for link in span.links {
                writer.beginObject()
                write(link, to: &writer)
                writer.endObject()
            }
            writer.endArray()
        }
        if let failure = span.failure {
            writer.key("status")
            writer.beginObject()
            // STATUS_CODE_ERROR
            writer.member("code", integer: 2)
            writer.member("message", string: failure)
            writer.endObject()
        }
        writer.endObject()
    }

    private static func write(_ identity: SpanIdentity, to writer: inout JSONWriter) {
        writer.member("traceId", string: identity.traceID)
        writer.member("spanId", string: identity.spanID)
    }

    private static func write(_ attributes: [TraceSpan.Attribute], to writer: inout JSONWriter) {
        writer.key("attributes")
        writer.beginArray()
        for attribute in attributes {
            writer.beginObject()
            writer.member("key", string: attribute.name)
            writer.key("value")
            writer.beginObject()
            switch attribute.value {
            case .text(let text): writer.member("stringValue", string: text)
            case .integer(let number): writer.member("intValue", string: "\(number)")
            }
            writer.endObject()
            writer.endObject()
        }
        writer.endArray()
    }
}
