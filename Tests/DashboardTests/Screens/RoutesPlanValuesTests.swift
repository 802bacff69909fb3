import JSON
import Testing

@testable import Dashboard

/// A plan as the API answers it, whatever stands in its members.
@Suite struct RoutesPlanValuesTests {
    private func page(_ json: String) throws -> RoutesPlanPage {
        RoutesPlanPage(try JSONDocument(parsing: Array(json.utf8)).root)
    }

    @Test(arguments: [
        ("\"waiting\"", true), ("\"running\"", true), ("\"done\"", false), ("\"failed\"", false), ("\"\"", false),
        ("null", false), ("7", false), ("\"Running\"", false),
    ])
    func `runs while it waits or is read`(status: String, isRunning: Bool) throws {
        #expect(try page("{\"status\": \(status)}").isRunning == isRunning)
    }

    /// A count that no integer holds, or that is none, is shown as none.
    @Test(arguments: [
        ("12408", "12,408"), ("9223372036854775807", "9,223,372,036,854,775,807"), ("9223372036854775808", "0"),
        ("1.5", "0"), ("1e3", "0"), ("-3", "-3"), ("\"7\"", "0"), ("null", "0"), ("[7]", "0"), ("{}", "0"),
    ])
    func `shows counts of any kind`(value: String, text: String) throws {
        #expect(try page("{\"events_read\": \(value)}").eventsRead == text)
        let destination = try destination(#""events": \#(value), "changed": {"events": \#(value)}"#)
        #expect(destination.events == text && destination.changed == text)
    }

    private func destination(_ members: String) throws -> RoutesPlanPage.Destination {
        let page = try page("{\"result\": {\"destinations\": [{\(members)}]}}")
        return try #require(page.result?.destinations.first)
    }

    @Test func `shows no more fields and reasons than a page can hold`() throws {
        let fields = (0..<30).map { #"{"field": "f\#($0)", "events": \#($0), "example": {"before": "1"}}"# }
            .joined(separator: ",")
        let groups = (0..<30).map { #"{"field": "g\#($0)", "message": "m", "events": 1}"# }.joined(separator: ",")
        let shown = try destination(
            #""changed": {"fields": [\#(fields)]}, "untranslatable": {"events": 30, "groups": [\#(groups)]}"#
        )
        #expect(shown.fields.count == 20 && shown.fields.map(\.path).last == "f19")
        #expect(shown.fields.allSatisfy { $0.before == "1" && $0.after == "nothing" })
        #expect(shown.reasons.count == 20 && shown.hasDetails && shown.hasUntranslatable)
    }

    @Test(
        arguments: [
            ("null", nil), ("7", nil), ("[]", nil), ("{}", "0 events were not sent there yet"),
            (#"{"events": 5, "seconds": 0}"#, "5 events were not sent there yet, about 0 ms"),
            (#"{"events": 1200, "seconds": 7200}"#, "1,200 events were not sent there yet, about 2 h"),
            (#"{"events": 5, "seconds": -9}"#, "5 events were not sent there yet, about 0 ms"),
            (#"{"events": 5, "seconds": 1.5}"#, "5 events were not sent there yet"),
            (
                #"{"events": 5, "seconds": 9223372036854775807}"#,
                "5 events were not sent there yet, about 106751991167 d 7 h"
            ),
        ] as [(String, String?)]
    )
    func `says how long a backfill takes`(backfill: String, text: String?) throws {
        #expect(try destination("\"backfill\": \(backfill)").backfill == text)
    }

    /// Events that go nowhere, with the first ten of their names.
    @Test(
        arguments: [
            (#"{"events": 0, "groups": [{"name": "a"}]}"#, nil, nil), ("null", nil, nil), ("{}", nil, nil),
            (#"{"events": -1}"#, nil, nil), (#"{"events": 3}"#, "3", ""),
            (#"{"events": 3, "groups": [{"name": "a"}, {}, {"name": 7}, {"name": "b"}]}"#, "3", "a, b"),
            (#"{"events": 3, "groups": "a"}"#, "3", ""),
        ] as [(String, String?, String?)]
    )
    func `names events that would go nowhere`(group: String, events: String?, names: String?) throws {
        for member in ["unrouted", "forbidden"] {
            let result = try #require(try page("{\"result\": {\"\(member)\": \(group)}}").result)
            let shown = member == "unrouted" ? result.unrouted : result.forbidden
            #expect(shown?.events == events && shown?.names == names)
            #expect((member == "unrouted" ? result.forbidden : result.unrouted) == nil)
        }
    }

    @Test func `names the first ten of many names`() throws {
        let groups = (0..<12).map { #"{"name": "n\#($0)"}"# }.joined(separator: ",")
        let result = try page(#"{"result": {"unrouted": {"events": 12, "groups": [\#(groups)]}}}"#).result
        #expect(result?.unrouted?.names == (0..<10).map { "n\($0)" }.joined(separator: ", "))
    }
}
