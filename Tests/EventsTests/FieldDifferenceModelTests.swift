import JSON
import TestSupport
import Testing

@testable import Events

/// The differences of two objects of objects, against the sets of their paths.
@Suite struct FieldDifferenceModelTests {
    /// Values by path, each path of one or two names, in the order of their writing.
    private func object(_ random: inout SeededRandom) -> (text: String, values: [(path: String, value: String)]) {
        var values: [(path: String, value: String)] = []
        let outer = ["a", "b", "c", "d"].filter { _ in Bool.random(using: &random) }
        let members = outer.map { name -> String in
            guard name < "c" else {
                let inner = ["x", "y", "z"].filter { _ in Bool.random(using: &random) }
                let texts = inner.map { key -> String in
                    let value = "\(Int.random(in: 0...2, using: &random))"
                    values.append(("\(name).\(key)", value))
                    return "\"\(key)\":\(value)"
                }
                return "\"\(name)\":{\(texts.joined(separator: ","))}"
            }
            let value = ["1", "\"1\"", "[1,2]", "null"].randomElement(using: &random) ?? "0"
            values.append((name, value))
            return "\"\(name)\":\(value)"
        }
        return ("{\(members.joined(separator: ","))}", values)
    }

    @Test func `names each path whose value differs, is new or is gone`() throws {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let (before, after) = (object(&random), object(&random))
            let old = Dictionary(uniqueKeysWithValues: before.values.map { ($0.path, $0.value) })
            let new = Dictionary(uniqueKeysWithValues: after.values.map { ($0.path, $0.value) })
            let found = FieldDifference.all(between: Array(before.text.utf8), and: Array(after.text.utf8))
            for difference in found where !["order of fields"].contains(difference.path) {
                // An object that one of them lacks is one difference, with all that is in it.
                guard let value = old[difference.path] ?? new[difference.path] else {
                    #expect(difference.before == nil || difference.after == nil, "\(before.text) to \(after.text)")
                    continue
                }
                #expect(difference.before == old[difference.path] && difference.after == new[difference.path])
                #expect(difference.before != difference.after, "\(value)")
            }
            let named = Set(found.map(\.path))
            #expect(named.count == found.count, "each once")
            for path in Set(old.keys).union(new.keys) where old[path] != new[path] {
                let parent = String(path.prefix { $0 != "." })
                #expect(named.contains(path) || named.contains(parent), "\(path): \(before.text) to \(after.text)")
            }
        }
    }

    @Test(arguments: [
        ("{}", "[]", ["body"]), ("[1]", "[2]", ["body"]), ("1", "1.0", ["body"]), ("", "{}", ["body"]),
        ("{", "}", ["body"]), (#"{"a":1}"#, #"{"a":1}"#, ["order of fields"]),
        (#"{"a":1}"#, #"{ "a" : 1 }"#, ["order of fields"]), (#"{"a":{"b":{}}}"#, #"{"a":{"b":{"c":1}}}"#, ["a.b.c"]),
        (#"{"a.b":1}"#, #"{"a.b":2}"#, ["a.b"]), (#"{"":1}"#, #"{"":2}"#, ["body"]),
        ("{\"\u{E9}\":1}", "{\"e\u{301}\":1}", ["\u{E9}", "e\u{301}"]), (#"{"a":1}"#, #"{"\u0061":2}"#, ["a"]),
    ])
    func `names the place at the ends of what a body may be`(before: String, after: String, paths: [String]) {
        let found = FieldDifference.all(between: Array(before.utf8), and: Array(after.utf8)).map(\.path.exact)
        #expect(found == paths.map(\.exact))
    }

    /// 200 bytes of a value are shown, and three dots for the rest.
    @Test(arguments: [(198, false), (199, true)])
    func `shows so much of a value`(count: Int, isCut: Bool) throws {
        let value = "\"" + String(repeating: "x", count: count) + "\""
        let found = FieldDifference.all(between: Array("{}".utf8), and: Array("{\"a\":\(value)}".utf8))
        let shown = try #require(found.first?.after)
        #expect(shown == (isCut ? value.prefix(200) + "…" : value))
    }
}
