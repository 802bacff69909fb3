import Events
import JSON
import Journal
import Migration
import Testing
import Vendors

/// A plan as the API shows it, and what makes two plans the same.
@Suite struct RoutesPlanTests {
    private static let basis = basis()

    private static func basis(
        file: String = "f",
        inForce: String = "g",
        log: Int64 = 3,
        journal: Int64 = 5,
        clock: RecordedWindow.Clock = .occurred,
        from: Int64? = nil,
        until: Int64? = nil,
        sample: Double = 100,
        tenant: TenantID? = "shop"
    ) -> PlanBasis {
        PlanBasis(
            routes: PlannedRoutes(file: file, fileInForce: inForce, migrationLog: log),
            journal: JournalPosition(SequenceNumber(journal)),
            clock: clock,
            from: from.map { Timestamp(milliseconds: $0) },
            until: until.map { Timestamp(milliseconds: $0) },
            sample: sample,
            tenant: tenant
        )
    }

    private func shown(_ state: RoutesPlan.State) throws -> JSONValue {
        var plan = RoutesPlan(
            id: "p",
            basis: Self.basis,
            createdAt: Timestamp(milliseconds: 0),
            createdBy: "ops",
            changes: ["provider polar is new"]
        )
        plan.state = state
        return try JSONDocument(parsing: plan.json).root
    }

    @Test func `has another text for every difference of its basis`() {
        let others = [
            Self.basis(file: "x"), Self.basis(inForce: "x"), Self.basis(log: 4), Self.basis(journal: 6),
            Self.basis(clock: .accepted),
            Self.basis(from: 0), Self.basis(until: 0), Self.basis(sample: 50), Self.basis(tenant: nil),
            Self.basis(tenant: "bank"),
        ]
        let texts = ([Self.basis] + others).map(\.text)
        #expect(Set(texts).count == texts.count)
        #expect(Self.basis().text == Self.basis.text)
    }

    @Test func `looks at all events where no window is given`() {
        #expect(Self.basis.window.from == Timestamp(milliseconds: .min))
        #expect(Self.basis.window.until == Timestamp(milliseconds: .max))
        let bounded = Self.basis(from: 1, until: 2).window
        #expect((bounded.from, bounded.until) == (Timestamp(milliseconds: 1), Timestamp(milliseconds: 2)))
    }

    @Test func `shows how far it is while it has no result`() throws {
        let waiting = try shown(.waiting)
        #expect(waiting["status"]?.string == "waiting")
        #expect(waiting["events_read"]?.int64 == 0)
        #expect(waiting["result"]?.isNull == true)
        let running = try shown(.running(events: 7))
        #expect(running["status"]?.string == "running")
        #expect(running["events_read"]?.int64 == 7)
    }

    @Test func `shows why it failed`() throws {
        let failed = try shown(.failed("the disk is full"))
        #expect(failed["status"]?.string == "failed")
        #expect(failed["error"]?.string == "the disk is full")
        #expect(failed["events_read"]?.isNull == true)
    }

    @Test func `shows its result with the ranges that could not be read`() throws {
        var unreadable = UnreadableRanges()
        unreadable.add(ChunkDamage(first: 3, last: 9, reason: "checksum"))
        let routes = try PreviewSample.routes(#"[{"name": "r", "to": [\#(PreviewSample.toLago)]}]"#)
        var preview = RoutesPreview(of: routes, adapters: VendorRegistry.all)
        for event in try PreviewSample.events(10, under: routes) { preview.add(event) }
        let done = try shown(.done(preview.report, unreadable: unreadable))
        #expect(done["status"]?.string == "done")
        #expect(done["events_read"]?.int64 == 10)
        #expect(done["expires_at"]?.string == "1970-01-08T00:00:00.000Z")
        let result = done["result"]
        #expect(result?["events"]?.int64 == 10)
        #expect(result?["unreadable"]?.elements.first { _ in true }?["first"]?.int64 == 3)
        #expect(result?["destinations"]?.elements.map { $0 }.count == 1)
    }
}
