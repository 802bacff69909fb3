/// Where a request is in a caller's trace: the header field `traceparent` of W3C Trace Context.
///
/// It goes into the log, so that the caller's trace leads to our lines, and to the vendor with a request whose events came in one trace
/// (`TraceLinks` of the delivery engine).
package struct TraceContext: Equatable, Sendable {
    /// 32 lower-case hexadecimal digits, not all of them zero.
    package let traceID: String
    /// The caller's span: 16 such digits; nil if the trace begins here.
    package let parentID: String?
    /// Two such digits: whether the caller records the trace.
    package let flags: String
    /// The span of our own work; nil if it is not recorded.
    package let span: String?

    /// Nil for what does not conform, as the standard wants: the request is then one without a trace.
    package init?(_ field: String?) {
        guard var field else { return nil }
        let found = field.withUTF8 { bytes -> (trace: String, parent: String, flags: String)? in
            guard bytes.count >= 55, bytes[2] == Self.dash, bytes[35] == Self.dash, bytes[52] == Self.dash,
                Self.isHexadecimal(bytes[0..<2]), Self.isHexadecimal(bytes[53..<55])
            else { return nil }
            // A later version may say more after a dash; this one has an end. 255 is no version.
            if bytes[0] == Self.f, bytes[1] == Self.f { return nil }
            let isFirstVersion = bytes[0] == Self.zero && bytes[1] == Self.zero
            if bytes.count > 55, isFirstVersion || bytes[55] != Self.dash { return nil }
            let (trace, parent) = (bytes[3..<35], bytes[36..<52])
            guard Self.isID(trace), Self.isID(parent) else { return nil }
            return (
                String(decoding: trace, as: UTF8.self), String(decoding: parent, as: UTF8.self),
                String(decoding: bytes[53..<55], as: UTF8.self)
            )
        }
        guard let found else { return nil }
        (traceID, parentID, flags, span) = (found.trace, found.parent, found.flags, nil)
    }

    private init(_ traceID: String, parentID: String?, flags: String, span: String?) {
        self.traceID = traceID
        self.parentID = parentID
        self.flags = flags
        self.span = span
    }

    /// A trace that begins here and is recorded.
    package init(beginning root: SpanIdentity) {
        self.init(root.traceID, parentID: nil, flags: "01", span: root.spanID)
    }

    /// The same trace, recorded, where this span of it does the work.
    package func continued(by identity: SpanIdentity) -> TraceContext {
        TraceContext(traceID, parentID: parentID, flags: isRecorded ? flags : "01", span: identity.spanID)
    }

    /// Our own span; nil if it is not recorded.
    package var identity: SpanIdentity? { span.map { SpanIdentity(traceID: traceID, spanID: $0) } }

    /// Whether the caller records the trace: the lowest bit of the flags.
    package var isRecorded: Bool { flags.last?.hexDigitValue.map { $0 & 1 == 1 } ?? false }

    /// The field of a request that belongs to the trace, with our span, or one that nobody records.
    package var outgoing: String { "00-\(traceID)-\(span ?? HexadecimalID.random())-\(flags)" }

    private static let dash = UInt8(ascii: "-")
    private static let zero = UInt8(ascii: "0")
    private static let f = UInt8(ascii: "f")

    private static func isHexadecimal(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        bytes.allSatisfy { (zero...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...f).contains($0) }
    }

    private static func isID(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Bool {
        isHexadecimal(bytes) && bytes.contains { $0 != zero }
    }
}
