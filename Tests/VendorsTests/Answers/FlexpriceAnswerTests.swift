import Events
import TestSupport
import Testing
import Vendors

/// Flexprice's errors in the three forms that its versions and its guide have.
@Suite struct FlexpriceAnswerTests {
    /// The form since April 2026, the one before, and that of the ingestion guide.
    private static let forms: [@Sendable (String) -> String] = [
        { #"{"code":"validation_error","message":"\#($0)","http_status_code":400}"# },
        { #"{"success":false,"error":{"message":"\#($0)","internal_error":"x","details":{}}}"# },
        { #"{"error":"\#($0)"}"# },
    ]

    private func verdict(_ status: Int, _ body: String, events: Int = 1) throws -> Verdict {
        let adapter = try #require(VendorRegistry.adapter(named: "flexprice"))
        let answer = VendorAnswer(status: status, body: Array(body.utf8))
        return adapter.verdict(of: answer, for: try SampleEvent.translated(events, by: adapter))
    }

    @Test(arguments: 0..<3)
    func `a body above the limit is refused with 400`(form: Int) throws {
        let body = Self.forms[form]("Request body exceeds the maximum size; split the batch into smaller requests")
        #expect(try verdict(400, body).lines == ["all reject payload_too_large"])
        #expect(try verdict(400, body, events: 2).lines == ["unnamed payload_too_large"])
    }

    @Test(arguments: 0..<3)
    func `of a bulk nobody says which event was invalid`(form: Int) throws {
        let body = Self.forms[form]("Invalid request payload")
        #expect(try verdict(400, body).lines == ["all reject invalid_event"])
        #expect(try verdict(400, body, events: 3).lines == ["unnamed invalid_event"])
        #expect(try verdict(400, body).faults.first??.vendor == "Invalid request payload")
    }

    @Test(arguments: 0..<3, ["Failed to resolve environment", "failed to verify tenant access"])
    func `a failure before the body was read is no doubt`(form: Int, sentence: String) throws {
        #expect(try verdict(500, Self.forms[form](sentence)).lines == ["all retry vendor_unavailable"])
        // Of another status or with other words it may be one.
        #expect(try verdict(502, Self.forms[form](sentence)).lines == ["all ambiguous vendor_unavailable"])
        #expect(try verdict(500, Self.forms[form](sentence + ".")).lines == ["all ambiguous vendor_error"])
    }

    @Test(arguments: [
        (#"{"error":"Access denied","message":"Invalid or inaccessible environment"}"#, true),
        (#"{"error":"You don't have access to this environment"}"#, true),
        (#"{"message":"insufficient permissions"}"#, false),
        (#"{"message":"tenant account is suspended"}"#, false), ("", false), (#"{"environment":"x"}"#, false),
    ])
    func `a refusal names the environment if it is about one`(body: String, isEnvironment: Bool) throws {
        let verdict = try verdict(403, body)
        #expect(verdict.lines == ["all park forbidden"])
        #expect(verdict.faults.first??.message.contains("environment_id") == isEnvironment)
    }

    @Test func `the details of a refusal are quoted behind its sentence`() throws {
        let body =
            #"{"code":"validation_error","message":"Request validation failed","details":{"EventName":"failed on the 'required' tag","n":7}}"#
        #expect(
            try verdict(400, body).faults.first??.vendor == "Request validation failed; failed on the 'required' tag"
        )
        let former = #"{"success":false,"error":{"message":"bad","details":{"a":"b"}}}"#
        #expect(try verdict(400, former).faults.first??.vendor == "bad; b")
    }

    /// A success is a flat object of texts.
    @Test(arguments: [
        (#"{"message":"Event accepted for processing","event_id":"e"}"#, true), (#"{"event_id":"e"}"#, true),
        (#"{"message":7}"#, false), (#"{"event_id":null}"#, false), (#"[{"message":"x"}]"#, false), ("{}", false),
        (#"{"events":[]}"#, false), (#""accepted""#, false),
    ])
    func `only a confirmation in its own words is one`(body: String, isUnderstood: Bool) throws {
        for status in [200, 201, 202] {
            let expected = isUnderstood ? "all delivered" : "all ambiguous vendor_error"
            #expect(try verdict(status, body).lines == [expected], "\(status)")
        }
    }
}
