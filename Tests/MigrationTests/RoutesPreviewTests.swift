import Events
import Routing
import Testing
import Vendors

@testable import Migration

@Suite struct RoutesPreviewTests {
    private func preview(_ events: [AcceptedEvent], under routes: Routes, sample: Double = 100) -> RoutesPreviewReport {
        var preview = RoutesPreview(of: routes, adapters: VendorRegistry.all, sample: sample)
        for event in events { preview.add(event) }
        return preview.report
    }

    private func routes(_ destinations: String, clients: String = #"[{"name": "shop"}]"#) throws -> Routes {
        try PreviewSample.routes(#"[{"name": "r", "to": [\#(destinations)]}]"#, clients: clients)
    }

    private let toLago = PreviewSample.toLago

    @Test func `the same routes change nothing`() throws {
        let routes = try routes(#"\#(toLago), {"provider": "polar", "mode": "mirror"}"#)
        let report = preview(try PreviewSample.events(100, under: routes), under: routes)
        #expect(report.changesNothing)
        #expect(report.events == 100)
        #expect(report.customers.count == 10)
        #expect(report.first?.milliseconds == 1_700_000_040_000)
        #expect(report.last?.milliseconds == 1_700_000_049_900)
        let lago = try #require(report["lago"])
        #expect(lago.events == 100)
        #expect(lago.backfill == nil)
        #expect(
            lago.peak
                == RequestPeak.Result(
                    minute: Timestamp(milliseconds: 1_700_000_040_000),
                    events: 100,
                    requests: 100,
                    limit: 60,
                    backlogMinutes: 1
                )
        )
        #expect(report["polar"]?.peak?.requests == 1)
    }

    @Test func `estimates what a comparison would take, of what is sent`() throws {
        let both = try routes(#"\#(toLago), {"provider": "polar", "mode": "shadow"}"#)
        let report = preview(try PreviewSample.events(950, under: both), under: both)
        let lago = try #require(report["lago"]?.comparison)
        // Ten pages of a hundred; one count, and as many pages as there are for the sample. At 30% of one request a second.
        #expect(lago.full == 10 && lago.fullDuration == .milliseconds(33_333) && lago.share == 30)
        #expect(lago.digest == 10 && lago.digestDuration == .milliseconds(33_333))
        // What is only translated is not at the vendor.
        #expect(report["polar"]?.comparison == nil)
    }

    @Test func `counts what is added and removed, and changes of the mode`() throws {
        let old = try routes(toLago)
        let both = try routes(#"\#(toLago), {"provider": "polar", "mode": "mirror"}"#)
        let polar = try routes(#"{"provider": "polar"}"#)
        let added = preview(try PreviewSample.events(20, under: old), under: both)
        #expect(added["polar"]?.added == 20)
        #expect(added["polar"]?.backfill == BackfillEstimate(events: 20, requests: 1, duration: .milliseconds(240)))
        #expect(added["lago"]?.added == 0)
        let moved = preview(try PreviewSample.events(20, under: both), under: polar)
        #expect(moved["lago"]?.removed == 20)
        #expect(moved["lago"]?.events == 0)
        #expect(moved["polar"]?.modeChanges == [ModeChange(from: .mirror, to: .primary): 20])
        #expect(moved["polar"]?.backfill == nil)
        #expect(!moved.changesNothing)
    }

    @Test func `a provider that the new file does not have is listed with what it would get no more`() throws {
        let old = try routes(#"\#(toLago), {"provider": "polar", "mode": "mirror"}"#)
        let text = #"""
            {"version": 1, "providers": {"polar": {"adapter": "polar", "credential": {"env": "P"}}},
             "routes": [{"name": "r", "to": [{"provider": "polar"}]}], "clients": [{"name": "shop"}]}
            """#
        let new = try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
        let report = preview(try PreviewSample.events(7, under: old), under: new)
        #expect(report.destinations.map(\.provider) == ["polar", "lago"])
        #expect(report["lago"]?.adapter == nil)
        #expect(report["lago"]?.removed == 7)
    }

    @Test func `names each field that the vendor would get in another form, with an example`() throws {
        let old = try routes(toLago)
        let new = try routes(
            #"{"provider": "lago", "subscription_id": "{customer_id}", "rename": {"api": "calls"}}"#
        )
        let lago = try #require(preview(try PreviewSample.events(5, under: old), under: new)["lago"])
        #expect(lago.changed == 5)
        let fields = lago.changedFields.mostFrequentFirst
        #expect(fields.map(\.path) == ["code", "external_subscription_id"])
        #expect(fields.first?.field.count == 5)
        #expect(fields.first?.field.example == "e0")
        #expect(fields.first?.field.before == #""api""#)
        #expect(fields.first?.field.after == #""calls""#)
    }

    @Test func `groups untranslatable events by field and reason, and sends none of them`() throws {
        let old = try routes(#"{"provider": "polar"}"#)
        let new = try routes(#"{"provider": "lago"}"#)
        let lago = try #require(preview(try PreviewSample.events(30, under: old), under: new)["lago"])
        let groups = lago.untranslatable.largestFirst
        #expect(groups.map(\.key.field) == ["subscription_id"])
        #expect(groups.first?.group.count == 30)
        #expect(groups.first?.group.ids == (0..<GroupLimits.ids).map { EventID("e\($0)") })
        #expect(lago.peak == nil)
        #expect(lago.backfill == nil)
    }

    @Test func `counts what could not be translated and can be now`() throws {
        let old = try routes(#"{"provider": "lago"}"#)
        let lago = try #require(preview(try PreviewSample.events(3, under: old), under: try routes(toLago))["lago"])
        #expect(lago.nowTranslatable == 3)
        #expect(lago.changed == 0)
        #expect(lago.untranslatable.count == 0)
    }

    @Test func `tells unrouted events from forbidden ones`() throws {
        let events = try PreviewSample.events(3, under: try routes(toLago))
        let narrow = try PreviewSample.routes(#"[{"name": "r", "match": {"name": "disk"}, "to": [\#(toLago)]}]"#)
        let unrouted = preview(events, under: narrow)
        #expect(unrouted.unrouted.largestFirst.map(\.key) == ["api"])
        #expect(unrouted.unrouted.count == 3)
        #expect(unrouted["lago"]?.removed == 3)
        #expect(unrouted.forbidden.count == 0)
    }

    @Test(
        arguments: [
            (#"[{"name": "shop", "names": ["disk"]}]"#, .name), (#"[{"name": "shop", "routes": ["s"]}]"#, .route),
            (#"[{"name": "web"}]"#, .noClient),
        ] as [(String, ForbiddenEvents.Reason)]
    )
    func `says why a client may not send an event`(_ clients: String, _ reason: ForbiddenEvents.Reason) throws {
        let events = try PreviewSample.events(3, under: try routes(toLago))
        let new = try PreviewSample.routes(
            #"[{"name": "s", "match": {"name": "x"}, "to": [\#(toLago)]}, {"name": "r", "to": [\#(toLago)]}]"#,
            clients: clients
        )
        let report = preview(events, under: new)
        #expect(
            report.forbidden.largestFirst.map(\.key) == [ForbiddenEvents(client: "shop", name: "api", reason: reason)]
        )
        #expect(report.unrouted.count == 0)
        #expect(report["lago"]?.removed == 3)
    }

    @Test func `a shadow destination is translated and gets no request`() throws {
        let old = try routes(toLago)
        let shadow = try routes(#"\#(toLago), {"provider": "polar", "mode": "shadow"}"#)
        let polar = try #require(preview(try PreviewSample.events(3, under: old), under: shadow)["polar"])
        #expect(polar.events == 3)
        #expect(polar.translated == 3)
        #expect(polar.peak == nil)
        #expect(polar.backfill == nil)
        // What was a shadow's is not at the vendor, so a backfill sends it.
        let full = try routes(#"\#(toLago), {"provider": "polar", "mode": "mirror"}"#)
        let filled = preview(try PreviewSample.events(3, under: shadow), under: full)["polar"]
        #expect(filled?.backfill?.events == 3)
        #expect(filled?.added == 0)
    }

    @Test func `a sample is translated, and everything is routed and counted`() throws {
        let old = try routes(#"{"provider": "polar"}"#)
        let report = preview(try PreviewSample.events(2000, under: old), under: try routes(toLago), sample: 10)
        let lago = try #require(report["lago"])
        #expect(lago.added == 2000)
        #expect((100...300).contains(lago.translated))
        #expect(lago.translated == report.translated)
        #expect(lago.peak?.requests == 600)
        #expect(lago.backfill?.requests == 2000)
    }
}

extension RoutesPreviewReport {
    fileprivate subscript(provider: ProviderName) -> DestinationPreview? {
        destinations.first { $0.provider == provider }
    }
}
