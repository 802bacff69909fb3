import Events
import TestSupport
import Testing
import Vendors

/// Polar's 422: which events its entries are about, and what mixtures of them mean.
@Suite struct PolarAnswerTests {
    private func verdict(_ details: [String], events: Int) throws -> Verdict {
        let adapter = try #require(VendorRegistry.adapter(named: "polar"))
        let body = #"{"error":"RequestValidationError","detail":[\#(details.joined(separator: ","))]}"#
        let answer = VendorAnswer(status: 422, body: Array(body.utf8))
        return adapter.verdict(of: answer, for: try SampleEvent.translated(events, by: adapter))
    }

    private static func entry(_ index: String, _ rest: String, type: String = "string_type", msg: String = "bad")
        -> String
    {
        #"{"type":"\#(type)","loc":["body","events",\#(index),\#(rest)],"msg":"\#(msg)","input":{"secret":"hidden"}}"#
    }

    private static let future = "Value error, Timestamp must be in the past."

    private static func early(_ index: Int) -> String {
        entry("\(index)", #""EventCreateExternalCustomer","timestamp""#, type: "value_error", msg: future)
    }

    @Test(arguments: [
        "0.0", "-1", "\"0\"", "null", "2", "9223372036854775808", "1e0", "true", "[0]",
    ])
    func `an entry without an index that was sent leaves all events unnamed`(index: String) throws {
        let good = Self.entry("0", #""name""#)
        #expect(try verdict([good, Self.entry(index, #""name""#)], events: 2).lines == ["unnamed invalid_event"])
    }

    @Test(arguments: [
        #"{"type":"x","loc":["body"],"msg":"m"}"#, #"{"type":"x","loc":["query","events",0],"msg":"m"}"#,
        #"{"type":"x","loc":["body","event",0],"msg":"m"}"#, #"{"type":"x","msg":"m"}"#, "{}", "7", "null",
        #"{"type":"x","loc":"body.events.0","msg":"m"}"#,
    ])
    func `an entry of another form leaves all events unnamed`(entry: String) throws {
        #expect(try verdict([entry], events: 2).lines == ["unnamed invalid_event"])
        #expect(try verdict([entry], events: 1).lines == ["all reject invalid_event"])
    }

    @Test func `events that are not named are sent again`() throws {
        let details = [Self.entry("1", #""EventCreateCustomer","name""#), Self.entry("1", #""metadata","a""#)]
        #expect(try verdict(details, events: 3).lines == ["resend", "reject invalid_event", "resend"])
    }

    /// An event is reported for both shapes; that it lacks the other kind of customer is no fault of its own.
    @Test func `an event whose time has not come at Polar is retried`() throws {
        let other = Self.entry(
            "0",
            #""EventCreateCustomer","customer_id""#,
            type: "missing",
            msg: "Field required"
        )
        #expect(try verdict([Self.early(0), other], events: 1).lines == ["retry invalid_event"])
        #expect(try verdict([Self.early(1)], events: 2).lines == ["resend", "retry invalid_event"])
        let bad = Self.entry("0", #""EventCreateExternalCustomer","name""#)
        #expect(try verdict([Self.early(0), bad], events: 1).lines == ["reject invalid_event"])
    }

    @Test(arguments: ["customer_id", "member_id"])
    func `a customer or member that Polar does not have is named as such`(type: String) throws {
        let unknown = Self.entry("0", #""\#(type)""#, type: type, msg: "Customer not found.")
        #expect(try verdict([unknown], events: 2).lines == ["reject unknown_customer", "resend"])
        let mixed = [unknown, Self.entry("0", #""name""#)]
        #expect(try verdict(mixed, events: 2).lines == ["reject invalid_event", "resend"])
    }

    @Test func `a token that wants an organization parks the provider if it does so for every event`() throws {
        func wants(_ index: Int) -> String { Self.entry("\(index)", #""organization_id""#, type: "missing") }
        #expect(try verdict([wants(0), wants(1)], events: 2).lines == ["all park forbidden"])
        #expect(try verdict([wants(1)], events: 2).lines == ["resend", "park forbidden"])
    }

    @Test func `a token that refuses an organization parks the provider if every event names one`() throws {
        func refuses(_ index: Int) -> String {
            Self.entry("\(index)", #""organization_id""#, type: "organization_token")
        }
        #expect(try verdict([refuses(0), refuses(1)], events: 2).lines == ["all park forbidden"])
        #expect(try verdict([refuses(0)], events: 2).lines == ["reject invalid_event", "resend"])
    }

    @Test func `what was sent is never repeated, and each reason once`() throws {
        let details = ["EventCreateCustomer", "EventCreateExternalCustomer"].map { shape in
            Self.entry("0", #""\#(shape)","metadata","region","constrained-str""#, msg: "String should be shorter")
        }
        let fault = try verdict(details, events: 1).faults.first ?? nil
        #expect(fault?.vendor == "metadata.region.constrained-str: String should be shorter")
    }

    @Test(arguments: [
        #"{"error":"RequestValidationError","detail":[]}"#, #"{"detail":{"0":"x"}}"#, #"{"detail":"Not Found"}"#, "{}",
        "",
    ])
    func `a refusal without a list names no event`(body: String) throws {
        let adapter = try #require(VendorRegistry.adapter(named: "polar"))
        let answer = VendorAnswer(status: 422, body: Array(body.utf8))
        let verdict = adapter.verdict(of: answer, for: try SampleEvent.translated(3, by: adapter))
        #expect(verdict.lines == ["unnamed invalid_event"])
    }

    /// Both counts together must be what was sent.
    @Test(arguments: [(0, 3, true), (3, 0, false), (1, 2, false)])
    func `all duplicates are a delivery that was made before`(inserted: Int, duplicates: Int, isRepeat: Bool) throws {
        let adapter = try #require(VendorRegistry.adapter(named: "polar"))
        for status in [200, 201, 299] {
            let body = #"{"inserted":\#(inserted),"duplicates":\#(duplicates),"more":[]}"#
            let verdict = adapter.verdict(
                of: VendorAnswer(status: status, body: Array(body.utf8)),
                for: try SampleEvent.translated(3, by: adapter)
            )
            #expect(verdict.lines == ["all delivered\(isRepeat ? " deduplicated" : "")"])
        }
    }
}
