import Testing

@testable import tollgate

/// Filters of the command line on their way to the API.
@Suite struct QueryParametersTests {
    @Test(arguments: [
        (["a"], ["a"]), (["a,b", "c"], ["a", "b", "c"]), ([#"a\,b"#], ["a,b"]), ([#"a\\,b"#], [#"a\"#, "b"]),
        ([#"a\b"#], [#"a\b"#]), ([#"a\"#], [#"a\"#]), ([",,a,"], ["a"]), ([""], []), ([], []),
    ])
    func `splits values at commas that are not escaped`(values: [String], parts: [String]) {
        #expect(QueryParameters.split(values) == parts)
    }

    @Test func `keeps every value that is escaped as the help says`() {
        let letters = ["a", ",", #"\"#]
        for first in letters {
            for second in letters {
                for third in letters {
                    let value = first + second + third
                    let escaped = value.replacing(#"\"#, with: #"\\"#).replacing(",", with: #"\,"#)
                    #expect(QueryParameters.split([escaped, "x"]) == [value, "x"], "\(escaped)")
                }
            }
        }
    }

    @Test func `encodes values, and leaves out what was not given`() {
        var parameters = QueryParameters()
        parameters.add("cursor", nil)
        parameters.add("name", anyOf: [])
        #expect(parameters.appended(to: "/v1/events") == "/v1/events")
        parameters.add("name", anyOf: ["a b,c&d", #"e\,f"#])
        parameters.add("from", "2026-01-31T00:00:00+01:00")
        #expect(
            parameters.appended(to: "/v1/events")
                == "/v1/events?name=a%20b,c%26d,e%2Cf&from=2026-01-31T00%3A00%3A00%2B01%3A00"
        )
    }
}
