import ConfigurationFile
import Events
import JSON
import Journal
import Migration
import OfRecord
import Reports
import Routing
import Testing

@testable import Dashboard

@Suite struct RoutesPageTests {
    private func report(
        holds: [ConfigurationReport.Hold] = [],
        migrations: [ConfigurationReport.Migration] = []
    ) throws -> ConfigurationReport {
        ConfigurationReport(
            file: "routes.json",
            digest: String(repeating: "0f", count: 32),
            text: SampleRoutes.text,
            loadedAt: Timestamp(milliseconds: 1_710_943_200_000),
            version: 3,
            routes: try SampleRoutes.routes(),
            overrides: ConfigurationReport.Overrides(holds: holds, pausedBackfills: [], migrations: migrations)
        )
    }

    @Test func `joins the clients that a route takes, and its providers`() throws {
        let picture = RoutePicture(id: "p", of: try SampleRoutes.routes())
        #expect(picture.clients.map(\.name) == ["shop", "games", "reader"])
        // The reader sends nothing, and the shop is not for the first route.
        #expect(picture.fromClients.map { [$0.from, $0.to] } == [[0, 1], [1, 0], [1, 1]])
        #expect(picture.toProviders.map { [$0.from, $0.to] } == [[0, 1], [1, 0]])
        #expect(picture.toProviders.map(\.style) == [.mirror, .primary])
        #expect(picture.toProviders.first?.title == "Route games to polar-prod, mirror, 25% of the customers")
        #expect(picture.routes.map(\.note) == ["name game_*", "every event"])
    }

    @Test func `counts deliveries by provider, and by line where one route leads there`() throws {
        let picture = RoutePicture(id: "p", of: try SampleRoutes.routes(), delivered: ["lago-prod": 41_210])
        #expect(picture.providers.map(\.note) == ["Lago, 41k in 1 h", "Polar"])
        #expect(picture.toProviders.map(\.events) == [nil, 41_210])
    }

    @Test func `leads from a route to its line of the file`() throws {
        let page = RoutesPage(try report(), delivered: [:])
        #expect(page.content.lines.count == 11)
        #expect(page.content.line(naming: "default") == 7)
        #expect(page.pictureMarkup.contains("<a href=\"#line-7\">"))
        #expect(page.content.line(naming: "nobody") == nil)
        #expect(!page.hasOverrides)
    }

    @Test(
        arguments: [
            ([.stage(.mirror)], "is in the stage mirror"), ([.ramp(share: 12.5)], "moves 12.5% of the customers"),
            (
                [.cut(at: Timestamp(milliseconds: 1_710_950_400_000))],
                "moves all customers from 2024-03-20 16:00:00 UTC on"
            ),
            ([.ramp(share: 5), .hold], "is held"),
            ([.ramp(share: 5), .goBack(when: .now, customers: nil)], "moves nobody"),
            ([.hold, .close], "is closed"),
        ] as [([MigrationEntry.Action], String)]
    )
    func `says what was ordered for a migration`(actions: [MigrationEntry.Action], text: String) throws {
        let entries = actions.enumerated().map {
            MigrationEntry(number: $0 + 1, at: Timestamp(milliseconds: 0), action: $1)
        }
        let migration = ConfigurationReport.Migration(
            name: "to-polar",
            provider: "polar",
            course: MigrationCourse(MigrationLog(entries)),
            newest: MigrationRecord(migration: "to-polar", entry: try #require(entries.last), actor: "ops")
        )
        let page = RoutesPage(try report(migrations: [migration]), delivered: [:])
        #expect(page.overrides.map(\.text) == ["Migration to-polar \(text), ordered by ops"])
        #expect(page.hasOverrides)
    }

    @Test func `distinguishes what operators have set from the file`() throws {
        let hold = OperatorHold(
            until: Timestamp(milliseconds: 1_710_950_400_000),
            by: "ops",
            at: Timestamp(milliseconds: 1_710_943_200_000)
        )
        let page = RoutesPage(try report(holds: [.init(provider: "lago-prod", hold: hold)]), delivered: [:])
        #expect(page.overrides.map(\.text) == ["lago-prod is held until 2024-03-20 16:00:00 UTC"])
        #expect(page.overrides.map(\.href) == ["/dashboard/providers/lago-prod"])
    }

    @Test func `shows faults with line and column, and marks their lines`() throws {
        let text = "{\"version\": 1,\n \"ruotes\": []}"
        do {
            _ = try RoutesReader(vendors: []).read(Array(text.utf8))
            Issue.record("the file is valid")
        } catch {
            let page = RoutesChangePage(faulty: text, error, file: "routes.json")
            #expect(page.hasErrors && page.hasFaults && page.pictures == nil && page.plan == nil)
            let fault = try #require(page.faults.first { $0.message.contains("ruotes") })
            #expect(fault.line == 2 && fault.column == 2)
            #expect(page.content.lines.map(\.isFaulty).last == true)
        }
    }

    @Test func `shows both pictures and the page of the plan for a valid file`() throws {
        let routes = try SampleRoutes.routes()
        let page = RoutesChangePage(
            valid: SampleRoutes.text,
            warnings: [],
            changes: [],
            from: routes,
            to: routes,
            plan: .success("0a1b"),
            file: "routes.json"
        )
        #expect(page.plan == "/dashboard/routes/plans/0a1b" && page.problem == nil && page.changesNothing)
        #expect(page.pictures?.beforeMarkup.contains("id=\"before\"") == true)
        let refused = RoutesChangePage(
            valid: SampleRoutes.text,
            warnings: [],
            changes: ["route default: changed"],
            from: routes,
            to: routes,
            plan: .failure(PlanRefusal("There is no plan.")),
            file: "routes.json"
        )
        #expect(refused.plan == nil && refused.problem == "There is no plan." && !refused.changesNothing)
    }

    @Test func `shows no more lines than a page can hold`() {
        let lines = FileLines(String(repeating: "x\n", count: 6000))
        #expect(lines.lines.count == 5000 && lines.hidden == "1,001")
    }

    @Test func `reads a plan as the API answers it`() throws {
        let json = """
            {"id": "0a1b", "status": "done", "stale": true, "events_read": 1200, "error": null, "result": {
              "events": 1200, "translated_events": 120, "changes_nothing": false,
              "destinations": [{"provider": "lago-prod", "events": 1200, "added": 5, "removed": 0,
                "changed": {"events": 7, "fields": [{"field": "properties.units", "events": 7, "example": {"event_id": "e", "before": "1", "after": null}}]},
                "untranslatable": {"events": 2, "groups": [{"field": "subscription_id", "message": "is missing", "events": 2}]},
                "backfill": {"events": 5, "requests": 1, "seconds": 120}}],
              "unrouted": {"events": 3, "groups": [{"name": "odd", "events": 3}]}, "forbidden": {"events": 0, "groups": []}}}
            """
        let page = RoutesPlanPage(try #require(JSONDocument(ifValid: Array(json.utf8))).root)
        #expect(!page.isRunning && page.isStale && page.eventsRead == "1,200")
        let result = try #require(page.result)
        #expect(result.unrouted?.names == "odd" && result.forbidden == nil)
        let destination = try #require(result.destinations.first)
        #expect(destination.changed == "7" && destination.hasUntranslatable && destination.added == "5")
        #expect(destination.fields.first?.after == "nothing")
        #expect(destination.backfill == "5 events were not sent there yet, about 2 min")
    }

    @Test(arguments: ["{}", #"{"status": "running", "events_read": 1e99, "result": null}"#, "[]", "null"])
    func `shows a plan without a result`(json: String) throws {
        let page = RoutesPlanPage(try #require(JSONDocument(ifValid: Array(json.utf8))).root)
        #expect(page.result == nil && page.eventsRead == "0")
    }
}
