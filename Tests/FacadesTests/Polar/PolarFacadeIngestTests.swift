import Events
import JSON
import TestSupport
import Testing
import Vendors

/// Ingestion as Polar's SDKs do it, and what becomes of the events at Polar.
@Suite struct PolarFacadeIngestTests {
    private static let id = "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"

    private func ingest(_ polar: inout DialectStage, _ events: String...) -> DialectStage.Reply {
        polar.send("POST", "/events/ingest", #"{"events":[\#(events.joined(separator: ","))]}"#)
    }

    @Test func `counts what is new and what is known`() {
        var polar = DialectStage("polar")
        #expect(ingest(&polar).text == #"{"inserted":0,"duplicates":0}"#)
        let first = #"{"name":"n","external_customer_id":"c","external_id":"e1","metadata":{"a":1}}"#
        let reply = ingest(&polar, first, first, #"{"name":"n","external_customer_id":"c","external_id":"e2"}"#)
        #expect(reply.status == 200 && reply.contentType == "application/json")
        #expect(reply.text == #"{"inserted":2,"duplicates":1}"#)
        #expect(reply.headers["Polar-Version"] == "2026-04")
        // The first one wins, whatever else the second says, and its neighbours are stored.
        let other = #"{"name":"other","external_customer_id":"c","external_id":"e1"}"#
        let new = #"{"name":"n","external_customer_id":"c","external_id":"e3"}"#
        #expect(ingest(&polar, other, new).text == #"{"inserted":1,"duplicates":1}"#)
        #expect(polar.stored.map(\.event.id) == ["e1", "e2", "e3"])
        #expect(polar.stored[0].event.name == "n")
    }

    @Test(arguments: ["", #","external_id":null"#, #","external_id":"""#])
    func `tells events without an id apart`(id: String) {
        var polar = DialectStage("polar")
        let event = #"{"name":"n","external_customer_id":"c"\#(id)}"#
        #expect(ingest(&polar, event, event).text == #"{"inserted":2,"duplicates":0}"#)
        #expect(ingest(&polar, event).text == #"{"inserted":1,"duplicates":0}"#)
    }

    @Test func `translates a parent's id of this API back to the one that it was sent with`() throws {
        var polar = DialectStage("polar")
        let time = #""timestamp":"2026-03-01T11:00:00Z""#
        #expect(ingest(&polar, #"{"name":"n","external_customer_id":"c","external_id":"f1",\#(time)}"#).status == 200)
        // An event that came by another way, with an id that is unique within something.
        polar.add(SampleEvent.accepted(id: "t", scope: "sub/1"))
        let ids = (1...2).map { "746f6c6c-6761-4000-8000-00000000000\($0)" }
        let children = ids.map { #"{"name":"child","external_customer_id":"c","parent_id":"\#($0)"}"# }
        let byName = #"{"name":"child","external_customer_id":"c","parent_id":"f1"}"#
        #expect(ingest(&polar, children[0], children[1], byName).text == #"{"inserted":3,"duplicates":0}"#)
        let adapter = try #require(VendorRegistry.adapter(named: "polar"))
        let destination = Destination(
            provider: "p",
            adapter: "polar",
            mode: .primary,
            settings: DestinationSettings(["id_prefix": .text("eu-")])
        )
        let sent = try polar.stored.map { archived in
            let translated = try adapter.translate(archived.event, for: destination)
            return try JSONDocument(parsing: translated.bytes).root["parent_id"]?.string
        }
        #expect(sent == [nil, nil, "eu-f1", "eu-sub%2F1/t", "eu-f1"])
        #expect(try adapter.translate(polar.stored[0].event, for: destination).identity == "eu-f1")
        // Reads show the parent by the id that was asked with, and find children by either name.
        let shown = polar.send("GET", "/events/746f6c6c-6761-4000-8000-000000000003").json
        #expect(shown?["parent_id"]?.string == ids[0])
        let found = polar.send("GET", "/events/", query: [("parent_id", ids[0])]).json
        #expect(found?["pagination"]?["total_count"]?.int64 == 2)
    }

    @Test func `says which of an ingestion's parents there are none of, and stores nothing`() {
        var polar = DialectStage("polar")
        let good = #"{"name":"n","external_customer_id":"c","external_id":"e1"}"#
        let orphan = #"{"name":"n","external_customer_id":"c","parent_id":"746f6c6c-6761-4000-8000-000000000009"}"#
        let reply = ingest(&polar, good, orphan)
        #expect(reply.status == 422 && polar.stored.isEmpty)
        #expect(reply.text.contains(#""loc":["body","events",1,"EventCreateExternalCustomer","parent_id"]"#))
        #expect(reply.text.contains("There is no event with this id"))
    }

    @Test func `stores nothing if one event is wrong or has no route`() {
        var polar = DialectStage("polar")
        let good = #"{"name":"n","external_customer_id":"c"}"#
        #expect(ingest(&polar, good, #"{"name":"n"}"#).status == 422)
        polar.unrouted = ["nowhere"]
        let reply = ingest(&polar, good, #"{"name":"nowhere","external_customer_id":"c"}"#)
        #expect(reply.status == 422)
        #expect(reply.json?["error"]?.string == "PolarRequestValidationError")
        let places = reply.json?["detail"]?.elements.map {
            Array($0["loc"]?.elements ?? $0.elements).map(\.raw).map { String(decoding: $0, as: UTF8.self) }
        }
        #expect(places == [[#""body""#, #""events""#, "1", #""name""#]])
        #expect(polar.stored.isEmpty)
    }

    @Test(
        arguments: [
            (#""external_customer_id":"c""#, "c", nil),
            (#""customer_id":"\#(id)""#, id, #"{"customer_id":"\#(id)"}"#),
            (#""customer_id":"7F0C4C9E6A0E4A579D5B0D0F6A3A8D11""#, id, #"{"customer_id":"\#(id)"}"#),
            (#""customer_id":"\#(id)","external_customer_id":"c""#, "c", nil),
            (
                #""customer_id":"\#(id)","external_customer_id":"c","member_id":"\#(id)""#, id,
                #"{"customer_id":"\#(id)","member_id":"\#(id)"}"#
            ),
            (#""customer_id":"\#(id)","external_customer_id":"c","member_id":null"#, id, #"{"customer_id":"\#(id)"}"#),
            (
                #""customer_id":"\#(id)","external_customer_id":"c","external_member_id":"m""#, "c",
                #"{"external_member_id":"m"}"#
            ),
            (
                #""customer_id":"\#(id)","external_customer_id":"c","member_id":"\#(id)","external_member_id":"m""#,
                "c", #"{"external_member_id":"m"}"#
            ),
            (#""customer_id":"no","external_customer_id":"c","member_id":3"#, "c", nil),
            (#""customer_id":"\#(id)","external_customer_id":3"#, id, #"{"customer_id":"\#(id)"}"#),
            (
                #""external_customer_id":"c","parent_id":"p","organization_id":"\#(id)""#, "c",
                #"{"organization_id":"\#(id)","parent_id":"p"}"#
            ),
            (
                #""external_customer_id":"c","organization_id":"746f6c6c-6761-4465-8000-676174657761","parent_id":null"#,
                "c", nil
            ),
        ] as [(String, String, String?)]
    )
    func `chooses the customer as the model's union does`(fields: String, customer: String, own: String?) throws {
        var polar = DialectStage("polar")
        #expect(ingest(&polar, #"{"name":"n",\#(fields)}"#).status == 200)
        let event = try #require(polar.stored.first?.event)
        #expect(event.customerID == customer)
        #expect(event.vendor?.description == own.map { #"{"polar":\#($0)}"# })
    }

    @Test(
        arguments: [
            (#""2026-01-01T00:00Z""#, "2026-01-01T00:00:00.000Z"),
            (#""2026-01-01 00:00:00Z""#, "2026-01-01T00:00:00.000Z"),
            (#""2026-01-01_00:00:00z""#, "2026-01-01T00:00:00.000Z"),
            (#""2026-01-01T00:00:00+0530""#, "2025-12-31T18:30:00.000Z"),
            (#""2026-01-01T00:00:00−05:00""#, "2026-01-01T05:00:00.000Z"),
            (#""2026-01-01T00:00:00,5Z""#, "2026-01-01T00:00:00.500Z"),
            (#""2026-01-01T00:00:00.123999999Z""#, "2026-01-01T00:00:00.123Z"),
            (#""2026-01-01T00:00:00+23:59""#, "2025-12-31T00:01:00.000Z"), ("1772366400", "2026-03-01T12:00:00.000Z"),
            (#""1772366400.5""#, "2026-03-01T12:00:00.500Z"), ("1772366400123", "2026-03-01T12:00:00.123Z"),
            (#""2026""#, "1970-01-01T00:33:46.000Z"), (#""-5""#, "1969-12-31T23:59:55.000Z"),
            (#"".5""#, "1970-01-01T00:00:00.500Z"), ("20000000001", "1970-08-20T11:33:20.001Z"),
            (#""-20000000001""#, "1969-05-14T12:26:39.999Z"), ("1.7723664e9", "2026-03-01T12:00:00.000Z"),
            (#""1772366400.""#, "2026-03-01T12:00:00.000Z"), (#""0001-01-01T00:00:00Z""#, "0001-01-01T00:00:00.000Z"),
            ("-0.0001", "1969-12-31T23:59:59.999Z"), (#""2026-03-01T12:00:01.003Z""#, "2026-03-01T12:00:01.003Z"),
        ]
    )
    func `reads moments as the model does`(sent: String, moment: String) throws {
        var polar = DialectStage("polar")
        let reply = ingest(&polar, #"{"name":"n","external_customer_id":"c","timestamp":\#(sent)}"#)
        #expect(reply.status == 200, "\(reply.text)")
        #expect(polar.stored.first?.event.timestamp.rfc3339 == moment)
    }

    @Test func `takes nothing from the future, not even by a millisecond`() {
        var polar = DialectStage("polar")
        let event = #"{"name":"n","external_customer_id":"c","timestamp":"2026-03-01T12:00:01.004Z"}"#
        #expect(ingest(&polar, event).text.contains("Timestamp must be in the past."))
        polar.now = polar.now + .milliseconds(1)
        #expect(ingest(&polar, event).status == 200)
    }

    @Test(
        arguments: [
            ("{}", nil), (#"{"a":1,"b":2,"a":"x"}"#, #"{"a":"x","b":2}"#),
            (
                #"{"n":1.0, "big":12345678901234567890123,"t":true}"#,
                #"{"n":1.0, "big":12345678901234567890123,"t":true}"#
            ),
            (
                #"{"_cost":{"amount":99999.123456789012,"currency":"usd","extra":[]}}"#,
                #"{"_cost":{"amount":99999.123456789012,"currency":"usd","extra":[]}}"#
            ),
            (
                #"{"_cost":{"amount":" -1e3 ","currency":"xusdx"}}"#,
                #"{"_cost":{"amount":" -1e3 ","currency":"xusdx"}}"#
            ),
            (
                #"{"_llm":{"vendor":"v","model":"m","input_tokens":"1","output_tokens":2.0,"total_tokens":true,"prompt":null}}"#,
                #"{"_llm":{"vendor":"v","model":"m","input_tokens":"1","output_tokens":2.0,"total_tokens":true,"prompt":null}}"#
            ),
        ] as [(String, String?)]
    )
    func `keeps metadata as it came`(sent: String, kept: String?) throws {
        var polar = DialectStage("polar")
        #expect(ingest(&polar, #"{"name":"n","external_customer_id":"c","metadata":\#(sent)}"#).status == 200)
        #expect(polar.stored.first?.event.properties?.description == kept)
    }

    @Test(
        arguments: [
            #"{"name":"n","external_id":"e","external_customer_id":"c","timestamp":"2026-03-01T12:00:00.250Z"}"#,
            #"{"name":"é \u0001","external_id":"a/b","external_customer_id":"ä","timestamp":"2026-01-01T00:00:00.000Z","parent_id":"p/1","external_member_id":"m","metadata":{"a":1.50,"t":"x","b":false,"_cost":{"amount":"1.5","currency":"usd"}}}"#,
            #"{"name":"n","external_id":"e","customer_id":"\#(id)","member_id":"\#(id)","organization_id":"\#(id)","timestamp":"0001-01-01T00:00:00.000Z","metadata":{"_llm":{"vendor":"v","model":"m","input_tokens":1,"output_tokens":2,"total_tokens":3}}}"#,
        ]
    )
    func `an event that came in goes out to Polar as the same event`(event: String) throws {
        var polar = DialectStage("polar")
        let reply = ingest(&polar, event)
        #expect(reply.status == 200, "\(reply.text)")
        let adapter = try #require(VendorRegistry.adapter(named: "polar"))
        let sent = try adapter.translate(
            try #require(polar.stored.first?.event),
            for: SampleEvent.destination(adapter)
        )
        let left = try JSONDocument(parsing: Array(event.utf8)).root
        let right = try JSONDocument(parsing: sent.bytes).root
        #expect(JSONValue.sameContent(left, right), "\(String(decoding: sent.bytes, as: UTF8.self))")
    }

    @Test func `another vendor gets Polar's id of the customer as the customer`() throws {
        var polar = DialectStage("polar")
        #expect(ingest(&polar, #"{"name":"n","customer_id":"\#(Self.id)"}"#).status == 200)
        let event = try #require(polar.stored.first?.event)
        for name in ["flexprice", "knetik"] as [AdapterName] {
            let adapter = try #require(VendorRegistry.adapter(named: name))
            let sent = try adapter.translate(event, for: SampleEvent.destination(adapter))
            #expect(String(decoding: sent.bytes, as: UTF8.self).contains(Self.id))
        }
    }
}
