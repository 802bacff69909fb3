import JSON
import TestSupport
import Testing

@testable import Vendors

/// Which names a meter's filter may take: too many rather than too few.
@Suite struct PolarMeterFilterTests {
    private func takes(_ filter: String, _ name: String) throws -> Bool {
        PolarMeterFilter(try JSONDocument(parsing: Array(filter.utf8)).root).mayTake(name)
    }

    private static func clause(_ property: String, _ operation: String, _ value: String) -> String {
        #"{"property":"\#(property)","operator":"\#(operation)","value":\#(value)}"#
    }

    @Test(arguments: [
        ("eq", "a", "a", true), ("eq", "a", "b", false), ("eq", "é", "e\u{301}", false), ("ne", "a", "a", false),
        ("ne", "a", "b", true), ("ne", "é", "e\u{301}", true), ("like", "pi", "api", true), ("like", "", "api", true),
        ("like", "x", "api", false), ("not_like", "pi", "api", false), ("not_like", "x", "api", true),
        // A percent sign stood for other characters in older servers.
        ("like", "a%", "b", true), ("not_like", "a_", "b", true), ("like", "x\\\\", "b", true),
        // The order of texts depends on the store.
        ("gt", "a", "A", true), ("lte", "a", "z", true), ("unknown", "a", "z", true),
    ])
    func `compares names by bytes`(operation: String, value: String, name: String, takes: Bool) throws {
        let filter = #"{"conjunction":"and","clauses":[\#(Self.clause("name", operation, "\"\(value)\""))]}"#
        #expect(try self.takes(filter, name) == takes)
    }

    @Test(arguments: ["7", "true", "null", "[]", "{}"])
    func `a name equals no value that is no text`(value: String) throws {
        #expect(try !takes(#"{"conjunction":"and","clauses":[\#(Self.clause("name", "eq", value))]}"#, "7"))
    }

    @Test(arguments: [
        ("source", "eq", "\"user\"", true), ("source", "eq", "\"system\"", false), ("source", "ne", "\"system\"", true),
        ("source", "eq", "1", false), ("region", "eq", "\"eu\"", true), ("metadata.region", "ne", "\"eu\"", true),
        ("timestamp", "gt", "5", true), ("", "eq", "\"x\"", true),
    ])
    func `other properties may have what is wanted, and the source is always the user`(
        property: String,
        operation: String,
        value: String,
        takes: Bool
    ) throws {
        let clause = Self.clause(property, operation, value)
        #expect(try self.takes(#"{"conjunction":"and","clauses":[\#(clause)]}"#, "n") == takes)
    }

    @Test(arguments: [
        "null", "{}", "7", "[]", #"{"clauses":[]}"#, #"{"conjunction":"or","clauses":[]}"#, #"{"clauses":7}"#,
        #"{"conjunction":"xor","clauses":[{"property":"name","operator":"eq","value":"x"}]}"#,
        #"{"conjunction":"and","clauses":[{}]}"#, #"{"conjunction":"and","clauses":[null,7,[]]}"#,
    ])
    func `a filter that is not understood takes every name`(filter: String) throws {
        #expect(try takes(filter, "n"))
        #expect(PolarMeterFilter(nil).mayTake("n"))
    }

    /// Against a model over all names: a tree that is true or false by its clauses about the name alone.
    @Test func `joins conditions as their conjunction says`() throws {
        var random = SeededRandom()
        let names = ["a", "b", "c"]
        func tree(_ depth: Int) -> (json: String, takes: (String) -> Bool) {
            guard depth > 0, Bool.random(using: &random) else {
                let value = names.randomElement(using: &random) ?? "a"
                let isEqual = Bool.random(using: &random)
                return (Self.clause("name", isEqual ? "eq" : "ne", "\"\(value)\""), { ($0 == value) == isEqual })
            }
            let parts = (0..<Int.random(in: 1...3, using: &random)).map { _ in tree(depth - 1) }
            let isAll = Bool.random(using: &random)
            let json =
                #"{"conjunction":"\#(isAll ? "and" : "or")","clauses":[\#(parts.map(\.json).joined(separator: ","))]}"#
            return (json, { name in isAll ? parts.allSatisfy { $0.takes(name) } : parts.contains { $0.takes(name) } })
        }
        for _ in 0..<500 {
            let (json, expected) = tree(4)
            for name in names { #expect(try takes(json, name) == expected(name), "\(json) \(SeededRandom.seed)") }
        }
    }
}
