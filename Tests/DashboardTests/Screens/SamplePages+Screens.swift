import ConfigurationFile
import Events
import JSON
import Journal
import OfRecord
import Parity
import Routing

@testable import Access
@testable import Dashboard
@testable import Reports

/// Live, Try, Routes, Migration and Clients: with a text in every field that may hold any, and with nothing to show.
extension SamplePages {
    static let screens: [Sample] =
        [
            Sample(name: "live") { text in
                let filter = LivePage.Filter(name: text, customer: text, provider: text, status: .rejected)
                return LivePage(filter, providers: [ProviderName(text), "other"])
            },
            Sample(name: "try, preview") { trying($0, estimate($0)) },
            Sample(name: "try, no price") { trying($0, .failure(EstimateRefusal($0))) },
            Sample(name: "try, no charge") { trying($0, .success(Estimate(charges: []))) },
            Sample(name: "try, fields") { text in
                let form = TryForm(
                    name: text,
                    customer: text,
                    subscription: text,
                    source: text,
                    timestamp: text,
                    properties: text
                )
                return TryPage(
                    TryPage.Draft(text: nil, form: form, template: text),
                    clients: [],
                    names: [text],
                    maySend: true
                )
            },
            Sample(name: "try, faults") { text in
                TryPage(
                    TryPage.Draft(text: text),
                    clients: [],
                    names: [],
                    maySend: false,
                    outlook: TryPage.Outlook(
                        faults: [
                            EventFault(index: 0, field: text, code: .required, message: text),
                            EventFault(index: nil, field: nil, code: .malformed, message: text),
                        ]
                    )
                )
            },
            Sample(name: "try, nowhere") { text in
                let record = ProviderOfRecord(migration: MigrationName(text), provider: ProviderName(text))
                let preview = EventPreview(event: event(text), destinations: [], record: record)
                return TryPage(
                    TryPage.Draft(text: text),
                    clients: [],
                    names: [],
                    maySend: true,
                    outlook: TryPage.Outlook(preview: preview)
                )
            },
            Sample(name: "try, empty") { TryPage(TryPage.Draft(text: $0), clients: [], names: [], maySend: true) },
            Sample(name: "clients") { clients($0) },
            Sample(name: "clients, none") { ClientsPage([], [], fault: $0, use: { _ in clientUse }) },
        ] + routes + migration

    private static func trying(_ text: String, _ estimate: Result<Estimate, EstimateRefusal>) -> TryPage {
        func destination(
            _ mode: DeliveryMode,
            _ result: DestinationPreview.Result,
            notBefore: Timestamp? = nil
        ) -> DestinationPreview {
            let destination = Destination(provider: ProviderName(text), adapter: "lago", mode: mode)
            return DestinationPreview(destination: destination, result: result, notBefore: notBefore)
        }
        let request = PreviewedRequest(
            method: "POST",
            url: text,
            headers: [.init(name: "X-Name", value: text)],
            body: Array(text.utf8),
            path: text
        )
        let destinations = [
            destination(.primary, .request(request), notBefore: now), destination(.shadow, .request(request)),
            destination(.mirror, .untranslatable(Untranslatable(field: text, message: text))),
            destination(.mirror, .notConfigured),
        ]
        return TryPage(
            TryPage.Draft(text: text),
            clients: [Choice(text, isChosen: true), Choice("b", isChosen: false)],
            names: [text],
            maySend: true,
            outlook: TryPage.Outlook(
                preview: EventPreview(event: event(text), destinations: destinations),
                estimates: [ProviderName(text): estimate]
            ),
            mayEstimate: true,
            simulators: [
                TryPage.Simulator(
                    name: text,
                    received: 1200,
                    billed: 3,
                    behaviours: [Choice(text, isChosen: true), Choice("b", isChosen: false)]
                )
            ]
        )
    }

    /// What a vendor says that an event costs.
    static func estimate(_ text: String) -> Result<Estimate, EstimateRefusal> {
        let (amount, taxes) = (Money(minor: 250, decimals: 2), Money(minor: 50, decimals: 2))
        return .success(
            Estimate(charges: [
                Estimate.Charge(
                    name: text,
                    currency: text,
                    units: text,
                    unitAmount: text,
                    amount: amount,
                    taxes: taxes,
                    total: Money(minor: 300, decimals: 2)
                )
            ])
        )
    }

    private static func event(_ text: String) -> AcceptedEvent {
        AcceptedEvent(
            Submission(
                tenant: TenantID(text),
                client: ClientName(text),
                acceptedAt: now,
                plan: Plan(route: nil, destinations: [])
            ),
            id: EventID(text),
            name: text,
            customerID: text,
            subscriptionID: nil,
            timestamp: now,
            timestampWasGiven: true,
            source: nil,
            properties: nil,
            vendor: nil
        )
    }

    private static func clients(_ text: String) -> ClientsPage {
        let client = Client(
            name: ClientName(text),
            tenant: TenantID(text),
            scopes: [.admin],
            allowance: Allowance(names: [Glob(text)])
        )
        let digest = KeyDigest(of: "key")
        let key = StoredKey(
            client: client.name,
            key: ClientKey(id: text, digest: digest, expires: now),
            created: now
        )
        let listed = KeyAdministration.Listed(client: client.name, key: key.key, stored: key, state: .usable)
        let made = KeyAdministration.Made(key: Secret(text), stored: key, ended: [key], lasting: [key.key])
        let keyless = Client(name: "keyless", tenant: "t", scopes: [])
        return ClientsPage([client, keyless], [listed], made: made, use: { _ in clientUse })
    }

    private static let routes: [Sample] = [
        Sample(name: "routes") { text in
            let hold = OperatorHold(until: now, by: ClientName(text), at: now)
            return RoutesPage(report(text, holds: [.init(provider: ProviderName(text), hold: hold)]), delivered: [:])
        },
        Sample(name: "routes, long") { _ in
            RoutesPage(report(String(repeating: "\n", count: 6000), holds: []), delivered: [:])
        },
        Sample(name: "routes, faulty") { text in
            let fault = ConfigurationFault(
                severity: .error,
                position: JSONPosition(line: 1, column: 1),
                message: text
            )
            return RoutesChangePage(faulty: text, FaultyConfiguration(faults: [fault]), file: text)
        },
        Sample(name: "routes, change") { text in
            change(text, [text], .success("0a1b"))
        },
        Sample(name: "routes, no change") { change($0, [], .failure(PlanRefusal($0))) },
        Sample(name: "routes, plan") { text in plan(text) },
        Sample(name: "routes, plan that is made") { _ in
            RoutesPlanPage(value(#"{"id": "a", "status": "running", "events_read": 5, "stale": false}"#))
        },
    ]

    private static func change(_ text: String, _ changes: [String], _ plan: Result<String, PlanRefusal>)
        -> RoutesChangePage
    {
        let routes = Routes(providers: [], routes: [], clients: [])
        return RoutesChangePage(
            valid: text,
            warnings: [],
            changes: changes,
            from: routes,
            to: routes,
            plan: plan,
            file: text
        )
    }

    private static func plan(_ text: String) -> RoutesPlanPage {
        var writer = JSONWriter()
        writer.string(text)
        let quoted = String(decoding: writer.bytes, as: UTF8.self)
        return RoutesPlanPage(
            value(
                """
                {"id": \(quoted), "status": "done", "stale": true, "error": \(quoted), "result": {"changes_nothing": true,
                  "destinations": [
                    {"provider": \(quoted), "backfill": {"events": 5, "seconds": 9},
                     "changed": {"fields": [{"field": \(quoted), "example": {"before": \(quoted), "after": \(quoted)}}]},
                     "untranslatable": {"events": 1, "groups": [{"events": 1, "field": \(quoted), "message": \(quoted)}]}},
                    {"provider": "plain"}],
                  "unrouted": {"events": 1, "groups": [{"name": \(quoted)}]},
                  "forbidden": {"events": 1, "groups": [{"name": \(quoted)}]}}}
                """
            )
        )
    }

    private static func value(_ json: String) -> JSONValue {
        guard let document = JSONDocument(ifValid: Array(json.utf8)) else { preconditionFailure("not JSON: \(json)") }
        return document.root
    }

    private static func report(_ text: String, holds: [ConfigurationReport.Hold]) -> ConfigurationReport {
        ConfigurationReport(
            file: text,
            digest: text,
            text: text,
            loadedAt: now,
            version: 1,
            routes: Routes(providers: [], routes: [], clients: []),
            overrides: ConfigurationReport.Overrides(holds: holds, pausedBackfills: [])
        )
    }

    private static let migration: [Sample] = [
        Sample(name: "migration") { text in
            migration(
                text,
                [MigrationPageTests.run()],
                [lane(.running, ahead: 5), lane(.paused, ahead: 5)].map { .init($0, heldBy: text) },
                days: MigrationPageTests.days(text),
                mayManage: true
            )
        },
        Sample(name: "migration, no day compared") {
            migration($0, [MigrationPageTests.run()], [], days: ParityDays(of: [], at: now), mayManage: true)
        },
        Sample(name: "migration, unreadable findings") {
            migration($0, [MigrationPageTests.run()], [], mayManage: true)
        },
        Sample(name: "migration, empty") { migration($0, [], [], mayManage: true) },
        Sample(name: "migration, reader") { migration($0, [], [], mayManage: false) },
        Sample(name: "comparison") { text in
            comparison(text, MigrationPageTests.run(.finished, causes, unreadable: text))
        },
        Sample(name: "comparison, running") { _ in
            ParityRunPage(
                MigrationPageTests.run(.reading),
                cells: [],
                findings: ParityRunPage.FindingList([]),
                mayManage: true
            )
        },
        Sample(name: "comparison of usage") { comparison($0, MigrationPageTests.usage) },
        Sample(name: "comparison, all lost") { _ in
            ParityRunPage(
                MigrationPageTests.run(.finished, causes),
                cells: many,
                findings: ParityRunPage.FindingList([]),
                mayManage: true
            )
        },
        Sample(name: "move") {
            MovePage(MovePageTests.status([.ramp(share: 5), .hold], $0), mayManage: true, fault: $0)
        },
        Sample(name: "move, new") {
            MovePage(MovePageTests.status([], $0), days: MovePageTests.days($0, count: 1), mayManage: false)
        },
        Sample(name: "move, many anchors") { text in
            // More times than are listed.
            MovePage(
                MovePageTests.status([.cut(at: MovePageTests.now)], text, anchors: 20),
                days: MovePageTests.days(text, uncounted: 2),
                mayManage: false
            )
        },
        Sample(name: "move, cut") { text in
            MovePage(
                MovePageTests.status([.stage(.mirror), .ramp(share: 5), .cut(at: MovePageTests.now)], text),
                mayManage: true,
                keeping: MoveForm.Entered(
                    act: "return",
                    stage: "mirror",
                    returning: MoveForm.Return(when: "now", customers: text),
                    despite: ["usage"]
                )
            )
        },
        Sample(name: "move, not started") {
            let entered = MoveForm.Entered(
                act: "start",
                stage: "mirror",
                returning: MoveForm.Return(when: "now"),
                reason: $0
            )
            return MovePage(MovePageTests.status([], $0), mayManage: true, keeping: entered)
        },
        Sample(name: "move, closed") { MovePage(MovePageTests.status([.close], $0), mayManage: true) },
        Sample(name: "order of a move") {
            MoveOrderPage(MovePageTests.outcome(.hold, $0), fields: [ProblemsFilter.Hidden("reason", $0)])
        },
        Sample(name: "order of a return") {
            MoveOrderPage(
                MovePageTests.outcome(.goBack(when: .now, customers: nil), $0, customers: 101),
                fields: [ProblemsFilter.Hidden("reason", $0)]
            )
        },
        Sample(name: "report") { report($0, MigrationPageTests.run(.finished, causes), []) },
        Sample(name: "report, running") { report($0, MigrationPageTests.run(.reading), many) },
    ]

    private static let causes = [
        CauseCount(cause: .lostAfterAccept, count: 5, accepted: 1), CauseCount(cause: .content, count: 1, accepted: 1),
    ]

    /// More cells than a page shows.
    private static let many = (0..<ParityRunPage.mostCells).map { number in
        NumberedCell(
            number: Int64(number),
            cell: ParityCell(provider: "lago-prod", name: "n\(number)", counts: CellCounts())
        )
    }

    private static func migration(
        _ text: String,
        _ runs: [ParityRun],
        _ backfills: [MigrationPage.Backfill],
        days: ParityDays? = nil,
        mayManage: Bool
    ) -> MigrationPage {
        MigrationPage(
            moves: mayManage ? [MovePageTests.status([.ramp(share: 5), .hold], text)] : [],
            runs: runs,
            days: days,
            next: runs.isEmpty ? nil : text,
            backfills: backfills,
            mayManage: mayManage,
            comparing: MigrationPage.ComparisonForm(
                of: [ProviderName(text)],
                proposing: MigrationPageTests.window,
                keeping: MigrationPage.Entered(providers: [text], from: text, until: text, level: .digest)
            ),
            fault: runs.isEmpty ? nil : text
        )
    }

    private static func lane(_ state: LaneState, ahead: Int) -> Lane {
        MigrationPageTests.lane(state, walked: 1, ahead: ahead)
    }

    /// A difference of an event of the journal, or of one that only the vendor has.
    static func finding(_ text: String, isKnown: Bool) -> NumberedFinding {
        let difference = ContentDifference(field: text, kind: .value, sent: text, shown: text)
        let cost = ContentDifference(field: text, kind: .money, sent: "2.00 EUR", shown: "1.50 EUR")
        let finding = Finding(
            key: "k",
            provider: ProviderName(text),
            cause: .content,
            about: FindingSubject(
                sequence: isKnown ? 1 : nil,
                eventID: text,
                name: text,
                customerID: text,
                timestamp: now
            ),
            differences: isKnown ? [difference, cost] : [],
            detail: isKnown ? text : nil
        )
        return NumberedFinding(number: 1, finding: finding, resolution: text)
    }

    private static func comparison(_ text: String, _ run: ParityRun) -> ParityRunPage {
        let counts = CellCounts(expected: 3, found: 1, missing: 2)
        return ParityRunPage(
            run,
            cells: [NumberedCell(number: 1, cell: ParityCell(provider: "lago-prod", name: text, counts: counts))],
            customers: customers(text),
            by: .wrongBills,
            findings: ParityRunPage.FindingList(
                [finding(text, isKnown: true), finding(text, isKnown: false)],
                FindingFilter(cause: .content, provider: ProviderName(text), customerID: text, name: text),
                limit: 2
            ),
            mayManage: true,
            notice: text,
            plan: ResendPlan(ResendCount(sent: 3000, failed: 1, reason: text), fault: text)
        )
    }

    private static func report(_ text: String, _ run: ParityRun, _ cells: [NumberedCell]) -> ParityReportPage {
        let acceptance = Acceptance(
            cause: .content,
            provider: ProviderName(text),
            name: text,
            reason: text,
            until: now,
            by: ClientName(text),
            at: now
        )
        return ParityReportPage(
            run,
            cells: cells,
            acceptances: run.state.isOver ? [acceptance] : [],
            customers: Array(repeating: customers(text)[0], count: ParityCustomers.most),
            environment: text,
            journal: text,
            at: now
        )
    }

    private static let clientUse = ClientsPage.Use(
        requestsPercent: 42,
        eventsPercent: nil,
        reads: (1, 8),
        streams: (0, 20)
    )

    private static func customers(_ text: String) -> [ParityCustomer] {
        [
            ParityCustomer(
                customerID: text,
                provider: ProviderName(text),
                findings: 3,
                billed: 2,
                differences: BillDifference.sums([
                    ContentDifference(field: "amount", kind: .money, sent: "3.00 EUR", shown: "1.00 EUR")
                ])
            ),
            ParityCustomer(customerID: nil, provider: ProviderName(text), findings: 1, billed: 0),
        ]
    }
}
