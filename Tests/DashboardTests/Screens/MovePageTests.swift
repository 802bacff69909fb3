import Events
import Journal
import Migration
import OfRecord
import Testing

@testable import Dashboard

/// The page of one migration, and that of an order before it is confirmed.
@Suite struct MovePageTests {
    static let now = Timestamp(milliseconds: 1_798_000_000_000)

    /// - Parameter anchors: customers whose periods begin a day after one another.
    static func outline(_ name: String = "to-polar", anchors: Int = 0) -> MigrationOutline {
        let cycles = (0..<anchors).map { number in
            let anchor = BillingAnchor(now + .seconds(86_400 * Int64(number + 1)), in: .utc)
            return (CustomerID("\(name)\(number)"), BillingCycle(anchor: anchor))
        }
        return MigrationOutline(
            name: MigrationName(name),
            route: RouteName(name),
            between: AccountPair(from: ProviderName(name), to: "polar"),
            delivery: .mirror,
            gates: MigrationGates(
                GateSettings(
                    window: .seconds(3600),
                    leastEvents: 1,
                    unexplained: 0,
                    usage: Percentage("1%")!,
                    rejected: Percentage("1%")!,
                    uncertain: 0,
                    backlogAge: .seconds(60)
                ),
                comparesUsage: true,
                verifies: true
            ),
            boundaries: BillingBoundaries(Dictionary(uniqueKeysWithValues: cycles)),
            keepFor: .seconds(86_400)
        )
    }

    static func status(
        _ actions: [MigrationEntry.Action] = [],
        _ text: String = "to-polar",
        anchors: Int = 0
    ) -> MigrationStatus {
        let records = actions.enumerated().map { index, action in
            MigrationRecord(
                migration: MigrationName(text),
                entry: MigrationEntry(number: index + 1, at: now, action: action),
                reason: text,
                actor: text
            )
        }
        return MigrationStatus(outline(text, anchors: anchors), records, MigrationFacts(at: now))
    }

    /// Usage of so many customers that had moved at the beginning of the month.
    private static func returned(_ customers: Int, _ text: String) -> ReturnedUsage {
        let month = Duration.seconds(30 * 86_400)
        let ramp = MigrationEntry(number: 1, at: now + (.zero - month), action: .ramp(share: 100))
        let log = MigrationLog(customers > 0 ? [ramp] : [])
        var usage = ReturnedUsage(of: outline(text), log: log, customers: nil, until: now)
        let plan = Plan(
            route: RouteName(text),
            destinations: [Destination(provider: "polar", adapter: "polar", mode: .mirror)]
        )
        for number in 0..<customers {
            let event = CanonicalEvent(
                name: "api",
                customerID: "c\(number)",
                timestamp: now + .seconds(-86_400)
            )
            let submission = Submission(tenant: "shop", client: "web", acceptedAt: now, plan: plan)
            usage.add(AcceptedEvent(event, id: "e", in: submission))
        }
        usage.unreadableParts = customers > 0 ? 2 : 0
        return usage
    }

    static func outcome(_ action: MigrationEntry.Action, _ text: String = "to-polar", customers: Int = 0)
        -> MigrationOutcome
    {
        let entry = MigrationEntry(number: 1, at: now, action: action)
        let returned = returned(customers, text)
        return MigrationOutcome(
            record: MigrationRecord(
                migration: MigrationName(text),
                entry: entry,
                reason: text,
                despite: [.usage, .rejected],
                actor: text
            ),
            isDryRun: true,
            returned: returned,
            status: status([], text)
        )
    }

    @Test func `shows how far a migration is, and what must hold`() {
        let page = MovePage(Self.status([.stage(.mirror), .ramp(share: 12.5)]), mayManage: true)
        #expect(page.stages.filter(\.isCurrent).map(\.label) == ["ramp"])
        #expect(page.stages.filter(\.isPast).map(\.label) == ["check", "shadow", "mirror", "backfill", "parity"])
        #expect(page.share == "12.5%" && page.cut == nil && page.hold == nil && page.mayOrder)
        #expect(page.conditions.map(\.name) == Gate.allCases.map { $0.rawValue.replacing("_", with: " ") })
        #expect(Set(page.conditions.map(\.state)) == ["unknown"])
        #expect(page.orders.map(\.text) == ["ramp to 12.5% of the customers", "stage mirror"])
    }

    @Test func `shows a hold, and offers nothing to whom may not order or when it is closed`() {
        let held = MovePage(Self.status([.stage(.mirror), .ramp(share: 5), .hold]), mayManage: false)
        #expect(held.hold?.actor == "to-polar" && !held.mayOrder)
        #expect(!MovePage(Self.status([.close]), mayManage: true).mayOrder)
    }

    @Test(arguments: [
        (MigrationEntry.Action.goBack(when: .now, customers: ["a", "b"]), "return of 2 customers at once", true),
        (.goBack(when: .boundary, customers: nil), "return of all customers at their next boundaries", true),
        (.cut(at: now), "cut: all customers, at their first boundaries from 2026-12-23T04:26:40.000Z", true),
        (.hold, "hold: nobody moves", false), (.ramp(share: 25), "ramp to 25% of the customers", false),
    ])
    func `names an order before it is confirmed`(action: MigrationEntry.Action, text: String, isDanger: Bool) {
        let page = MoveOrderPage(Self.outcome(action), fields: [ProblemsFilter.Hidden("number", "1")])
        #expect(page.needsTyping == (action != .hold))
        #expect(page.text == text && page.isDanger == isDanger && page.despite == "usage, rejected")
        #expect(page.fields.map(\.value) == ["1"] && page.returned?.hasCustomers == false)
    }

    @Test func `shows a hundred of the customers whose usage must be voided, and how many more there are`() {
        let page = MoveOrderPage(Self.outcome(.goBack(when: .now, customers: nil), customers: 103), fields: [])
        #expect(page.returned?.customers.count == 100)
        #expect(page.returned?.more == "3 more customers; the CSV has all.")
        #expect(page.returned?.unreadable == "2 parts")
    }

    private func acts(_ actions: [MigrationEntry.Action]) -> [String] {
        MoveForm(Self.status(actions), keeping: MoveForm.Entered()).forms.map(\.act)
    }

    @Test func `offers only what may be ordered now`() {
        #expect(acts([]) == ["start", "ramp", "cut", "hold"], "the file says mirror already")
        #expect(acts([.stage(.shadow)]) == ["stage", "hold"])
        #expect(acts([.stage(.mirror), .ramp(share: 5)]) == ["ramp", "cut", "return", "hold"])
        #expect(acts([.stage(.mirror), .ramp(share: 5), .hold]) == ["resume", "return"])
        #expect(acts([.stage(.mirror), .cut(at: Self.now)]).contains("cut"), "a cut can be moved")
        #expect(acts([.close]).isEmpty)
    }

    @Test func `keeps what was filled in, with its form open`() {
        let entered = MoveForm.Entered(
            act: "cut",
            share: "5",
            at: "later",
            returning: MoveForm.Return(when: "boundary", customers: "c1, c2"),
            despite: ["usage"]
        )
        let form = MoveForm(Self.status([.stage(.mirror), .ramp(share: 5)]), keeping: entered)
        #expect(form.forms.filter(\.isOpen).map(\.act) == ["cut"])
        #expect(form.gates.filter(\.isChosen).map(\.value) == ["usage"])
        #expect(form.enteredTime == "later" && form.enteredShare == "5")
        #expect(form.customers == "c1, c2" && form.times.filter(\.isChosen).map(\.value) == ["boundary"])
    }

    @Test func `opens what only waits for a decision`() {
        let held = MoveForm(Self.status([.stage(.mirror), .ramp(share: 5), .hold]), keeping: MoveForm.Entered())
        #expect(held.forms.filter(\.isOpen).map(\.act) == ["resume"])
    }

    @Test func `links each condition to the page that shows its figure`() {
        let page = MovePage(Self.status([.stage(.mirror), .ramp(share: 5)]), mayManage: true)
        let links = Dictionary(uniqueKeysWithValues: page.conditions.map { ($0.name, $0.href) })
        #expect(links["rejected"] == "/dashboard/problems?provider=polar&status=rejected")
        #expect(links["backlog age"] == "/dashboard/providers/polar")
        #expect(page.conditions.allSatisfy { $0.href != nil } && page.conditionsText == "0 of \(page.conditions.count)")
    }

    static func days(_ text: String = "to-polar", count: Int = 3, uncounted: Int = 0) -> MigrationDays {
        var (old, new) = (LedgerCounts.Counts(), LedgerCounts.Counts())
        for _ in 0..<1204 { old.add(.delivered) }
        new.add(.delivered, isByLane: true)
        for status in [DeliveryStatus.pending, .rejected, .uncertain] { new.add(status) }
        let days = MigrationDays.starts(since: nil, at: now).prefix(count).map {
            MigrationDays.Day(start: $0, countedAt: now, from: old, to: new)
        }
        return MigrationDays(from: ProviderName(text), to: "polar", days: days, uncounted: uncounted)
    }

    @Test func `shows what each side got per day, newest first, with a chart`() throws {
        let page = MovePage(Self.status(), days: Self.days(uncounted: 4), mayManage: false)
        let days = try #require(page.days)
        #expect(days.rows.map(\.day) == ["2026-12-23", "2026-12-22", "2026-12-21"])
        #expect(days.rows[0].from.delivered == "1,204" && !days.rows[0].from.hasFailed)
        let new = days.rows[0].to
        #expect(new.delivered == "1" && new.waiting == "1" && new.failed == "2" && new.backfilled == "1")
        #expect(days.chartMarkup.contains("data-values=\"1204,1204,1204\"") && days.uncounted == "4 older days")
        let one = MovePage(Self.status(), days: Self.days(count: 1), mayManage: false).days
        #expect(one?.chartMarkup == "" && one?.uncounted == nil, "one day makes no line")
        #expect(MovePage(Self.status(), mayManage: false).days == nil)
    }

    @Test func `shows who moves next, when and where to`() {
        let page = MovePage(Self.status([.stage(.mirror), .ramp(share: 12.5)]), mayManage: true).boundaries
        #expect(page.rows.map(\.at.text) == ["2027-01-01 00:00:00"] && page.rows.map(\.to) == ["polar"])
        #expect(page.rows.map(\.until) == ["in 8 d 19 h"])
        #expect(page.rows.map(\.who) == ["customers without an anchor that are within 12.5%"])
        #expect(page.reason == nil)
        let cut = MovePage(Self.status([.stage(.mirror), .cut(at: Self.now)]), mayManage: true).boundaries
        #expect(cut.rows.map(\.who) == ["all customers without an anchor"])
    }

    @Test(
        arguments: [
            ([], "Nobody moves before"), ([.ramp(share: 5), .hold], "held"), ([.ramp(share: 5), .close], "closed"),
        ] as [([MigrationEntry.Action], String)]
    )
    func `says why nobody moves`(actions: [MigrationEntry.Action], reason: String) {
        let boundaries = MovePage(Self.status(actions), mayManage: true).boundaries
        #expect(boundaries.rows.isEmpty && boundaries.reason?.contains(reason) == true)
    }
}
