import Testing

@testable import Sandbox

/// What Polar's model asks of an event, by the tables of its fact sheet: types, boundaries and locations.
@Suite struct PolarValidationTests {
    private let probe = SimulatorProbe.polar
    private static let id = "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"

    private func ingest(_ members: String) -> SimulatedAnswer { probe.send(["{\(members)}"]) }

    /// Type and last step of each entry about the shape with the application's own customer.
    private func faults(_ members: String) -> [String] {
        (ingest(members).json["detail"]?.array ?? []).compactMap { entry in
            let steps = (entry["loc"]?.array ?? []).compactMap(\.string)
            guard steps.contains("EventCreateExternalCustomer") else { return nil }
            return "\(entry["type"]?.string ?? "") \(steps.last ?? "")"
        }
    }

    private static func text(_ character: String, _ count: Int) -> String { String(repeating: character, count: count) }

    @Test(
        arguments: [
            #""name":"n""#, #""name":"""#, #""name":"\#(text("x", 128))""#, #""name":"\#(text("é", 128))""#,
            #""name":"\#(text("👩", 128))""#, #""name":"n","external_id":null"#, #""name":"n","external_id":"""#,
            #""name":"n","external_id":"\#(text("i", 3000))""#, #""name":"n","parent_id":null"#,
            #""name":"n","metadata":{}"#, #""name":"n","unknown":[1]"#, #""name":"n","organization_id":null"#,
            #""name":"n","metadata":{"a":"x","b":1,"c":1.0,"d":true,"e":99999999999999999999999999}"#,
            #""name":"n","metadata":{"a":"\#(text("é", 500))"}"#, #""name":"n","metadata":{"":1}"#,
            #""name":"n","metadata":{"\#(text("k", 41))":1}"#,
            #""name":"n","metadata":{\#((0...50).map { #""k\#($0)":1"# }.joined(separator: ","))}"#,
            #""name":"n","timestamp":"0001-01-01T00:00:00Z""#, #""name":"n","timestamp":"2026-11-01T00:00:00Z""#,
            #""name":"n","timestamp":1793491200"#, #""name":"n","timestamp":1793491200000"#,
            #""name":"n","timestamp":"2026-10-31 23:59Z""#,
        ]
    )
    func `takes what the model takes`(members: String) {
        let answer = ingest(#"\#(members),"external_customer_id":"c""#)
        #expect(answer.status == 200 && answer.text == #"{"inserted":1,"duplicates":0}"#, "\(answer.text)")
    }

    @Test(
        arguments: [
            (#""x":1"#, ["missing name"]), (#""name":7"#, ["string_type name"]),
            (#""name":null"#, ["string_type name"]),
            (#""name":"\#(text("x", 129))""#, ["string_too_long name"]),
            (#""name":"n","external_id":7"#, ["string_type external_id"]),
            (#""name":"n","parent_id":[]"#, ["string_type parent_id"]),
            (#""name":"n","metadata":null"#, ["dict_type metadata"]),
            (#""name":"n","metadata":[]"#, ["dict_type metadata"]),
            (#""name":"n","metadata":"x""#, ["dict_type metadata"]),
            (#""name":"n","metadata":{"a":""}"#, ["string_too_short constrained-str"]),
            (#""name":"n","metadata":{"a":"\#(text("é", 501))"}"#, ["string_too_long constrained-str"]),
            (
                #""name":"n","metadata":{"a":null,"b":[],"c":{}}"#,
                [String](repeating: "string_type constrained-str", count: 3)
            ),
            (#""name":"n","metadata":{"_cost":5}"#, ["dict_type _cost"]),
            (#""name":"n","metadata":{"_llm":[]}"#, ["dict_type _llm"]),
            (#""name":"n","metadata":{"_llm":{"vendor":"v","model":"m"}}"#, ["missing input_tokens"]),
            (
                #""name":"n","metadata":{"_llm":{"vendor":"v","model":"m","input_tokens":1,"output_tokens":1.5,"total_tokens":1}}"#,
                ["int_from_float output_tokens"]
            ),
            (#""name":"n","timestamp":null"#, ["timezone_aware timestamp"]),
            (#""name":"n","timestamp":"2026-10-01T00:00:00""#, ["timezone_aware timestamp"]),
            (#""name":"n","timestamp":"2026-11-01T00:00:00.001Z""#, ["value_error timestamp"]),
            (#""name":"n","timestamp":1793491201"#, ["value_error timestamp"]),
            (#""name":"n","external_id":"\u0000""#, ["value_error external_id"]),
            (#""name":"n","metadata":{"a\u0000":1}"#, ["value_error metadata"]),
            (
                #""name":7,"external_id":7,"metadata":7"#,
                ["string_type name", "string_type external_id", "dict_type metadata"]
            ),
        ]
    )
    func `refuses the rest, each at its place`(members: String, expected: [String]) {
        #expect(faults(#"\#(members),"external_customer_id":"c""#) == expected)
        #expect(probe.simulator.books.counts.received == 0)
    }

    @Test func `says what is ahead of its clock in the model's words, and waits for no millisecond`() {
        let event = #""name":"n","external_customer_id":"c","timestamp":"2026-11-01T00:00:00.001Z""#
        let entry = ingest(event).json["detail"]?.array?.last
        #expect(entry?["msg"]?.string == "Value error, Timestamp must be in the past.")
        #expect(probe.send(["{\(event)}"], after: 0.0015).status == 200)
    }

    /// An event that fits neither shape has the errors of both, with the branch as the fourth step.
    @Test func `reports both shapes`() throws {
        let answer = probe.send([#"{"name":"n","external_customer_id":"c"}"#, #"{"name":"n"}"#])
        #expect(answer.status == 422 && answer.json["error"] == "RequestValidationError")
        let entries = answer.json["detail"]?.array ?? []
        #expect(
            entries.map { $0["loc"]?.text } == [
                #"["body","events",1,"EventCreateCustomer","customer_id"]"#,
                #"["body","events",1,"EventCreateExternalCustomer","external_customer_id"]"#,
            ]
        )
        #expect(entries.allSatisfy { $0["type"] == "missing" && $0["msg"] == "Field required" })
        // For what is missing, the whole event is repeated.
        #expect(entries.allSatisfy { $0["input"] == ["name": "n"] })
    }

    @Test(arguments: ["7", "null", "[]", #""x""#])
    func `an event must be an object`(event: String) {
        let entries = probe.send([event]).json["detail"]?.array ?? []
        #expect(entries.map { $0["type"] } == ["model_attributes_type", "model_attributes_type"])
    }

    @Test(arguments: [
        ("{}", "missing"), (#"{"event":[]}"#, "missing"), ("{", "json_invalid"),
        ("", "json_invalid"),
        (#"{"events":[]} x"#, "json_invalid"),
    ])
    func `the body must have events`(body: String, type: String) {
        let answer = probe.post("/v1/events/ingest", body)
        #expect(answer.status == 422 && answer.json["detail"]?.array?.first?["type"] == .string(type))
    }

    /// Of two that fit the external customer counts, but of an event with a broken one Polar's own.
    @Test(
        arguments: [
            (#""external_customer_id":"c""#, nil, "c"), (#""customer_id":"\#(id)""#, id, nil),
            (#""customer_id":"\#(id)","external_customer_id":"c""#, nil, "c"),
        ] as [(String, String?, String?)]
    )
    func `shows the customer that an event has`(members: String, own: String?, external: String?) {
        #expect(ingest(#""name":"n",\#(members)"#).status == 200)
        let item = probe.get("/v1/events/").json["items"]?.array?.first
        #expect(item?["customer_id"]?.string == own && item?["external_customer_id"]?.string == external)
    }

    @Test func `all or nothing, and an organization is refused by index`() {
        let other = #"{"name":"n","external_customer_id":"c","organization_id":"\#(Self.id)"}"#
        let good = ProbeEvent.polar("good")
        let answer = probe.send([good, other, good, other])
        #expect(answer.status == 422 && answer.json["error"] == "PolarRequestValidationError")
        let places = answer.json["detail"]?.array?.map { $0["loc"]?.text }
        #expect(places == [1, 3].map { #"["body","events",\#($0),"organization_id"]"# })
        #expect(probe.simulator.books.counts.received == 0)
    }
}
