import Events
import JSON
import TestSupport
import Testing

/// Plans are read from disk: what is damaged there must be seen, and must not end the program.
@Suite struct PlanCodingTests {
    private static let plan = Plan(
        route: "default",
        destinations: [
            Destination(
                provider: "p1",
                adapter: "lago",
                mode: .primary,
                rename: ["a": "b"],
                settings: DestinationSettings([
                    "subscription_id": .text("sub_{customer_id}"), "x": .flag(true), "n": .number(-7),
                    "l": .texts(["p", "q"]),
                ])
            ),
            Destination(provider: "p2", adapter: "polar", mode: .mirror),
            Destination(provider: "p3", adapter: "knetik", mode: .shadow),
        ]
    )

    @Test func `no single byte that is lost or changed ends the program, and what is still a plan is a whole one`()
        throws
    {
        let bytes = Self.plan.encoded
        for place in bytes.indices {
            #expect(PlanCoding.decode(Array(bytes[..<place])) == nil, "cut at \(place)")
            for byte in Array("\"\\{}[]:,-017 pe\u{0}\n\u{7F}".utf8) + [0x80, 0xC3, 0xFF] where byte != bytes[place] {
                var damaged = bytes
                damaged[place] = byte
                guard let read = PlanCoding.decode(damaged) else { continue }
                let (one, other) = (
                    try JSONDocument(parsing: damaged).root, try JSONDocument(parsing: read.encoded).root
                )
                if !JSONValue.sameContent(one, other) {
                    Issue.record("byte \(place) as \(byte): read as \(String(decoding: read.encoded, as: UTF8.self))")
                }
            }
        }
    }

    @Test(arguments: [
        #"{"route":null,"destinations":{}}"#, #"{"route":null,"destinations":null}"#, #"{"route":7,"destinations":[]}"#,
        #"{"route":null,"destinations":[7]}"#, "[]", "null", #""destinations""#,
        #"{"route":null,"destinations":[{"provider":"p","adapter":"a","mode":"off","rename":{},"settings":{}}]}"#,
        #"{"route":null,"destinations":[{"provider":"p","adapter":"a","mode":"later","rename":{},"settings":{}}]}"#,
        #"{"route":null,"destinations":[{"provider":1,"adapter":"a","mode":"mirror","rename":{},"settings":{}}]}"#,
        #"{"route":null,"destinations":[{"provider":"p","adapter":"a","mode":"mirror","rename":{"a":1},"settings":{}}]}"#,
        #"{"route":null,"destinations":[{"provider":"p","adapter":"a","mode":"mirror","rename":[],"settings":{}}]}"#,
        #"{"route":null,"destinations":[{"provider":"p","adapter":"a","mode":"mirror","rename":{},"settings":{"s":null}}]}"#,
        #"{"route":null,"destinations":[{"provider":"p","adapter":"a","mode":"mirror","rename":{},"settings":{"s":{}}}]}"#,
        #"{"route":null,"destinations":[{"provider":"p","adapter":"a","mode":"mirror","rename":{},"settings":{"s":1.5}}]}"#,
        #"{"route":null,"destinations":[{"provider":"p","adapter":"a","mode":"mirror","rename":{},"settings":{"s":["a",1]}}]}"#,
        #"{"route":null,"destinations":[{"provider":"p","adapter":"a","mode":"mirror","rename":{},"settings":{"s":9223372036854775808}}]}"#,
    ])
    func `is no plan where any part is of another kind, as a newer version may write it`(json: String) {
        #expect(PlanCoding.decode(Array(json.utf8)) == nil)
    }

    /// One provider twice would be two lines on its bill; damage may make one name of two.
    @Test func `is no plan with a provider twice`() {
        let text = String(decoding: Self.plan.encoded, as: UTF8.self).replacing(#""p2""#, with: #""p1""#)
        #expect(PlanCoding.decode(Array(text.utf8)) == nil)
    }

    @Test(arguments: [Int.min, -1, 0, .max])
    func `keeps whole numbers of any size`(number: Int) throws {
        let plan = Plan(
            route: nil,
            destinations: [
                Destination(
                    provider: "p",
                    adapter: "a",
                    mode: .mirror,
                    settings: DestinationSettings(["n": .number(number)])
                )
            ]
        )
        let read = try #require(PlanCoding.decode(plan.encoded))
        #expect(read.destinations[0].settings.number("n") == number && read.route == nil)
    }

    @Test func `equal plans have equal bytes, in whatever order their maps were filled`() {
        var random = SeededRandom()
        let names = (0..<30).map { "n\($0)\"é" }
        func plan() -> Plan {
            var (rename, settings): ([ExactText: ExactText], [String: SettingValue]) = ([:], [:])
            for name in names.shuffled(using: &random) { rename[name.exact] = (name + "x").exact }
            for name in names.shuffled(using: &random) { settings[name] = .texts([name, ""]) }
            let destination = Destination(
                provider: "p",
                adapter: "a",
                mode: .primary,
                rename: rename,
                settings: DestinationSettings(settings)
            )
            return Plan(route: "r", destinations: [destination])
        }
        let first = plan()
        for _ in 0..<20 { #expect(plan().encoded == first.encoded) }
        #expect(PlanCoding.decode(first.encoded)?.destinations == first.destinations)
    }
}
