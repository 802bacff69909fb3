import Testing

/// The grammar's faults are found with file and line, so that a broken fixture is mended in a minute.
@Suite struct ExchangeReaderTests {
    private static let event = #"event: {"id":"e","name":"n"}"#

    @Test(arguments: [
        ("evnt: {}", "x.exchange:1: starts with none of"),
        ("event: {\"id\":}", "x.exchange:1: is not JSON"),
        ("\nevent: {\"name\":\"n\"}", "x.exchange:2: an event has id and name"),
        (#"event: {"id":"e","name":"n","nmae":"x"}"#, "x.exchange:1: an event has no field nmae"),
        (#"event: {"id":"e","name":"n","timestamp":"yesterday"}"#, "x.exchange:1: a timestamp is RFC 3339"),
        ("not before: 2030-01-01T00:00:00Z", "x.exchange:1: there is no event above"),
        ("= all delivered", "x.exchange:1: there is no answer above"),
        ("# nothing", "has no event"),
        (event, "has no request"),
        ("\(event)\n> POST", "x.exchange:2: a request starts with its method and its path"),
        ("\(event)\n> POST /x\n> {}\n> {}", "x.exchange:4: a request has one line"),
        ("\(event)\n> POST /x\n> {}\n< ok", "x.exchange:4: an answer starts with its status"),
        ("\(event)\n> POST /x\n> {}\n< 200\n< nonsense", "x.exchange:5: a header field has a colon"),
        ("\(event)\n> POST /x\n> {}\n< 200\n< a: b", "x.exchange:4: the answer has 0 outcomes for 1 events"),
        ("\(event)\n> POST /x\n> {}\n< 200\n= delivered\n= delivered", "x.exchange:4: the answer has 2 outcomes"),
        ("\(event)\nuntranslatable: id\n> POST /x\n> {}", "no event can be translated, so there is no request"),
        ("\(event)\ndestination: {}", "x.exchange:2: the destination stands before the events"),
    ])
    func `a fault names its file and line`(text: String, message: String) throws {
        let fault = try #require(throws: ExchangeFault.self) { try ExchangeReader.read(text, file: "x.exchange") }
        #expect(fault.description.contains(message), "\(fault.description)")
    }
}
