import Telemetry
import Testing

/// The header field `traceparent`, as W3C Trace Context describes it.
@Suite struct TraceContextTests {
    private static let trace = "4bf92f3577b34da6a3ce929d0e0e4736"
    private static let parent = "00f067aa0ba902b7"

    @Test(arguments: ["00", "01", "fe", "cc"])
    func `is read in each version that there may be`(version: String) throws {
        let context = try #require(TraceContext("\(version)-\(Self.trace)-\(Self.parent)-01"))
        #expect(context.traceID == Self.trace && context.parentID == Self.parent && context.flags == "01")
        #expect(context.span == nil && context.identity == nil && context.isRecorded)
    }

    @Test func `may say more in a later version, after a dash`() {
        let field = "01-\(Self.trace)-\(Self.parent)-00"
        #expect(TraceContext(field + "-") != nil)
        #expect(TraceContext(field + "-what-will-come") != nil)
        #expect(TraceContext(field + "x") == nil && TraceContext(field + " ") == nil)
        #expect(TraceContext("00-\(Self.trace)-\(Self.parent)-00-more") == nil, "the first version has an end")
    }

    @Test(
        arguments: [
            "", "-", "00", "00-4bf92f3577b34da6a3ce929d0e0e4736",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            // IDs of zeros, capital letters, too short, too long.
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00F067AA0BA902B7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-0A",
            "00-4bf92f3577b34da6a3ce929d0e0e473-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e47361-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1",
            "0-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            // Other separators, spaces, and what is no hexadecimal digit.
            "00_4bf92f3577b34da6a3ce929d0e0e4736_00f067aa0ba902b7_01",
            " 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01 ",
            "0g-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e473g-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b`-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-/0",
            "00-4bf92f3577b34da6a3ce929d0e0e47é-00f067aa0ba902b7-01",
        ]
    )
    func `is none in any other form`(field: String) {
        #expect(TraceContext(field) == nil)
    }

    @Test func `is none without the field`() {
        #expect(TraceContext(nil) == nil)
    }

    /// Every single byte of the field, replaced by each ASCII character.
    @Test func `is read exactly where each character is one that may stand there`() {
        let bytes = Array("01-\(Self.trace)-\(Self.parent)-00".utf8)
        for index in bytes.indices {
            for character in UInt8(0)..<128 {
                var changed = bytes
                changed[index] = character
                let isDigit = "0123456789abcdef".utf8.contains(character)
                let isDash = character == UInt8(ascii: "-")
                let isExpected = [2, 35, 52].contains(index) ? isDash : isDigit
                // A version of its own, 00, has no other length; ff is none, and one digit makes neither here.
                if (TraceContext(String(decoding: changed, as: UTF8.self)) != nil) != isExpected {
                    Issue.record("\(index): \(character)")
                }
            }
        }
    }

    @Test func `is passed on with a span of its own while nothing is recorded here`() throws {
        let context = try #require(TraceContext("00-\(Self.trace)-\(Self.parent)-00"))
        let sent = try #require(TraceContext(context.outgoing))
        #expect(sent.traceID == Self.trace && sent.flags == "00")
        #expect(sent.parentID != Self.parent && context.outgoing != context.outgoing, "a new span for each request")
    }

    @Test(arguments: [("00", "01"), ("01", "01"), ("03", "03"), ("02", "01"), ("ff", "ff")])
    func `is recorded from where it is continued`(flags: String, continued: String) throws {
        let context = try #require(TraceContext("00-\(Self.trace)-\(Self.parent)-\(flags)"))
        let own = SpanIdentity(traceID: Self.trace, spanID: "00f067aa0ba902b8")
        let next = context.continued(by: own)
        #expect(next.flags == continued && next.isRecorded && next.identity == own)
        #expect(next.parentID == Self.parent && next.outgoing == "00-\(Self.trace)-00f067aa0ba902b8-\(continued)")
    }

    @Test func `begins with a root that has no parent`() {
        let root = SpanIdentity.root()
        let context = TraceContext(beginning: root)
        #expect(context.parentID == nil && context.identity == root && context.isRecorded)
        #expect(context.outgoing == "00-\(root.traceID)-\(root.spanID)-01")
    }

    @Test func `has IDs of lower-case digits, each another one`() {
        var (traces, spans): (Set<String>, Set<String>) = ([], [])
        for _ in 0..<1_000 {
            let root = SpanIdentity.root()
            #expect(root.traceID.wholeMatch(of: #/[0-9a-f]{32}/#) != nil)
            #expect(root.spanID.wholeMatch(of: #/[0-9a-f]{16}/#) != nil)
            #expect(SpanIdentity(in: root.traceID).traceID == root.traceID)
            traces.insert(root.traceID)
            spans.insert(root.spanID)
        }
        #expect(traces.count == 1_000 && spans.count == 1_000)
    }
}
