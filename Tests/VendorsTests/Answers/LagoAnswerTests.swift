import Events
import TestSupport
import Testing
import Vendors

/// Lago's 422 in forms that its fact sheet does not have: only "it is there already", and nothing beside it, is a delivery.
@Suite struct LagoAnswerTests {
    private func lines(_ details: String, events: Int) throws -> [String] {
        let adapter = try #require(VendorRegistry.adapter(named: "lago"))
        let body =
            #"{"status":422,"error":"Unprocessable Entity","code":"validation_errors","error_details":\#(details)}"#
        let answer = VendorAnswer(status: 422, body: Array(body.utf8))
        return adapter.verdict(of: answer, for: try SampleEvent.translated(events, by: adapter)).lines
    }

    private static let others = [
        #"{"transaction_id":["value_already_exist","value_is_mandatory"]}"#, #"{"transaction_id":[]}"#,
        #"{"transaction_id":"value_already_exist"}"#, #"{"transaction_id":["value_already_exists"]}"#,
        #"{"transaction_id":["Value_already_exist"]}"#, #"{"transaction_id":[["value_already_exist"]]}"#,
        #"{"transaction_id":["value_already_exist"],"timestamp":["invalid_format"]}"#,
        #"{"Transaction_id":["value_already_exist"]}"#, #"{"code":["value_already_exist"]}"#, "{}", "[]", "null", "7",
        #""value_already_exist""#, #"["value_already_exist"]"#, #"{"transaction_id":{"0":"value_already_exist"}}"#,
    ]

    @Test(arguments: others)
    func `a single event is rejected for anything else`(details: String) throws {
        #expect(try lines(details, events: 1) == ["all reject invalid_event"])
    }

    @Test(arguments: others)
    func `so is an event of a batch, and the rest is sent again`(details: String) throws {
        #expect(try lines(#"{"1":\#(details)}"#, events: 3) == ["resend", "reject invalid_event", "resend"])
    }

    @Test func `each event of a batch has its own outcome`() throws {
        let details =
            #"{"2":{"transaction_id":["value_already_exist"]},"0":{"code":["value_is_mandatory"]},"3":"expression_evaluation_failed: x"}"#
        #expect(
            try lines(details, events: 4)
                == ["reject invalid_event", "resend", "delivered deduplicated", "reject invalid_event"]
        )
    }

    /// What stands under a key that is no index of the batch makes the whole answer doubtful, whatever else is in it.
    @Test(arguments: [
        "3", "-1", "+1", "01", "-0", "9223372036854775807", "9223372036854775808", "1.0", " 1", "1 ", "", "events",
        "base", "0x1",
        "\u{661}",
    ])
    func `a key that is no index names no event`(key: String) throws {
        let known = #""0":{"transaction_id":["value_already_exist"]}"#
        #expect(try lines(#"{\#(known),"\#(key)":["x"]}"#, events: 3) == ["unnamed invalid_event"])
        #expect(try lines(#"{"\#(key)":["x"]}"#, events: 3) == ["unnamed invalid_event"])
    }

    @Test(arguments: [
        #"{"status":422,"code":"validation_errors"}"#, #"{"error_details":["0"]}"#, #"{"error_details":null}"#,
        #"{"error_details":true}"#, "[]", "", "{", "<html>",
    ])
    func `a batch without details by index is divided, and a single event rejected`(body: String) throws {
        let adapter = try #require(VendorRegistry.adapter(named: "lago"))
        let answer = VendorAnswer(status: 422, body: Array(body.utf8))
        let one = adapter.verdict(of: answer, for: try SampleEvent.translated(1, by: adapter))
        let many = adapter.verdict(of: answer, for: try SampleEvent.translated(2, by: adapter))
        #expect(one.lines == ["all reject invalid_event"] && many.lines == ["unnamed invalid_event"])
    }

    /// More events than were sent, fewer, or another root.
    @Test(arguments: [
        #"{"events":[{}]}"#, #"{"events":[{},{},{}]}"#, #"{"events":{}}"#, #"{"event":{}}"#, #"{"events":null}"#,
        "[{},{}]",
    ])
    func `a success that confirms another number of events may have been applied`(body: String) throws {
        let adapter = try #require(VendorRegistry.adapter(named: "lago"))
        let answer = VendorAnswer(status: 200, body: Array(body.utf8))
        let verdict = adapter.verdict(of: answer, for: try SampleEvent.translated(2, by: adapter))
        #expect(verdict.lines == ["all ambiguous vendor_error"])
    }
}
