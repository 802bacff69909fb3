import HTTPTypes
import Testing

@testable import Sandbox

/// `/sandbox` and below, asked without a server.
@Suite struct SandboxControlTests {
    private let control: SandboxControl
    private let lago = LagoSimulator()

    init() {
        let simulators: [any Simulator] = [lago, KnetikSimulator(), PolarSimulator()]
        control = SandboxControl(
            vendors: Dictionary(
                uniqueKeysWithValues: simulators.map {
                    ($0.vendor, SandboxResponder.VendorBooth(simulator: $0, dice: FaultDice(seed: 1)))
                }
            )
        )
    }

    private func ask(
        _ method: HTTPRequest.Method,
        _ path: String,
        _ body: String = "",
        query: [(String, String)] = []
    ) -> SimulatedAnswer {
        control.answer(method, path, query.map { (name: $0.0, value: $0.1) }, Array(body.utf8))
    }

    private func fill(_ count: Int) {
        SimulatorProbe(simulator: lago).send((0..<count).map { ProbeEvent.lago("t\($0)") })
    }

    @Test func `the index has each vendor, by name`() {
        fill(2)
        let vendors = ask(.get, "/sandbox").json["vendors"]?.array
        #expect(vendors?.map { $0["vendor"] } == ["knetik", "lago", "polar"])
        #expect(
            vendors?[1].text
                == #"{"vendor":"lago","prefix":"/lago","events":"/sandbox/lago/events","received":2,"billed":2}"#
        )
    }

    @Test(arguments: [
        (HTTPRequest.Method.get, "/sandbox/other/events", #"no vendor "other"; see GET /sandbox"#),
        (.get, "/sandbox/lago", "no such control; see GET /sandbox"),
        (.post, "/sandbox", "no such control; see GET /sandbox"),
        (.get, "/sandbox/lago/events/more", "no such control; see GET /sandbox"),
        (
            .get, "/sandbox/lago/nothing",
            "use GET events, bill, planted or calls; POST close; GET, PUT or DELETE settings; PUT or DELETE faults"
        ),
        (
            .get, "/sandbox/lago/faults",
            "use GET events, bill, planted or calls; POST close; GET, PUT or DELETE settings; PUT or DELETE faults"
        ),
        (.put, "/sandbox/lago/faults", "the body is not JSON"),
        (.put, "/sandbox/lago/settings", "the body is not JSON"),
        (.get, "/sandbox/knetik/bill", "knetik bills nothing"),
    ])
    func `what there is not is said with 400`(method: HTTPRequest.Method, path: String, reason: String) {
        let answer = ask(method, path)
        #expect(answer.status == 400 && answer.json["error"]?.string == reason)
    }

    @Test(arguments: [
        ("0", 0), ("2", 2), ("99", 3), ("-1", 0), ("9223372036854775807", 3), ("9223372036854775808", 3), ("x", 3),
        ("", 3),
    ])
    func `a list of events can be limited`(limit: String, count: Int) {
        fill(3)
        let answer = ask(.get, "/sandbox/lago/events", query: [("limit", limit), ("ids", "true")]).json
        #expect(answer["received"]?.array?.count == count && answer["billed"]?.array?.count == count)
    }

    @Test func `events are told with their time and without the credential, or as ids or numbers`() {
        fill(1)
        let whole = ask(.get, "/sandbox/lago/events")
        let event = whole.json["received"]?.array?.first
        #expect(event?["transaction_id"] == "t0" && event?["_arrived_at"] == "2026-11-01T00:00:00.000Z")
        #expect(!whole.text.contains(SandboxCredentials.lago))
        #expect(
            ask(.get, "/sandbox/lago/events", query: [("ids", "true")]).text == #"{"received":["t0"],"billed":["t0"]}"#
        )
        #expect(ask(.get, "/sandbox/lago/events", query: [("count", "true")]).text == #"{"received":1,"billed":1}"#)
    }

    @Test(arguments: [
        ("lago", #"{"until":"2026-12-01T00:00:00Z"}"#, 200, "2026-12-01T00:00:00.000Z"),
        ("lago", #"{"until":"soon"}"#, 400, "until must be a time such as 2026-12-01T00:00:00Z"),
        (
            "polar", #"{"until":"2026-12-01T00:00:00Z"}"#, 400,
            "polar bills by receipt, so its periods end when they are closed; leave until out"
        ),
    ])
    func `periods are closed until a time, or now where the vendor bills by receipt`(
        vendor: String,
        body: String,
        status: Int,
        text: String
    ) {
        let answer = ask(.post, "/sandbox/\(vendor)/close", body)
        #expect(answer.status == status && (answer.json["until"] ?? answer.json["error"])?.string == text)
        #expect(ask(.post, "/sandbox/polar/close").status == 200)
    }

    @Test(
        arguments: [
            ("lago", "event_time", []), ("polar", "receipt", []),
            ("lago", nil, [("from", "soon")]), ("polar", nil, [("x", "y")]),
        ] as [(String, String?, [(String, String)])]
    )
    func `a bill says by which clock`(vendor: String, clock: String?, query: [(String, String)]) {
        let answer = ask(.get, "/sandbox/\(vendor)/bill", query: query)
        #expect(answer.status == (clock == nil ? 400 : 200) && answer.json["billed_by"]?.string == clock)
    }

    @Test func `settings are changed, told, and given back`() {
        let changed = ask(.put, "/sandbox/lago/settings", #"{"store":"clickhouse","batch":7}"#).json["settings"]
        #expect(changed?["store"] == "clickhouse" && changed?["batch"] == 7)
        #expect(ask(.get, "/sandbox/lago/settings").json["settings"] == changed)
        #expect(ask(.delete, "/sandbox/lago/settings").json["settings"]?["batch"] == 100)
    }

    @Test func `everything is forgotten at once, faults and settings too`() {
        fill(1)
        _ = ask(.put, "/sandbox/lago/settings", #"{"batch":7}"#)
        _ = ask(.put, "/sandbox/lago/faults", #"{"hang":1}"#)
        _ = ask(.post, "/sandbox/lago/close")
        #expect(ask(.delete, "/sandbox").text == #"{"forgotten":true}"#)
        #expect(ask(.get, "/sandbox/lago/events", query: [("count", "true")]).text == #"{"received":0,"billed":0}"#)
        #expect(ask(.get, "/sandbox/lago/settings").json["settings"]?["batch"] == 100)
        #expect(control.vendors["lago"]?.dice.faults == Faults() && lago.books.closings.isEmpty)
    }
}
