import Events
import JSON
import Testing

@testable import ConfigurationFile

/// What a configuration file may hold: every kind of field against every kind of value.
@Suite struct FieldReaderTests {
    private static let values = [
        "null", "true", "\"\"", "\"text\"", "\"a\"", "0", "1", "10", "11", "1.5", "1e400", "9223372036854775808",
        "\"30s\"", "\"0s\"",
        "\"12345678s\"", "\"50/s\"", "\"0/s\"", "\"50/y\"", "\"2027-01-31T00:00:00Z\"", "\"2027-01-31\"", "[]",
        "[\"a\"]", "[\"a\",1]",
        "[[]]", "{}", "{\"x\":1}",
    ]
    private static let texts: Set = [
        "\"\"", "\"text\"", "\"a\"", "\"30s\"", "\"0s\"", "\"12345678s\"", "\"50/s\"", "\"0/s\"", "\"50/y\"",
        "\"2027-01-31T00:00:00Z\"", "\"2027-01-31\"",
    ]
    private static let accepted: [(kind: Field.Kind, values: Set<String>)] = [
        (.text, texts), (.choice(["a", "b"]), ["\"a\""]), (.flag, ["true"]), (.integer(1...10), ["1", "10"]),
        (.integer(.min ... .max), ["0", "1", "10", "11"]), (.number(1...10), ["1", "1.5", "10"]),
        (.duration, ["\"30s\""]),
        (.rate, ["\"50/s\""]), (.timestamp, ["\"2027-01-31T00:00:00Z\""]), (.texts, texts.union(["[]", "[\"a\"]"])),
        (.object([]), ["{}", "{\"x\":1}"]), (.map(.text), ["{}", "{\"x\":1}"]),
        (.either([.flag, .integer(1...10)]), ["true", "1", "10"]),
        (.either([.duration, .object([])]), ["\"30s\"", "{}", "{\"x\":1}"]),
    ]

    private func read(_ text: String, _ fields: [Field]) throws -> (reader: FieldReader, members: [String: JSONValue]) {
        var reader = FieldReader()
        let members = reader.members(of: try JSONDocument(parsing: Array(text.utf8)).root, fields, in: "the file")
        return (reader, members)
    }

    @Test(arguments: accepted.indices)
    func `takes the values of its kind, and says of each other one where it is and what belongs there`(index: Int)
        throws
    {
        let (kind, good) = Self.accepted[index]
        for value in Self.values {
            let (reader, members) = try read("{\n  \"field\": \(value)}", [Field("field", kind, "A field.")])
            #expect((members["field"] != nil) == good.contains(value), "\(kind): \(value)")
            #expect(reader.faults.isEmpty == good.contains(value), "\(kind): \(value)")
            guard let fault = reader.faults.first else { continue }
            #expect(reader.faults.count == 1 && fault.severity == .error)
            #expect(fault.position.line == 2 && fault.position.column == 12, "\(kind): \(value)")
            #expect(fault.message.contains("field"))
        }
    }

    @Test func `names each element of a list that is wrong, and keeps the list`() throws {
        let (reader, members) = try read(
            #"{"list":["a","c",1,"b",null]}"#,
            [Field("list", .list(.choice(["a", "b"])), "A list.")]
        )
        #expect(reader.faults.map(\.position.column) == [14, 18, 24])
        #expect(reader.faults.first?.message == "unknown word in list \"c\" (did you mean \"a\"?)")
        #expect(members["list"] != nil)
        let (_, none) = try read(#"{"list":{}}"#, [Field("list", .list(.text), "A list.")])
        #expect(none["list"] == nil)
    }

    @Test func `names unknown, duplicated and missing fields, each where it is`() throws {
        let fields = [
            Field("provider", .text, "Whom."), Field("mode", .text, required: true, "How."),
            Field("off", .flag, "Whether."),
        ]
        let (reader, members) = try read("{\"provder\":1,\n\"provider\":\"a\",\n\"provider\":\"b\"}", fields)
        #expect(
            reader.faults.map { "\($0.position.line):\($0.position.column) \($0.message)" } == [
                "1:2 unknown field \"provder\" in the file (did you mean \"provider\"?)",
                "3:1 \"provider\" is duplicated in the file",
                "1:1 \"mode\" is missing in the file: How.",
            ]
        )
        #expect(members["provider"]?.string == "a" && members.count == 1)
    }

    @Test(arguments: ["\"a note\"", "[\"two\",\"notes\"]"])
    func `every object may have a comment, which is no field`(comment: String) throws {
        let (reader, members) = try read("{\"_comment\":\(comment)}", [])
        #expect(reader.faults.isEmpty && members.isEmpty)
        #expect(try read("{\"_comment\":1}", []).reader.faults.count == 1)
        #expect(try read("{\"_comment\":\(comment),\"_comment\":\(comment)}", []).reader.faults.count == 1)
    }

    /// A field that is there with a wrong value is not missing as well.
    @Test func `says one thing of a required field with a wrong value`() throws {
        let (reader, _) = try read(#"{"mode":1}"#, [Field("mode", .text, required: true, "How.")])
        #expect(reader.faults.map(\.message) == ["\"mode\" must be a string, found 1"])
    }

    @Test(arguments: [0, 1, 99, 100, 101, 5000])
    func `lists a hundred errors, counts the others, and looks for ten typing mistakes`(count: Int) throws {
        let text = "{" + (0..<count).map { "\"provide\($0)\":1" }.joined(separator: ",") + "}"
        let (reader, _) = try read(text, [Field("provider", .text, "Whom.")])
        #expect(reader.faults.count == min(count, 100))
        #expect(reader.omittedErrors == max(0, count - 100))
        #expect(reader.faults.filter { $0.message.contains("did you mean") }.count <= 10)
    }

    @Test func `warnings take no room from errors, and are not counted among them`() throws {
        var reader = FieldReader()
        let root = try JSONDocument(parsing: Array("{}".utf8)).root
        for _ in 0..<150 { reader.fault(root, "odd", severity: .warning) }
        for _ in 0..<3 { reader.fault(root, "wrong") }
        #expect(reader.faults.count == 103 && reader.omittedErrors == 0)
        #expect(reader.faults.suffix(3).allSatisfy { $0.line(in: "routes.json") == "routes.json:1:1: wrong" })
        #expect(reader.faults[0].line(in: "r") == "r:1:1: warning: odd")
    }

    /// A vendor's key may stand where its object belongs; a name may be a megabyte.
    @Test func `quotes no credential, and little of what is long`() throws {
        let long = String(repeating: "x", count: 100_000)
        let fields = [
            Field("credential", .object([]), "The key."), Field("choice", .choice(["a"]), "One."),
            Field("n", .flag, "Flag."),
        ]
        let (reader, _) = try read(#"{"credential":"s3cret","\#(long)":1,"choice":"\#(long)","n":"\#(long)"}"#, fields)
        #expect(reader.faults.count == 4)
        for fault in reader.faults { #expect(!fault.message.contains("s3cret") && fault.message.utf8.count < 1000) }
    }

    @Test func `a file that is no JSON has one fault, at its position`() throws {
        do throws(JSONError) {
            _ = try JSONDocument(parsing: Array("{\n\"a\" 1}".utf8))
            Issue.record("no fault")
        } catch {
            let fault = FaultyConfiguration(error).faults
            #expect(
                fault.lines(in: "routes.json") == "routes.json:2:5: this is not JSON: expected a colon after the key"
            )
        }
    }

    @Test(arguments: [
        ("1/s", 1, 1), ("9999999/h", 9_999_999, 3600), ("50/sec", 50, 1), ("50/second", 50, 1), ("50/m", 50, 60),
        ("50/min", 50, 60),
        ("50/minute", 50, 60), ("50/hour", 50, 3600),
    ])
    func `reads rates`(text: String, requests: Int, seconds: Int) {
        #expect(RateText.read(text) == RateLimit(requests: requests, per: .seconds(seconds)))
    }

    @Test(arguments: [
        "", "/", "50", "50/", "/s", "0/s", "01/s", "-1/s", "+1/s", "1.5/s", "10000000/s", "99999999999999999999/s",
        "50/S", "50/d", "50/s/s",
        "50 /s", "50/ s", "\u{661}/s", "5e1/s",
    ])
    func `reads nothing else as a rate`(text: String) { #expect(RateText.read(text) == nil) }

    @Test(arguments: [
        ("a", true), (String(repeating: "x", count: 64), true), ("A-z_0.9", true), ("", false),
        (String(repeating: "x", count: 65), false),
        ("a b", false), ("é", false), ("a/b", false), ("a~1", false), ("[", false), ("`", false), ("@", false),
        ("{", false), ("a\n", false),
    ])
    func `knows names by their letters and their length`(name: String, isMet: Bool) {
        #expect(NameRule.isMet(by: name) == isMet)
    }

    /// Every byte by itself.
    @Test func `takes 65 of all ASCII characters in names`() {
        let taken = (UInt8(0)..<128).filter { NameRule.isMet(by: String(UnicodeScalar($0))) }
        let expected = Array("-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz".utf8)
        #expect(taken == expected)
    }
}
