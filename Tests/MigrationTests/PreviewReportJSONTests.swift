import Events
import JSON
import Routing
import Testing
import Vendors

@testable import Migration

/// What a plan finds, as programs read it.
@Suite struct PreviewReportJSONTests {
    private static func routes(_ destinations: String, clients: String = #"[{"name": "shop"}]"#) throws -> Routes {
        try PreviewSample.routes(#"[{"name": "r", "to": [\#(destinations)]}]"#, clients: clients)
    }

    private static func shown(_ report: RoutesPreviewReport) throws -> JSONValue {
        var writer = JSONWriter()
        writer.beginObject()
        report.writeMembers(to: &writer)
        writer.endObject()
        return try JSONDocument(parsing: writer.bytes).root
    }

    private static func preview(_ events: [AcceptedEvent], under routes: Routes, sample: Double = 100) throws
        -> JSONValue
    {
        var preview = RoutesPreview(of: routes, adapters: VendorRegistry.all, sample: sample)
        for event in events { preview.add(event) }
        return try shown(preview.report)
    }

    private static func first(_ value: JSONValue?) -> JSONValue? { value?.elements.first { _ in true } }

    private static func text(_ value: JSONValue?) -> String? { value.map { String(decoding: $0.raw, as: UTF8.self) } }

    @Test func `without events, nothing changes and nothing is listed`() throws {
        let shown = try Self.preview([], under: try Self.routes(PreviewSample.toLago))
        #expect(
            Self.text(shown)
                == #"{"events":0,"translated_events":0,"first_timestamp":null,"last_timestamp":null,"customers":0,"#
                + #""more_customers":false,"changes_nothing":true,"destinations":[],"#
                + #""unrouted":{"events":0,"groups":[],"events_of_other_groups":0},"#
                + #""forbidden":{"events":0,"groups":[],"events_of_other_groups":0}}"#
        )
    }

    @Test func `a destination that is new is told with its requests and its backfill`() throws {
        let events = try PreviewSample.events(20, under: try Self.routes(PreviewSample.toLago))
        let both = try Self.routes(#"\#(PreviewSample.toLago), {"provider": "polar", "mode": "mirror"}"#)
        let shown = try Self.preview(events, under: both)
        #expect(shown["events"]?.int64 == 20 && shown["changes_nothing"]?.bool == false)
        #expect(shown["first_timestamp"]?.string == "2023-11-14T22:14:00.000Z")
        #expect(shown["last_timestamp"]?.string == "2023-11-14T22:14:01.900Z")
        let polar = try #require(shown["destinations"]?.elements.first { $0["provider"]?.string == "polar" })
        #expect(polar["added"]?.int64 == 20 && polar["removed"]?.int64 == 0 && polar["customers"]?.int64 == 10)
        #expect(Self.text(polar["mode_changes"]) == "[]")
        #expect(
            Self.text(polar["peak"])
                == #"{"minute":"2023-11-14T22:14:00.000Z","events":20,"requests":1,"limit_per_minute":500,"backlog_minutes":0}"#
        )
        #expect(Self.text(polar["backfill"]) == #"{"events":20,"requests":1,"seconds":1,"share_of_rate_limit":50}"#)
        #expect(polar["comparison"]?["share_of_rate_limit"]?.numberText == "30.0")
        #expect(polar["comparison"]?["full"]?["calls"]?.int64 == 1)
    }

    @Test func `a destination that is gone has no adapter and no requests`() throws {
        let both = try Self.routes(#"\#(PreviewSample.toLago), {"provider": "polar", "mode": "mirror"}"#)
        let events = try PreviewSample.events(4, under: both)
        let shown = try Self.preview(events, under: try Self.routes(PreviewSample.toLago))
        let polar = try #require(shown["destinations"]?.elements.first { $0["provider"]?.string == "polar" })
        #expect(polar["removed"]?.int64 == 4 && polar["events"]?.int64 == 0 && polar["peak"]?.isNull == true)
        #expect(polar["backfill"]?.isNull == true && polar["comparison"]?.isNull == true)
    }

    @Test func `changes of the mode are told from the most frequent on`() throws {
        let mirror = try Self.routes(#"\#(PreviewSample.toLago), {"provider": "polar", "mode": "mirror"}"#)
        let shadow = try Self.routes(#"\#(PreviewSample.toLago), {"provider": "polar", "mode": "shadow"}"#)
        let events = try PreviewSample.events(2, under: mirror) + PreviewSample.events(5, under: shadow)
        let polar = try Self.routes(#"{"provider": "polar"}"#)
        let shown = try Self.preview(events, under: polar)
        let changes = Self.first(
            shown["destinations"]?.elements.first { $0["provider"]?.string == "polar" }?["mode_changes"]
        )
        #expect(Self.text(changes) == #"{"from":"shadow","to":"primary","events":5}"#)
    }

    @Test func `fields that change are told with the first event that changes in them`() throws {
        let events = try PreviewSample.events(3, under: try Self.routes(PreviewSample.toLago))
        let other = try Self.routes(#"{"provider": "lago", "subscription_id": "{customer_id}"}"#)
        let shown = try Self.preview(events, under: other)
        let changed = try #require(Self.first(shown["destinations"])?["changed"])
        #expect(changed["events"]?.int64 == 3 && changed["changes_of_other_fields"]?.int64 == 0)
        #expect(
            Self.text(Self.first(changed["fields"]))
                == #"{"field":"external_subscription_id","events":3,"example":{"event_id":"e0","#
                + #""before":"\"sub_customer-0\"","after":"\"customer-0\""}}"#
        )
    }

    @Test func `a client that is gone is named with the event and the reason`() throws {
        let events = try PreviewSample.events(2, under: try Self.routes(PreviewSample.toLago))
        let shown = try Self.preview(
            events,
            under: try Self.routes(PreviewSample.toLago, clients: #"[{"name": "other"}]"#)
        )
        #expect(
            Self.text(shown["forbidden"])
                == #"{"events":2,"groups":[{"client":"shop","name":"api","reason":"no_client","events":2,"#
                + #""event_ids":["e0","e1"]}],"events_of_other_groups":0}"#
        )
    }

    /// A rule of names takes one form of a text and not the other.
    @Test func `names that no route takes are told apart byte for byte`() throws {
        let all = try Self.routes(PreviewSample.toLago)
        let some = try PreviewSample.routes(
            #"[{"name": "r", "match": {"name": "api"}, "to": [\#(PreviewSample.toLago)]}]"#
        )
        let names = ["caf\u{E9}", "cafe\u{301}"]
        let events = try names.flatMap { try PreviewSample.events(2, under: all, name: $0) }
        let groups = try Self.preview(events, under: some)["unrouted"]?["groups"]?.elements.map { $0 } ?? []
        #expect(groups.map { $0["events"]?.int64 } == [2, 2])
        #expect(groups.compactMap { $0["name"]?.string?.exact } == names.map(\.exact))
        let clients = #"[{"name": "other"}]"#
        let forbidden = try Self.preview(events, under: try Self.routes(PreviewSample.toLago, clients: clients))
        #expect(forbidden["forbidden"]?["groups"]?.elements.map { $0["events"]?.int64 } == [2, 2])
    }

    /// A share of nothing translates nothing, and still routes and counts everything.
    @Test(arguments: [(0.0, 0), (100.0, 40), (1000.0, 40)])
    func `says how many events were translated`(sample: Double, translated: Int64) throws {
        let events = try PreviewSample.events(40, under: try Self.routes(PreviewSample.toLago))
        let shown = try Self.preview(events, under: try Self.routes(PreviewSample.toLago), sample: sample)
        #expect(shown["translated_events"]?.int64 == translated && shown["events"]?.int64 == 40)
        #expect(Self.first(shown["destinations"])?["peak"]?["requests"]?.int64 == 40)
    }

    // MARK: Counts

    @Test func `fields are told from the most frequent on, then by their path`() {
        var changes = FieldChanges()
        for path in ["b", "a", "c", "c"] {
            changes.add(FieldDifference(path: path, before: "1", after: "2"), in: EventID(path))
        }
        #expect(changes.mostFrequentFirst.map(\.path) == ["c", "a", "b"])
        #expect(changes.mostFrequentFirst.map(\.field.count) == [2, 1, 1])
        #expect(changes.mostFrequentFirst[0].field.example == "c")
    }

    @Test func `a group keeps its first ten ids`() {
        var groups = GroupedCount<String>()
        for number in 0..<50 { groups.add(EventID("e\(number)"), to: "api") }
        #expect(groups.largestFirst.first?.group.count == 50)
        #expect(groups.largestFirst.first?.group.ids == (0..<10).map { EventID("e\($0)") })
    }

    /// Customers without a number are beyond the limit.
    @Test(arguments: [(Int?.none, 0, true), (0, 1, false), (63, 1, false), (64, 1, false), (99_999, 1, false)])
    func `a customer counts once`(number: Int?, count: Int, isExceeded: Bool) {
        var customers = DistinctCount()
        for _ in 0..<3 { customers.add(number) }
        #expect(customers.count == count && customers.isExceeded == isExceeded)
    }

    /// Vendors bill two customers.
    @Test func `customers are told apart byte for byte`() {
        var numbers = CustomerNumbers()
        let found = ["caf\u{E9}", "cafe\u{301}", "", "caf\u{E9}"].map { numbers.number(of: $0) }
        #expect(found == [0, 1, 2, 0])
    }
}
