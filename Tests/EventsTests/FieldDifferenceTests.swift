import Testing

@testable import Events

@Suite struct FieldDifferenceTests {
    @Test(arguments: [
        (#"{"a":1}"#, #"{"a":2}"#, ["a: 1 → 2"]),
        (#"{"a":1,"b":"x"}"#, #"{"b":"x"}"#, ["a: 1 → nil"]),
        (#"{"b":"x"}"#, #"{"a":null,"b":"x"}"#, ["a: nil → null"]),
        (#"{"p":{"u":1,"v":[1]}}"#, #"{"p":{"u":1.0,"v":[1,2]}}"#, ["p.u: 1 → 1.0", "p.v: [1] → [1,2]"]),
        (#"{"p":{"u":1}}"#, #"{"p":"1"}"#, [#"p: {"u":1} → "1""#]),
        (#"{"a":1,"b":2}"#, #"{"b":2,"a":1}"#, ["order of fields: nil → nil"]),
        ("a=1&b=2", "a=1&b=3", ["body: a=1&b=2 → a=1&b=3"]),
    ])
    func `names each field that differs`(_ before: String, _ after: String, _ expected: [String]) {
        let found = FieldDifference.all(between: Array(before.utf8), and: Array(after.utf8)).map {
            "\($0.path): \($0.before ?? "nil") → \($0.after ?? "nil")"
        }
        #expect(found == expected)
    }

    /// Pairs of them would be looked at for many minutes.
    @Test(.timeLimit(.minutes(2))) func `compares objects of any number of members`() {
        let members = (0..<100_000).map { "\"k\($0)\":1" }
        let (all, others) = ("{\(members.joined(separator: ","))}", "{\(members.dropFirst().joined(separator: ","))}")
        #expect(FieldDifference.all(between: Array(all.utf8), and: Array(others.utf8)).map(\.path) == ["k0"])
    }

    @Test func `shortens long values`() {
        let long = "\"" + String(repeating: "x", count: 1000) + "\""
        let found = FieldDifference.all(between: Array(#"{"a":1}"#.utf8), and: Array("{\"a\":\(long)}".utf8))
        #expect(found.first?.after?.utf8.count ?? 0 < 300)
    }
}
