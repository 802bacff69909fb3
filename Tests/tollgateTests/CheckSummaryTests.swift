import Testing

@testable import tollgate

/// What `tollgate check --against` prints.
@Suite struct CheckSummaryTests {
    @Test func `lists what the file would change, then what would be left without a provider`() throws {
        let answer = #"""
            {"changes": [{"part": "provider", "name": "polar", "change": "changed", "fields": ["rate_limit", "url"]},
                         {"part": "route", "name": "default", "change": "added", "fields": []},
                         {"part": "client", "name": "shop", "change": "removed"}],
             "stranded": [{"provider": "lago", "events": 12}]}
            """#
        #expect(
            try CheckCommand.summary(.response(answer), file: "routes.json") == """
                routes.json:
                  provider polar: changed rate_limit, url
                  route default: added
                  client shop: removed
                  12 deliveries would be left without their provider lago; they stay pending until it is added again
                """
        )
    }

    @Test func `says so where nothing would change`() throws {
        #expect(try CheckCommand.summary(.response("{}"), file: "a.json") == "a.json: changes nothing")
        #expect(CheckCommand.summary(nil, file: "a.json") == "a.json: changes nothing")
    }
}
