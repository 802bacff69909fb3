import Events
import TestSupport
import Testing

/// Numbers that clients choose: none ends the process, and each has an answer that makes sense.
///
/// Where a number stands, the table has `@`. Whoever adds an endpoint adds a line.
@Suite struct ExtremeNumberTests {
    /// A request to a facade.
    struct Probe: Sendable, CustomTestStringConvertible {
        let adapter: AdapterName
        let method: String
        let path: String
        var query: [(String, String)] = []
        var body: String?

        var testDescription: String {
            "\(adapter) \(method) \(path) \(query.map { "\($0.0)=\($0.1)" }.joined(separator: "&")) \(body ?? "")"
        }

        init(_ adapter: AdapterName, _ method: String, _ path: String, _ query: [(String, String)]) {
            self.adapter = adapter
            self.method = method
            self.path = path
            self.query = query
        }

        init(_ adapter: AdapterName, _ path: String, _ body: String) {
            self.adapter = adapter
            method = "POST"
            self.path = path
            self.body = body
        }
    }

    private static let lagoFields = #""transaction_id":"t","external_subscription_id":"sub_1","code":"c""#
    private static let polarFields = #""name":"n","external_customer_id":"c""#
    private static let flexpriceFields = #""event_name":"n","external_customer_id":"c""#
    private static let knetikFields = #""category":"c","result":"r","user_id":"u""#

    static let probes: [Probe] = [
        Probe("lago", "/events", #"{"event":{\#(lagoFields),"timestamp":@}}"#),
        Probe("lago", "/events", #"{"event":{\#(lagoFields),"precise_total_amount_cents":@}}"#),
        Probe("lago", "/events", #"{"event":{\#(lagoFields),"properties":{"n":@}}}"#),
        Probe("lago", "/events", #"{"event":{"transaction_id":@,"external_subscription_id":@,"code":@}}"#),
        Probe("lago", "/events/batch", #"{"events":[{\#(lagoFields),"timestamp":@},@]}"#),
        Probe("lago", "/events/estimate_fees", #"{"event":{\#(lagoFields),"timestamp":@,"properties":{"n":@}}}"#),
        Probe("lago", "GET", "/events", [("page", "@"), ("per_page", "7")]),
        Probe("lago", "GET", "/events", [("page", "3"), ("per_page", "@")]),
        Probe("lago", "GET", "/events", [("page", "@"), ("per_page", "@")]),
        Probe("lago", "GET", "/events", [("timestamp_from", "@")]),
        Probe("lago", "GET", "/events", [("timestamp_to", "@")]),
        Probe("polar", "/events/ingest", #"{"events":[{\#(polarFields),"timestamp":@}]}"#),
        Probe("polar", "/events/ingest", #"{"events":[{\#(polarFields),"metadata":{"n":@}}]}"#),
        Probe(
            "polar",
            "/events/ingest",
            #"{"events":[{\#(polarFields),"metadata":{"_cost":{"amount":@,"currency":"usd"}}}]}"#
        ),
        Probe(
            "polar",
            "/events/ingest",
            #"{"events":[{\#(polarFields),"metadata":{"_llm":{"vendor":"v","model":"m","input_tokens":@,"output_tokens":@,"total_tokens":@}}}]}"#
        ),
        Probe("polar", "GET", "/events/", [("page", "@"), ("limit", "10")]),
        Probe("polar", "GET", "/events/", [("page", "2"), ("limit", "@")]),
        Probe("polar", "GET", "/events/", [("depth", "@")]),
        Probe("polar", "GET", "/events/", [("start_timestamp", "@"), ("end_timestamp", "@")]),
        Probe("polar", "GET", "/events/", [("metadata[n]", "@")]),
        Probe(
            "polar",
            "GET",
            "/events/",
            [("filter", #"{"conjunction":"and","clauses":[{"property":"n","operator":"gte","value":@}]}"#)]
        ),
        Probe(
            "polar",
            "GET",
            "/events/",
            [("filter", #"{"conjunction":"or","clauses":[{"property":"timestamp","operator":"lt","value":@}]}"#)]
        ),
        Probe("polar", "GET", "/events/names", [("page", "@"), ("limit", "@")]),
        Probe("polar", "GET", "/events/@", []),
        Probe("flexprice", "/events", #"{\#(flexpriceFields),"timestamp":@}"#),
        Probe("flexprice", "/events", #"{\#(flexpriceFields),"properties":{"n":@}}"#),
        Probe("flexprice", "/events/bulk", #"{"events":[{\#(flexpriceFields),"timestamp":@}]}"#),
        Probe("flexprice", "/events/query", #"{"page_size":@,"offset":1}"#),
        Probe("flexprice", "/events/query", #"{"page_size":5,"offset":@}"#),
        Probe("flexprice", "/events/query", #"{"start_time":@,"end_time":@}"#),
        Probe("flexprice", "/events/query", #"{"iter_last_key":"@::1"}"#),
        Probe("flexprice", "/events/query", #"{"iter_first_key":"1::@"}"#),
        Probe("flexprice", "/events/query", #"{"property_filters":{"n":[@]}}"#),
        Probe("flexprice", "GET", "/events", [("page_size", "@"), ("offset", "@")]),
        Probe("flexprice", "GET", "/events", [("iter_last_key", "@::@")]),
        Probe("flexprice", "GET", "/events", [("start_time", "@"), ("end_time", "@")]),
        Probe("flexprice", "GET", "/events/@", []),
        Probe("knetik", "/events", #"{\#(knetikFields),"event_timestamp":@,"send_timestamp":@}"#),
        Probe(
            "knetik",
            "/events",
            #"{\#(knetikFields),"event_timestamp":1772366400000,"send_timestamp":1,"event_properties":{"n":@}}"#
        ),
        Probe("knetik", "/batch", #"{"batch":[{\#(knetikFields),"event_timestamp":@,"send_timestamp":@},@]}"#),
    ]

    @Test(arguments: probes)
    func `a facade has an answer to every number`(probe: Probe) {
        var stage = DialectStage(probe.adapter)
        stage.add(SampleEvent.accepted(properties: #"{"n":1e9,"m":-0}"#))
        for (number, isBare) in ExtremeNumbers.json.map({ ($0, true) }) + ExtremeNumbers.texts.map({ ($0, false) }) {
            guard probe.body != nil || !isBare else { continue }
            let inBody = isBare ? number : #""\#(number)""#
            let reply = stage.send(
                probe.method,
                probe.path.replacing("@", with: number),
                // A number inside of a string stays there.
                probe.body.map { body in
                    body.contains(#"@::"#) || body.contains(#"::@"#)
                        ? body.replacing("@", with: number) : body.replacing("@", with: inBody)
                },
                query: probe.query.map { ($0.0, $0.1.replacing("@", with: number)) }
            )
            #expect(
                (200..<500).contains(reply.status) || reply.status == 501,
                "\(number): \(reply.status) \(reply.text)"
            )
        }
    }
}
