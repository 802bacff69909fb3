import Events
import OfRecord
import Routing
import Testing
import Vendors

@testable import Migration

/// What is looked at of recorded events before a migration, at its limits.
@Suite struct MigrationPreviewTests {
    private static let now = Timestamp(milliseconds: 1_700_100_000_000)

    /// - Parameter match: of the migration's route.
    private static func routes(match: String = "") throws -> Routes {
        let text = #"""
            {"version": 1,
             "providers": {
               "lago": {"adapter": "lago", "base_url": "http://127.0.0.1:1", "credential": {"env": "L"}},
               "polar": {"adapter": "polar", "base_url": "http://127.0.0.1:1", "credential": {"env": "P"}}},
             "routes": [{"name": "r",\#(match) "to": [
               {"provider": "lago", "subscription_id": "sub_{customer_id}"}, {"provider": "polar", "mode": "mirror"}]}],
             "migrations": {"m": {"route": "r", "from": "lago", "to": "polar"}},
             "clients": [{"name": "shop"}]}
            """#
        return try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
    }

    private static func preview(_ events: [AcceptedEvent], in routes: Routes) throws -> MigrationPreview {
        let migration = try #require(routes.migrations.first)
        var preview = MigrationPreview(of: migration, in: routes, log: MigrationLog(), at: now)
        for event in events { preview.add(event) }
        return preview
    }

    private static func events(_ names: [String]) throws -> [AcceptedEvent] {
        let old = try PreviewSample.routes(#"[{"name": "r", "to": [\#(PreviewSample.toLago)]}]"#)
        return try names.flatMap { try PreviewSample.events(1, under: old, name: $0) }
    }

    private static func metric(_ name: String?) -> CatalogueMetric {
        CatalogueMetric(
            id: "m",
            name: "M",
            eventName: name,
            aggregate: .count,
            vendorAggregate: "count",
            property: nil,
            filter: nil
        )
    }

    private static func metrics(_ names: [String], without missing: Int = 0, more: [CatalogueMetric] = []) throws
        -> StageCondition?
    {
        let preview = try preview(try events(names), in: try routes())
        var survey = VendorSurvey()
        survey.metrics = .known(names.dropFirst(missing).map(metric) + more)
        return MigrationForecast(preview, survey, RoutesPreviewReport()).conditions.first { $0.name == "metrics" }
    }

    @Test func `says nothing of names beyond those that it examines`() throws {
        let names = (0..<MigrationPreview.mostNames).map { "n\($0)" }
        #expect(try Self.metrics(names)?.color == .green)
        let more = try #require(try Self.metrics(names + ["one more"]))
        #expect(more.color == .unknown && more.text == "none of the first 1000 is without a metric; there are more")
        #expect(try Self.metrics(names + ["one more"], without: 1)?.color == .red)
        let anyName = [Self.metric(nil)]
        #expect(try Self.metrics(names + ["one more"], without: 1, more: anyName)?.color == .green)
    }

    /// The first event of the route may be one that the new routes would not take.
    @Test(arguments: [["api"], ["other", "api"]])
    func `notes that ids are not shown, whichever event comes first`(names: [String]) throws {
        let routes = try Self.routes(match: #" "match": {"name": "api"},"#)
        let preview = try Self.preview(try Self.events(names), in: routes)
        #expect(preview.lacksIDProperty && preview.names.count == 1 && preview.events == names.count)
    }

    @Test func `leaves out events of other routes, and those of nobody`() throws {
        let other = try PreviewSample.routes(#"[{"name": "other", "to": [\#(PreviewSample.toLago)]}]"#)
        let preview = try Self.preview(try PreviewSample.events(3, under: other), in: try Self.routes())
        #expect(preview.events == 0 && preview.names.isEmpty && preview.customers.isEmpty && !preview.isExceeded)
        #expect(preview.needs == (customers: false, subscriptions: false))
    }
}
