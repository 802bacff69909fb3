import Events
import Imports
import JSON
import Testing

@testable import Client

/// What imports ask of the journal, and what they leave out.
@Suite struct KnownEventsTests {
    private static func event(
        _ id: String,
        at milliseconds: Int64 = 0,
        isSentUnderID: Bool = false,
        hasTime: Bool = false
    )
        -> FileEvent
    {
        var event = FileEvent(position: FilePosition(line: 1), shape: .canonical, json: [])
        event.identity = FileEvent.Identity(
            id: id,
            customerID: "c",
            subscriptionID: "s",
            timestamp: Timestamp(milliseconds: milliseconds),
            includesTime: hasTime,
            isSentUnderID: isSentUnderID
        )
        return event
    }

    private static let plain = FileEvent(position: FilePosition(line: 1), shape: .canonical, json: [])

    private func answer(_ text: String) throws -> JSONValue { try JSONDocument(parsing: Array(text.utf8)).root }

    @Test func `asks for what tells the events apart, and for nothing without it`() {
        let known = KnownEvents(vendor: "lago", needsWholeJournal: false)
        #expect(known.question(about: [Self.plain]) == nil)
        let question = known.question(about: [Self.plain, Self.event("a"), Self.event("b", hasTime: true)])
        #expect(
            question.map { String(decoding: $0, as: UTF8.self) }
                == #"{"sent_to":"lago","events":[{"id":"a","customer_id":"c","subscription_id":"s"},"#
                + #"{"id":"b","customer_id":"c","subscription_id":"s","timestamp":"1970-01-01T00:00:00.000Z"}]}"#
        )
    }

    @Test func `asks the same without what is in the events`() {
        let known = KnownEvents(vendor: "lago", needsWholeJournal: false)
        var event = FileEvent(position: FilePosition(line: 7), shape: .cloudEvent, json: Array("{}".utf8))
        event.identity = Self.event("a").identity
        let kept = event.withoutContent
        #expect(kept.json.isEmpty && kept.position == event.position && kept.identity == event.identity)
        #expect(known.question(about: [kept]) == known.question(about: [event]))
    }

    @Test func `counts the events with an identity, and leaves those to the gateway that have their own ID there`()
        throws
    {
        let known = KnownEvents(vendor: nil, needsWholeJournal: false)
        let events = [
            Self.plain, Self.event("a"), Self.event("b", isSentUnderID: true), Self.event("c", isSentUnderID: true),
        ]
        let verdict = try #require(
            known.verdict(
                try answer(
                    #"{"known":[{"index":0,"scope":null},{"index":1,"scope":null},{"index":2,"scope":"sub_1"}]}"#
                ),
                on: events
            )
        )
        #expect(verdict == KnownEvents.Verdict(known: [1, 3]))
        for text in [#"{}"#, #"{"known":[{"index":3}]}"#, #"{"known":[{"index":-1}]}"#, #"{"known":[{}]}"#] {
            #expect(known.verdict(try answer(text), on: events) == nil, "\(text)")
        }
        #expect(known.verdict(nil, on: events) == nil)
    }

    @Test func `refuses what the journal may have had and removed, unless the caller knows better`() throws {
        let day: Int64 = 86_400_000
        let events = [Self.event("old", at: 0), Self.event("known", at: 0), Self.event("new", at: 2 * day)]
        let removed = try answer(#"{"known":[{"index":1,"scope":null}],"removed_through":"1970-01-02T00:00:00Z"}"#)
        let strict = try #require(KnownEvents(vendor: "lago", needsWholeJournal: true).verdict(removed, on: events))
        #expect(strict.known == [1] && Array(strict.unknowable.keys) == [0])
        #expect(strict.unknowable[0]?.contains("give --until") == true)
        let trusting = try #require(KnownEvents(vendor: "lago", needsWholeJournal: false).verdict(removed, on: events))
        #expect(trusting.unknowable.isEmpty)
        let whole = try answer(#"{"known":[],"removed_through":null}"#)
        #expect(KnownEvents(vendor: "lago", needsWholeJournal: true).verdict(whole, on: events)?.unknowable == [:])
    }

    /// The identity of the one event of a file, as `id customer subscription source`, with `at` if its time belongs to it.
    private func identity(_ row: String, _ format: ImportFormat, idProperty: String? = nil) async throws -> String? {
        let items = try await ImportFile(row, format, idProperty: idProperty).identities
        #expect(items.count == 1)
        return items.first.flatMap { $0 }.map { identity in
            let parts = [identity.id, identity.customerID, identity.subscriptionID, identity.source].map { $0 ?? "-" }
            return parts.joined(separator: " ") + (identity.includesTime ? " at" : "")
                + (identity.isSentUnderID ? " own" : "")
        }
    }

    @Test(
        arguments: [
            (
                .lago,
                #"{"transaction_id":"e","external_subscription_id":"s","external_customer_id":"c","code":"n","timestamp":1}"#,
                "e c s -"
            ),
            (
                .flexprice,
                #"{"id":"e","external_customer_id":"c","event_name":"n","timestamp":"2026-10-01T10:00:00Z"}"#,
                "e c - - at"
            ),
            (
                .stripe,
                #"{"identifier":"e","event_name":"n","timestamp":1,"payload":{"stripe_customer_id":"cus","value":"1"}}"#,
                "e - - - at"
            ),
            (
                .openmeter,
                #"{"specversion":"1.0","id":"e","source":"svc","type":"n","subject":"c","time":"2026-10-01T10:00:00Z"}"#,
                "e - - svc"
            ),
            (.ndjson, #"{"id":"e","name":"n","customer_id":"c","timestamp":1}"#, "e c - - at own"),
            (.ndjson, #"{"name":"n","customer_id":"c","timestamp":1}"#, nil),
            (.csv, "id,name,subscription_id,timestamp\ne,n,s,1", "e - s - at own"),
            (.polar, #"{"id":"5f","name":"n","external_customer_id":"c","timestamp":1,"metadata":{"gw":"e"}}"#, nil),
        ] as [(ImportFormat, String, String?)]
    )
    func `are known by what the file's vendor tells events apart by`(
        format: ImportFormat,
        row: String,
        expected: String?
    )
        async throws
    {
        #expect(try await identity(row, format) == expected)
    }

    @Test func `are known at Polar by the property that has their ID`() async throws {
        func row(_ metadata: String) -> String {
            #"{"id":"5f","name":"n","external_customer_id":"c","timestamp":1,"metadata":\#(metadata)}"#
        }
        #expect(try await identity(row(#"{"gw":"e"}"#), .polar, idProperty: "gw") == "e c - -")
        for metadata in [#"{}"#, #"{"gw":""}"#, #"{"gw":5}"#, "null"] {
            #expect(try await identity(row(metadata), .polar, idProperty: "gw") == nil, "\(metadata)")
        }
    }
}
