import Events
import Journal
import Routing
import Testing

@testable import Migration

/// What a dry run of a backfill counts.
@Suite struct BackfillPreviewTests {
    private struct Membership: LaneMembership {
        let routes: BackfillRoutes

        func destination(for event: AcceptedEvent) -> Destination? { routes.destination(of: event) }
    }

    private static let lago = #"[{"name": "r", "to": [\#(PreviewSample.toLago)]}]"#
    private static let both =
        #"[{"name": "r", "to": [\#(PreviewSample.toLago), {"provider": "polar", "mode": "mirror"}]}]"#

    private func preview(_ routes: Routes, percent: Double = 50) throws -> BackfillPreview {
        let polar = try #require(routes.providers.first { $0.name == "polar" })
        let frozen = try #require(BackfillRoutes(of: polar, in: routes))
        return BackfillPreview(to: polar, taking: Membership(routes: frozen), percent: percent)
    }

    @Test func `counts events, customers and requests, and how long they take`() throws {
        var preview = try preview(try PreviewSample.routes(Self.both))
        for event in try PreviewSample.events(2500, under: try PreviewSample.routes(Self.lago)) {
            preview.add(event, [])
        }
        let report = preview.report
        #expect(report.events == 2500 && report.customers.count == 10)
        // A thousand in a request; 500 a minute, of which half.
        #expect(report.requests == 3 && report.duration == .milliseconds(720))
        #expect(report.untranslatable.count == 0 && report.notTaken.isEmpty)
        #expect(report.first == Timestamp(milliseconds: 1_700_000_040_000))
        #expect(report.last == Timestamp(milliseconds: 1_700_000_040_000 + 249_900))
    }

    @Test func `says by reason what it does not take`() throws {
        let routes = try PreviewSample.routes(
            #"""
            [{"name": "a", "match": {"name": "api"}, "to": [\#(PreviewSample.toLago), {"provider": "polar"}]},
             {"name": "b", "to": [\#(PreviewSample.toLago)]}]
            """#
        )
        var preview = try preview(routes)
        let old = try PreviewSample.routes(Self.lago)
        for event in try PreviewSample.events(3, under: try PreviewSample.routes(Self.both)) { preview.add(event, []) }
        for event in try PreviewSample.events(4, under: old, name: "other") { preview.add(event, []) }
        let filled = Delivery(provider: "polar", adapter: "polar", mode: .mirror, status: .delivered)
        for event in try PreviewSample.events(5, under: old) { preview.add(event, [filled]) }
        for event in try PreviewSample.events(6, under: old) { preview.add(event, []) }
        #expect(preview.report.events == 6)
        #expect(preview.report.notTaken == [.live: 3, .routes: 4, .backfilled: 5])
    }

    @Test func `takes what went there in mode shadow only`() throws {
        let shadow = #"[{"name": "r", "to": [\#(PreviewSample.toLago), {"provider": "polar", "mode": "shadow"}]}]"#
        var preview = try preview(try PreviewSample.routes(Self.both))
        let skipped = Delivery(provider: "polar", adapter: "polar", mode: .shadow, status: .skipped)
        for event in try PreviewSample.events(7, under: try PreviewSample.routes(shadow)) {
            preview.add(event, [skipped])
        }
        #expect(preview.report.events == 7 && preview.report.notTaken.isEmpty)
    }

    @Test func `counts what cannot be translated by field, with samples`() throws {
        var preview = try preview(try PreviewSample.routes(Self.both))
        let old = try PreviewSample.routes(Self.lago)
        let nested = #"{"units": {"a": [1]}}"#
        for event in try PreviewSample.events(3, under: old, properties: nested) { preview.add(event, []) }
        for event in try PreviewSample.events(2, under: old) { preview.add(event, []) }
        let report = preview.report
        #expect(report.events == 5 && report.untranslatable.count == 3)
        let group = try #require(report.untranslatable.largestFirst.first)
        #expect(group.key.field.hasPrefix("properties.units") && group.group.ids == ["e0", "e1", "e2"])
        #expect(report.requests == 1)
    }
}
