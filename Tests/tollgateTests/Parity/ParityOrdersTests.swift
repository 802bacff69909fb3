import ArgumentParser
import Testing

@testable import tollgate

/// The orders of `tollgate parity`, as the API takes them, and the lines of findings.
@Suite struct ParityOrdersTests {
    private func body(_ arguments: [String]) throws -> String {
        String(decoding: try ResolveParityCommand.parse(["7"] + arguments).body, as: UTF8.self)
    }

    @Test func `resolves by sending again, or by accepting a cause`() throws {
        #expect(try body(["--resend"]) == #"{"action":"resend"}"#)
        #expect(
            try body(["--resend", "--dry-run", "--provider", "polar", "--name", "api", "--customer-id", "c"])
                == #"{"action":"resend","dry_run":true,"provider":"polar","name":"api","customer_id":"c"}"#
        )
        #expect(
            try body(["--accept", "foreign", "--reason", "tests", "--until", "2027-01-01T00:00:00Z"])
                == #"{"action":"accept","cause":"foreign","reason":"tests","until":"2027-01-01T00:00:00Z"}"#
        )
        #expect(try ParityReference.parse(["a/b"]).path == "/v1/parity/runs/a%2Fb")
    }

    @Test func `compares by resending as a level of its own`() throws {
        let order = try ParityOrderOptions.parse([
            "--from", "a", "--until", "b", "--providers", "polar", "--method", "resend", "--sample", "7",
        ])
        #expect(
            String(decoding: try order.body(), as: UTF8.self)
                == #"{"from":"a","until":"b","providers":["polar"],"level":"resend","sample":7}"#
        )
    }

    @Test(arguments: [
        (#"{"field": "units", "sent": "14", "shown": "12"}"#, "used 14, billed 12"),
        (#"{"field": "units", "sent": null, "shown": null}"#, "used 0, billed nothing"),
        (
            #"{"field": "amount", "kind": "money", "sent": "14.00 EUR", "shown": "12.00 EUR"}"#,
            "the vendor bills 12.00 EUR, and 14.00 EUR at the same price is what was used"
        ),
        (
            #"{"field": "name", "kind": "dropped", "sent": "a", "shown": null}"#,
            "name (dropped): sent a, vendor has nothing"
        ),
    ])
    func `says what differs`(difference: String, text: String) throws {
        #expect(try FindingLine(.response(#"{"differences": [\#(difference)]}"#)).detail == text)
    }

    @Test func `names an amount by its metric and customer`() throws {
        let differences = #""differences": [{"field": "units", "sent": "1", "shown": "2"}]"#
        #expect(
            try FindingLine(.response(#"{"name": "api", "customer_id": "c", \#(differences)}"#)).id == "api of c"
        )
        #expect(try FindingLine(.response(#"{"name": "api", \#(differences)}"#)).id == "api of all customers")
    }

    @Test func `adds what was done about a finding, and that it is not certain`() throws {
        let finding = #"{"detail": "d", "confirmed": false, "resolution": "resent"}"#
        #expect(
            try FindingLine(.response(finding)).detail == "d; not confirmed by a second read; resent"
        )
    }

    @Test(arguments: [
        ("unexplained", "act", [true, true, true]), ("lost_after_accept", "money", [false, true, true]),
        ("content", "act", [false, true, true]), ("not_visible_yet", "wait", [false, false, true]),
        ("rounding", "benign", [false, false, false]),
    ])
    func `fails on what was asked for, from the gravest on`(cause: String, urgency: String, fails: [Bool]) {
        #expect([ParityFailure.unexplained, .act, .any].map { $0.counts(cause, urgency: urgency) } == fails)
    }
}
