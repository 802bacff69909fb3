import TestSupport
import Testing

@testable import Sandbox

/// The parameter `filter` of Polar's list, and the filters of its meters.
@Suite struct PolarFilterTests {
    private static let event: SandboxJSON =
        SandboxJSON(
            #"{"name":"api","metadata":{"n":5,"t":"50% é","b":true,"s":"5","z":null,"o":{"x":"in"},"_cost":{"amount":1.5}}}"#
                .utf8
        ) ?? nil

    private func takes(_ filter: String, at second: Int = 100) -> Bool? {
        PolarFilter(SandboxJSON(filter.utf8) ?? nil)?.takes(Self.event, atSecond: second)
    }

    private static func clause(_ property: String, _ comparison: String, _ value: String) -> String {
        #"{"property":"\#(property)","operator":"\#(comparison)","value":\#(value)}"#
    }

    private func holds(_ property: String, _ comparison: String, _ value: String) -> Bool? {
        takes(#"{"conjunction":"and","clauses":[\#(Self.clause(property, comparison, value))]}"#)
    }

    private static let comparisons = ["eq", "ne", "gt", "gte", "lt", "lte"]

    /// A row: the value that is found in the event compared with the clause's; the columns are the six comparisons.
    @Test(arguments: [
        ("n", "5", 0), ("n", "4", 1), ("n", "6", -1), ("n", "-2147483648", 1),
        // Text is compared as text, by bytes: "5" with "10" and "5" with "05".
        ("n", "\"5\"", 0), ("n", "\"10\"", 1), ("s", "5", 0), ("s", "\"05\"", 1), ("t", "\"50% é\"", 0),
        ("t", "\"z\"", -1), ("b", "true", 0), ("b", "false", 1), ("b", "1", 0), ("b", "\"true\"", 0),
        // What is missing or null is '' or 0.
        ("none", "0", 0), ("none", "\"\"", 0), ("none", "1", -1), ("none", "\"a\"", -1), ("z", "\"\"", 0),
        ("o.x", "\"in\"", 0), ("metadata.n", "5", 0), ("name", "\"api\"", 0), ("name", "\"b\"", -1),
        ("source", "\"user\"", 0), ("timestamp", "100", 0), ("timestamp", "99", 1), ("_cost.amount", "1", 1),
    ])
    func `compares text with text and everything else by number`(
        property: String,
        value: String,
        order: Int
    ) {
        let expected = [order == 0, order != 0, order > 0, order >= 0, order < 0, order <= 0]
        #expect(Self.comparisons.map { holds(property, $0, value) } == expected)
    }

    /// Nothing holds for a name compared with a number, a time with text, and a column that has no value.
    @Test(arguments: [
        ("name", "5"), ("source", "true"), ("timestamp", "\"100\""), ("_llm.model", "\"\""), ("_llm.input_tokens", "0"),
        ("_cost.currency", "\"usd\""),
    ])
    func `nothing holds where the types or the column are missing`(property: String, value: String) {
        #expect(
            (Self.comparisons + ["like", "not_like"]).map { holds(property, $0, value) }.allSatisfy { $0 == false }
        )
    }

    @Test(arguments: [
        ("t", "\"%\"", true), ("t", "\"0% \"", true), ("t", "\"5_\"", false), ("t", "\"É\"", false),
        ("t", "\"e\"", false),
        ("t", "\"\"", true), ("n", "5", true), ("n", "\"5\"", true), ("b", "true", true), ("b", "\"ru\"", true),
        ("none", "\"\"", true), ("none", "\"x\"", false), ("name", "\"pi\"", true), ("o", "\"x\"", true),
    ])
    func `like means contains, and every character stands for itself`(property: String, value: String, isIn: Bool) {
        #expect(holds(property, "like", value) == isIn && holds(property, "not_like", value) == !isIn)
    }

    @Test(arguments: [
        "7", "[]", "{}", #"{"conjunction":"and"}"#, #"{"conjunction":"xor","clauses":[]}"#, #"{"clauses":[]}"#,
        #"{"conjunction":"and","clauses":{}}"#, #"{"conjunction":"and","clauses":[7]}"#,
        #"{"conjunction":"and","clauses":[{"property":"n","operator":"is","value":5}]}"#,
        #"{"conjunction":"and","clauses":[{"property":"n","operator":"eq"}]}"#,
        #"{"conjunction":"and","clauses":[{"property":7,"operator":"eq","value":5}]}"#,
        #"{"conjunction":"and","clauses":[{"property":"n","operator":"eq","value":null}]}"#,
        #"{"conjunction":"and","clauses":[{"property":"n","operator":"eq","value":1.5}]}"#,
        #"{"conjunction":"and","clauses":[{"property":"n","operator":"eq","value":2147483648}]}"#,
        #"{"conjunction":"and","clauses":[{"conjunction":"or","clauses":[7]}]}"#,
    ])
    func `what is no filter is refused`(filter: String) {
        #expect(takes(filter) == nil)
        let answer = SimulatorProbe.polar.get("/v1/events/", query: [("filter", filter)])
        #expect(answer.status == 422 && answer.json["error"] == "RequestValidationError")
    }

    @Test(arguments: ["", "{", "{'a':1}", #"{"conjunction":"and","clauses":[]} x"#])
    func `what is no JSON is refused as such`(filter: String) {
        let answer = SimulatorProbe.polar.get("/v1/events/", query: [("filter", filter)])
        #expect(answer.status == 422 && answer.json["detail"]?.array?.first?["type"] == "json_invalid")
    }

    /// Without clauses everything passes, also by "or".
    @Test(arguments: ["and", "or"])
    func `no clause restricts nothing`(word: String) {
        #expect(takes(#"{"conjunction":"\#(word)","clauses":[]}"#) == true)
    }

    @Test func `joins clauses as a model of them does`() {
        var random = SeededRandom()
        let yes = Self.clause("n", "eq", "5")
        let no = Self.clause("n", "ne", "5")
        func tree(_ depth: Int) -> (json: String, value: Bool) {
            if depth == 0 || Int.random(in: 0..<3, using: &random) == 0 {
                let value = Bool.random(using: &random)
                return (value ? yes : no, value)
            }
            let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in tree(depth - 1) }
            let isAll = Bool.random(using: &random)
            let json = parts.map(\.json).joined(separator: ",")
            return (
                #"{"conjunction":"\#(isAll ? "and" : "or")","clauses":[\#(json)]}"#,
                isAll ? parts.allSatisfy(\.value) : parts.contains(where: \.value)
            )
        }
        for _ in 0..<500 {
            let (json, value) = tree(4)
            #expect(takes(#"{"conjunction":"and","clauses":[\#(json)]}"#) == value, "\(json) \(SeededRandom.seed)")
        }
    }
}
