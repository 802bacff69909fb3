import Events
import JSON
import TestSupport
import Testing

@testable import Vendors

@Suite struct PlainPropertiesTests {
    private static let rules: [PropertyRules] = [
        LagoAdapter().prepare(sample).settings.properties, FlexpriceAdapter().prepare(sample).settings.properties,
        PolarAdapter().prepare(sample).settings.properties, KnetikAdapter().prepare(sample).settings.properties,
    ]
    private static let sample = Destination(provider: "p", adapter: "any", mode: .primary)

    @Test(arguments: [
        #"{}"#, #"{"a":1}"#, #" { "a" : "x" , "b":true,"c":false,"d":-1.25 } "#, #"{"grüße":"für alle"}"#,
        #"{"a":123456789012345}"#,
    ])
    func `lets simple properties go out as they are`(json: String) {
        for rules in Self.rules { #expect(PlainProperties.goOut(ArraySlice(json.utf8), by: rules), "\(json)") }
    }

    @Test(arguments: [
        #"{"a":1e400}"#, #"{"a":1E2}"#, #"{"a":1234567890123456}"#, #"{"a":"\u0000"}"#, #"{"a\"":1}"#, #"{"a":{}}"#,
        #"{"a":[1]}"#, #"[]"#, #"{"a":1"#, #"{"a":1} x"#, "",
    ])
    func `leaves all that could need a change to the rewriter`(json: String) {
        for rules in Self.rules { #expect(!PlainProperties.goOut(ArraySlice(json.utf8), by: rules), "\(json)") }
    }

    @Test func `knows what one vendor alone objects to`() {
        func goesOut(_ json: String, _ settings: [String: SettingValue] = [:]) -> Bool {
            let settings = DestinationSettings(settings).completed(by: PolarSettings.fields)
            return PlainProperties.goOut(ArraySlice(json.utf8), by: PolarSettings(settings).properties)
        }
        let fifty = (1...50).map { #""p\#($0)":1"# }.joined(separator: ",")
        #expect(goesOut("{\(fifty)}") && !goesOut("{\(fifty),\"q\":1}"))
        #expect(!goesOut(#"{"a":null}"#) && !goesOut(#"{"a":""}"#))
        #expect(goesOut(#"{"\#(String(repeating: "n", count: 40))":1}"#))
        #expect(!goesOut(#"{"\#(String(repeating: "n", count: 41))":1}"#))
        #expect(goesOut(#"{"a":"\#(String(repeating: "n", count: 500))"}"#))
        #expect(!goesOut(#"{"a":"\#(String(repeating: "n", count: 501))"}"#))
        for setting in ["numbers", "omit", "copy"] { #expect(!goesOut(#"{"a":1}"#, [setting: .texts(["source"])])) }
    }

    @Test func `never lets out what the rewriter would change or refuse`() throws {
        var random = SeededRandom()
        let names = ["a", "long_name_of_a_property", #"quo\"te"#, "ä", String(repeating: "x", count: 41), ""]
        let values = [
            "0", "-0.5", "123456789012345", "1234567890123456", "0.1234567890123456789", "1e5", "1E400", "true",
            "false",
            "null", #""""#, #""text""#, #""\u0000""#, #""\n""#, #""\#(String(repeating: "y", count: 501))""#, "{}",
            "[1]",
            #"{"amount":"1"}"#,
        ]
        let spaces = ["", " ", "\n\t"]
        var plain = 0
        for _ in 0..<20_000 {
            let members = (0..<Int.random(in: 0...4, using: &random)).map { place in
                let name = (names.randomElement(using: &random) ?? "") + "\(place)"
                let (space, value) = (
                    spaces.randomElement(using: &random) ?? "", values.randomElement(using: &random) ?? ""
                )
                return "\"\(name)\"\(space):\(value)\(space)"
            }
            let bytes = Array("{\(members.joined(separator: ","))}".utf8)
            for rules in Self.rules where PlainProperties.goOut(bytes[...], by: rules) {
                plain += 1
                let document = try JSONDocument(parsing: bytes)
                var rewriter = PropertyRewriter(rules: rules, vendor: "Acme", capacity: bytes.count)
                try rewriter.add(document.root, at: "properties")
                let rewritten = try JSONDocument(parsing: rewriter.end())
                #expect(
                    JSONValue.sameContent(document.root, rewritten.root) && rewriter.numbersAsText == 0,
                    "seed \(SeededRandom.seed)"
                )
                #expect(rewritten.root.members.map { $0.value.kind } == document.root.members.map { $0.value.kind })
            }
        }
        #expect(plain > 5000)
    }
}
