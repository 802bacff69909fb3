import Events
import JSON
import Journal
import Routing
import Testing

@testable import Migration

/// Forecasts of backfills and plans as programs read them, with texts from outside.
@Suite struct ForecastJSONTests {
    private struct Everything: LaneMembership {
        func destination(for event: AcceptedEvent) -> Destination? {
            Destination(provider: "polar", adapter: "polar", mode: .mirror)
        }
    }

    private static let lago = #"[{"name": "r", "to": [\#(PreviewSample.toLago)]}]"#

    /// - Parameter limit: the provider's `rate_limit`.
    private static func preview(percent: Double = 50) throws -> BackfillPreview {
        let routes = try PreviewSample.routes(#"[{"name": "r", "to": [{"provider": "polar"}]}]"#)
        let polar = try #require(routes.providers.first { $0.name == "polar" })
        return BackfillPreview(to: polar, taking: Everything(), percent: percent)
    }

    private static func json(_ forecasts: [BackfillForecast], effect: String? = nil, rate: Double = 50) -> String {
        String(
            decoding: BackfillForecast.json(of: forecasts, effect: effect, rate: rate, UnreadableRanges()),
            as: UTF8.self
        )
    }

    @Test func `a backfill of nothing has zeros, and no times`() throws {
        let empty = try Self.preview().report
        #expect(empty.events == 0 && empty.duration == .zero && empty.first == nil)
        #expect(
            Self.json([empty])
                == #"{"dry_run":true,"effect":null,"rate":50.0,"forecasts":[{"provider":"polar","events":0,"customers":0,"#
                + #""more_customers":false,"requests":0,"seconds":0,"first_timestamp":null,"last_timestamp":null,"#
                + #""untranslatable":{"events":0,"groups":[],"events_of_other_groups":0},"#
                + #""not_taken":{"delivered_live":0,"earlier_backfill":0,"not_routed":0}}],"left_out":null,"#
                + #""unreadable":[],"more_unreadable":0}"#
        )
        #expect(
            Self.json([], effect: "bills \"now\"").hasPrefix(#"{"dry_run":true,"effect":"bills \"now\"","rate":50.0,"#)
        )
    }

    @Test(
        arguments: [
            ("<script>alert('x')</script>", "plain"), ("a\"b\\c", "quotes"), ("line\nbreak\u{0}", "controls"),
            ("\u{202E}evil", "direction"), ("=HYPERLINK(1)", "formula"),
        ]
    )
    func `texts from outside are read as they were sent`(text: String, what: String) throws {
        var groups = GroupedCount<String>()
        for id in [text, "e2"] { groups.add(EventID(id), to: text) }
        var writer = JSONWriter()
        groups.write(to: &writer) { name, writer in writer.member("name", string: name) }
        let shown = try JSONDocument(parsing: writer.bytes).root
        #expect(shown["events"]?.int64 == 2 && shown["events_of_other_groups"]?.int64 == 0)
        let group = try #require(shown["groups"]?.elements.first { _ in true })
        #expect(group["name"]?.string == text && group["events"]?.int64 == 2)
        #expect(group["event_ids"]?.elements.compactMap(\.string) == [text, "e2"])
    }

    @Test func `the first and the last event count by their own times, in any order`() throws {
        var preview = try Self.preview()
        for event in try PreviewSample.events(3, under: try PreviewSample.routes(Self.lago)).reversed() {
            preview.add(event, [])
        }
        #expect(preview.report.first == Timestamp(milliseconds: 1_700_000_040_000))
        #expect(preview.report.last == Timestamp(milliseconds: 1_700_000_040_200))
    }

    /// Deliveries of the same event, and whether a backfill takes it.
    @Test(
        arguments: [
            ("polar", DeliveryMode.mirror, DeliveryStatus.pending, true), ("polar", .mirror, .delivered, false),
            ("polar", .mirror, .retrying, false), ("polar", .primary, .rejected, false),
            ("polar", .primary, .discarded, false), ("polar", .shadow, .skipped, true),
            ("polar", .shadow, .delivered, true),
            ("lago", .primary, .delivered, true),
        ] as [(ProviderName, DeliveryMode, DeliveryStatus, Bool)]
    )
    func `an event that has an outcome there is left to it`(
        provider: ProviderName,
        mode: DeliveryMode,
        status: DeliveryStatus,
        isTaken: Bool
    ) throws {
        var preview = try Self.preview()
        let event = try #require(try PreviewSample.events(1, under: try PreviewSample.routes(Self.lago)).first)
        preview.add(event, [Delivery(provider: provider, adapter: "a", mode: mode, status: status)])
        #expect(preview.report.events == (isTaken ? 1 : 0))
        #expect(preview.report.notTaken == (isTaken ? [:] : [.backfilled: 1]))
    }

    /// 500 requests a minute. Rates that nobody can set still end.
    @Test(
        arguments: [
            (100, Duration.milliseconds(120)), (50, .milliseconds(240)), (1, .seconds(12)), (0.01, .seconds(1200)),
            (0, .seconds(1200)), (-5, .seconds(1200)),
        ] as [(Double, Duration)]
    )
    func `takes the longer the lower its rate is`(percent: Double, duration: Duration) throws {
        var preview = try Self.preview(percent: percent)
        for event in try PreviewSample.events(5, under: try PreviewSample.routes(Self.lago)) { preview.add(event, []) }
        #expect(preview.report.requests == 1 && preview.report.duration == duration)
    }

    // MARK: Ranges

    private static func damage(_ first: Int64) -> ChunkDamage {
        ChunkDamage(first: SequenceNumber(first), last: SequenceNumber(first + 1), reason: "checksum \"\(first)\"")
    }

    private static func text(_ ranges: UnreadableRanges) -> String {
        var writer = JSONWriter()
        writer.beginObject()
        ranges.writeMembers(to: &writer)
        writer.endObject()
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func `a part that cannot be read is told once`() {
        var ranges = UnreadableRanges()
        for _ in 0..<3 { ranges.add(Self.damage(7)) }
        #expect(
            Self.text(ranges)
                == #"{"unreadable":[{"first":7,"last":8,"reason":"checksum \"7\""}],"more_unreadable":0}"#
        )
    }

    @Test func `a hundred parts are listed, and the others counted`() throws {
        var ranges = UnreadableRanges()
        for number in 0..<250 { ranges.add(Self.damage(Int64(number) * 2)) }
        let shown = try JSONDocument(parsing: Array(Self.text(ranges).utf8)).root
        #expect(shown["unreadable"]?.elements.compactMap { $0["first"]?.int64 } == (0..<100).map { $0 * 2 })
        #expect(shown["more_unreadable"]?.int64 == 150)
    }
}
