/// One finished piece of work in a trace, in OpenTelemetry's terms.
package struct TraceSpan: Sendable, Equatable {
    /// What the work was to others.
    package enum Kind: Int, Sendable, CaseIterable {
        case inside = 1
        /// It served a request.
        case server
        /// It made a request.
        case client
    }

    /// The value of an attribute.
    package enum Value: Sendable, Equatable {
        case text(String)
        case integer(Int)
    }

    /// A fact about the work.
    package struct Attribute: Sendable, Equatable {
        package let name: String
        package let value: Value

        package init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    /// Where a span belongs.
    package struct Position: Sendable {
        package let identity: SpanIdentity
        package let parentID: String?
        package let links: [SpanIdentity]

        /// - Parameters:
        ///   - parentID: the span that it belongs to; nil if it begins the trace.
        ///   - links: spans of other traces that caused it.
        package init(_ identity: SpanIdentity, parentID: String?, links: [SpanIdentity] = []) {
            self.identity = identity
            self.parentID = parentID
            self.links = links
        }
    }

    package let name: String
    package let kind: Kind
    package let identity: SpanIdentity
    /// The span that it belongs to; nil if it begins the trace.
    package let parentID: String?
    /// Nanoseconds since 1970.
    package let start: Int64
    package let end: Int64
    package let attributes: [Attribute]
    /// Spans of other traces that caused it.
    package let links: [SpanIdentity]
    /// Why the work failed; nil if it did not.
    package let failure: String?

    package init(
        _ name: String,
        _ kind: Kind,
        at position: Position,
        start: Int64,
        end: Int64,
        attributes: [Attribute] = [],
        failure: String? = nil
    ) {
        self.name = name
        self.kind = kind
        identity = position.identity
        parentID = position.parentID
        self.start = start
        self.end = end
        self.attributes = attributes
        links = position.links
        self.failure = failure
    }
}

/// Which span of which trace.
package struct SpanIdentity: Sendable, Equatable, Hashable {
    /// 32 lower-case hexadecimal digits, not all of them zero.
    package let traceID: String
    /// 16 such digits.
    package let spanID: String

    package init(traceID: String, spanID: String) {
        self.traceID = traceID
        self.spanID = spanID
    }

    /// A new span of a trace.
    package init(in traceID: String) {
        self.init(traceID: traceID, spanID: HexadecimalID.random())
    }

    /// The first span of a new trace.
    package static func root() -> SpanIdentity {
        SpanIdentity(in: HexadecimalID.random() + HexadecimalID.random())
    }
}

/// Random identifiers of 64 bits.
enum HexadecimalID {
    /// 16 lower-case digits, not all of them zero.
    static func random() -> String {
        let digits = String(UInt64.random(in: 1 ... .max), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
