import Events
import Foundation
import JSON
import Routing
import Testing

/// Routes of a backfill that were damaged in the journal: they must not be read as routes that take other events.
@Suite struct BackfillRoutesDamageTests {
    private func kept() throws -> String {
        let routes = try RoutesText.read(
            RoutesText.file(
                routes: #"""
                    [{"name": "a", "match": {"name": "api*", "customer_id": "c*"},
                      "to": [{"provider": "p", "until": "2027-01-01T00:00:00Z", "share": 7},
                             {"provider": "p", "from": "2027-01-01T00:00:00Z", "accepted_from": "2027-02-01T00:00:00Z",
                              "accepted_until": "2027-03-01T00:00:00Z"}]},
                     {"name": "b", "match": {"name": "log"}, "to": [{"provider": "p"}]}]
                    """#
            )
        )
        let account = try #require(routes.providers.first)
        let all = try #require(BackfillRoutes(of: account, in: routes))
        let limited = all.limited(
            to: ["c1": Timestamp(milliseconds: 10)],
            after: BackfillRoutes.Return(migration: "m", number: 7)
        )
        return String(decoding: limited.encoded, as: UTF8.self)
    }

    /// A part of the text, and what stands there instead.
    @Test(
        arguments: [
            (#""account":"p""#, #""account":7"#), (#""account":"p","#, ""), (#""but":[]"#, #""but":[1]"#),
            (#""but":[]"#, #""but":{}"#), (#""but":[],"#, ""), (#""prefixes_tenant":false"#, #""prefixes_tenant":0"#),
            (#""rules_for_customers":["#, #""rules_for_customers":[7,"#), (#""rules_for_customers":["#, #""other":["#),
            (#""names":["api*"]"#, #""names":[null]"#), (#""names":["api*"]"#, #""names":"api*""#),
            (#""names":["api*"],"#, ""), (#""customers":["c*"]"#, #""customers":[["c*"]]"#),
            (#""clients":[]"#, #""clients":[true]"#),
            (#""destinations":["#, #""destinations":7,"x":["#), (#""destinations":["#, #""destinations":{},"x":["#),
            (#""destinations":["#, #""destinations":null,"x":["#), (#""destinations":["#, #""destinations":[{},"#),
            (#""share":70000"#, #""share":-1"#), (#""share":70000"#, #""share":1000001"#),
            (#""share":70000"#, #""share":"7""#), (#""share":70000,"#, ""),
            (#""until":1798761600000"#, #""until":"1798761600000""#), (#""until":1798761600000"#, #""until":1e12"#),
            (#""from":1798761600000"#, #""from":null"#), (#""accepted_from":1801440000000"#, #""accepted_from":1.5"#),
            (#""accepted_until":1803859200000"#, #""accepted_until":99999999999999999999"#),
            // The end of its time is its beginning.
            (#""accepted_until":1803859200000"#, #""accepted_until":1801440000000"#),
            (#""customers_from":{"c1":10}"#, #""customers_from":{"c1":"10"}"#),
            (#""customers_from":{"c1":10}"#, #""customers_from":[10]"#), (#","customers_from":{"c1":10}"#, ""),
            (#""customers_from":{"c1":10}"#, #""customers_from":{"c1":10},"others_from":5"#),
            (#""migration":"m""#, #""migration":7"#), (#""number":7"#, #""number":"7""#), (#","number":7"#, ""),
        ]
    )
    func `are not read`(part: String, damage: String) throws {
        let text = try kept()
        let place = try #require(text.range(of: part), "\(part) is not in \(text)")
        let damaged = text.replacingCharacters(in: place, with: damage)
        #expect(JSONDocument(ifValid: Array(damaged.utf8)) != nil, "the damage is one of the content")
        #expect(BackfillRoutes(decoding: Array(damaged.utf8)) == nil)
        #expect(BackfillRoutes(decoding: Array(text.utf8)) != nil)
    }

    @Test func `are not read as far as they go`() throws {
        let bytes = Array(try kept().utf8)
        for length in stride(from: 0, to: bytes.count, by: 7) {
            if BackfillRoutes(decoding: Array(bytes[..<length])) != nil { Issue.record("\(length) bytes") }
        }
    }
}
