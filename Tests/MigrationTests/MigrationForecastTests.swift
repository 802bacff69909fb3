import Events
import Migration
import OfRecord
import Routing
import Testing
import Vendors

/// What recorded events and vendors say about a migration.
@Suite struct MigrationForecastTests {
    private static let text = #"""
        {"version": 1,
         "providers": {
           "lago": {"adapter": "lago", "base_url": "http://127.0.0.1:1", "credential": {"env": "L"}},
           "polar": {"adapter": "polar", "base_url": "http://127.0.0.1:1", "credential": {"env": "P"}, "rate_limit": "500/m"}},
         "routes": [{"name": "r", "to": [DESTINATIONS]}],
         "migrations": {"m": {"route": "r", "from": "FROM", "to": "TO"}},
         "clients": [{"name": "shop"}]}
        """#

    private static func text(from: String, to: String) -> String {
        let lago = #"{"provider": "lago", MODE "subscription_id": "sub_{customer_id}"}"#
        let polar = #"{"provider": "polar", MODE "rename": {"api": "api.request"}}"#
        let off = #""mode": "off","#
        let destinations = from == "lago" ? (lago, polar) : (polar, lago)
        let both = [destinations.0.replacing("MODE ", with: ""), destinations.1.replacing("MODE", with: off)]
        return text.replacing("FROM", with: from).replacing("TO", with: to)
            .replacing("DESTINATIONS", with: both.joined(separator: ", "))
    }

    private static func routes(from: String = "lago", to: String = "polar") throws -> Routes {
        let text = text(from: from, to: to)
        return try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
    }

    private static func forecast(
        _ events: [AcceptedEvent],
        in routes: Routes,
        log: MigrationLog = MigrationLog(),
        _ survey: VendorSurvey = VendorSurvey(),
        at now: Timestamp = Timestamp(milliseconds: 1_700_100_000_000)
    ) throws -> MigrationForecast {
        let migration = try #require(routes.migrations.first)
        let logs = MigrationLogs().replacing(log.mirroring(from: now), of: migration.name)
        var preview = RoutesPreview(of: routes, logs: logs, adapters: VendorRegistry.all)
        var own = MigrationPreview(of: migration, in: routes.ordered(by: logs), log: log, at: now)
        for event in events {
            preview.add(event)
            own.add(event)
        }
        return MigrationForecast(own, survey, preview.report)
    }

    private static func metric(_ name: String?) -> CatalogueMetric {
        CatalogueMetric(
            id: "id",
            name: "n",
            eventName: name,
            aggregate: .count,
            vendorAggregate: "count",
            property: nil,
            filter: nil
        )
    }

    private func color(_ forecast: MigrationForecast, _ name: String) -> StageCondition.Color? {
        forecast.conditions.first { $0.name == name }?.color
    }

    @Test func `all is green if the new provider has the metrics and the customers`() throws {
        let routes = try Self.routes()
        var survey = VendorSurvey()
        survey.metrics = .known([Self.metric("api.request")])
        survey.customers = .known(Set((0..<10).map { ExactText("customer-\($0)") }))
        survey.oldSubscriptions = .known([])
        let forecast = try Self.forecast(try PreviewSample.events(50, under: routes), in: routes, survey)
        #expect(forecast.events == 50 && forecast.customers == 10)
        #expect(forecast.conditions.map(\.name) == ["metrics", "customers", "rate", "untranslatable", "two_of_record"])
        #expect(forecast.conditions.allSatisfy { $0.color == .green }, "\(forecast.conditions)")
        #expect(forecast.late == nil)
    }

    @Test func `names and customers that are missing are listed, by what the vendor calls them`() throws {
        let routes = try Self.routes()
        var survey = VendorSurvey()
        survey.metrics = .known([Self.metric("api")])
        survey.customers = .known(["customer-1", "else"])
        let forecast = try Self.forecast(try PreviewSample.events(50, under: routes), in: routes, survey)
        #expect(forecast.namesWithoutMetric?.first == ["api"])
        #expect(forecast.unknownCustomers?.count == 9 && forecast.unknownCustomers?.first.first == "customer-0")
        #expect(color(forecast, "metrics") == .red && color(forecast, "customers") == .red)
        survey.metrics = .known([Self.metric(nil)])
        let any = try Self.forecast(try PreviewSample.events(5, under: routes), in: routes, survey)
        #expect(color(any, "metrics") == .green)
    }

    @Test func `what cannot be read is unknown, and so is everything without events`() throws {
        let routes = try Self.routes()
        var survey = VendorSurvey()
        survey.metrics = .unreadable("it is down")
        survey.customers = .unreadable("it is down")
        let forecast = try Self.forecast(try PreviewSample.events(5, under: routes), in: routes, survey)
        #expect(color(forecast, "metrics") == .unknown && color(forecast, "customers") == .unknown)
        #expect(forecast.conditions[0].text == "the metrics cannot be read: it is down")
        survey.metrics = .known([])
        let empty = try Self.forecast([], in: routes, survey)
        #expect(color(empty, "metrics") == .unknown && color(empty, "rate") == .unknown)
    }

    @Test func `at a vendor that bills by subscription, the subscriptions must be there`() throws {
        let routes = try Self.routes(from: "polar", to: "lago")
        var survey = VendorSurvey()
        survey.metrics = .known([Self.metric("api")])
        survey.subscriptions = .known(Set((1..<10).map { ExactText("sub_customer-\($0)") }))
        let forecast = try Self.forecast(try PreviewSample.events(50, under: routes), in: routes, survey)
        #expect(forecast.unknownCustomers?.first == ["customer-0"])
    }

    @Test func `a return in the middle of a period gives two providers of record, a ramp none`() throws {
        let routes = try Self.routes()
        let events = try PreviewSample.events(20, under: routes)
        let start = try #require(Timestamp(rfc3339: "2026-01-10T00:00:00Z"))
        let ramp = MigrationEntry(number: 1, at: start, action: .ramp(share: 100))
        let month = start + .seconds(40 * 86_400)
        let back = MigrationEntry(number: 2, at: month, action: .goBack(when: .now, customers: ["customer-3"]))
        #expect(try Self.forecast(events, in: routes, log: MigrationLog([ramp])).twiceOfRecord.count == 0)
        let forecast = try Self.forecast(events, in: routes, log: MigrationLog([ramp, back]))
        #expect(forecast.twiceOfRecord.first == ["customer-3"])
        #expect(color(forecast, "two_of_record") == .red)
    }

    @Test func `subscriptions at the old provider must end when their customers move`() throws {
        let routes = try Self.routes()
        let events = try PreviewSample.events(20, under: routes)
        let start = try #require(Timestamp(rfc3339: "2026-01-10T00:00:00Z"))
        let move = try #require(Timestamp(rfc3339: "2026-02-01T00:00:00Z"))
        let log = MigrationLog([MigrationEntry(number: 1, at: start, action: .cut(at: start))])
        func subscription(_ id: String, _ customer: String?, _ end: Timestamp?) -> VendorSubscription {
            VendorSubscription(id: id, customerID: customer, anchor: nil, period: nil, endsAt: end)
        }
        var survey = VendorSurvey()
        survey.oldSubscriptions = .known([
            subscription("ends", "customer-1", move), subscription("later", "customer-2", move + .seconds(1)),
            subscription("goes on", "customer-3", nil), subscription("nobody's", nil, nil),
        ])
        let forecast = try Self.forecast(events, in: routes, log: log, survey)
        #expect(forecast.remainingSubscriptions?.first == ["goes on", "later"])
        #expect(color(forecast, "subscriptions") == .red)
        let early = try Self.forecast(events, in: routes, survey)
        #expect(color(early, "subscriptions") == nil)
        #expect(early.notes.contains { $0.hasPrefix("2 subscriptions at lago without an end") })
    }

    @Test func `late usage of the last period is counted if the old vendor bills by receipt`() throws {
        let routes = try Self.routes(from: "polar", to: "lago")
        // The period of the events ended on the first of December 2023.
        let end = try #require(Timestamp(rfc3339: "2023-12-01T00:00:00Z"))
        let events = try PreviewSample.events(4, under: routes)
        let delays: [Duration] = [.seconds(-5), .seconds(60), .seconds(2 * 3600), .seconds(30 * 86_400)]
        let late = zip(events, delays).map { event, delay in
            AcceptedEvent(
                CanonicalEvent(name: event.name, customerID: event.customerID, timestamp: event.timestamp),
                id: event.id,
                in: Submission(tenant: "shop", client: "shop", acceptedAt: end + delay, plan: event.plan)
            )
        }
        let forecast = try Self.forecast(late, in: routes, at: end + .seconds(86_400))
        #expect(forecast.late?.events == 4 && forecast.late?.lateEvents == 3)
        #expect(forecast.late?.counts == [1, 1, 0, 0, 0, 1])
        #expect(forecast.notes.contains { $0.hasPrefix("3 of 4 events of the last periods came after their end") })
        #expect(try Self.forecast(late, in: routes, at: end + .seconds(86_400 * 60)).late?.events == 0)
    }

    @Test func `a vendor that shows no events is noted`() throws {
        let text = Self.text(from: "lago", to: "polar")
            .replacing(#""polar": {"adapter": "polar""#, with: #""polar": {"adapter": "knetik""#)
        let routes = try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
        let forecast = try Self.forecast(try PreviewSample.events(2, under: routes), in: routes)
        #expect(forecast.notes.contains { $0.contains("stay uncertain until somebody decides") })
        #expect(color(forecast, "customers") == .unknown)
    }
}
