import Events
import Parity
import Testing

@testable import Dashboard

@Suite struct ParityPageTests {
    private let run = MigrationPageTests.run(
        .finished,
        [
            CauseCount(cause: .lostAfterAccept, count: 210, accepted: 10),
            CauseCount(cause: .foreign, count: 2, accepted: 2),
        ]
    )

    private let cells = [
        NumberedCell(
            number: 1,
            cell: ParityCell(
                provider: "lago-prod",
                name: "api request",
                counts: CellCounts(expected: 41_210, found: 41_000, missing: 210, extra: 2, different: 3)
            )
        )
    ]

    private func finding(_ sequence: SequenceNumber?, _ differences: [ContentDifference] = []) -> NumberedFinding {
        let finding = Finding(
            key: "k",
            provider: "lago-prod",
            cause: .content,
            about: FindingSubject(
                sequence: sequence,
                eventID: "evt/1",
                name: "api request",
                timestamp: MigrationPageTests.window.from
            ),
            differences: differences
        )
        return NumberedFinding(number: 9, finding: finding, resolution: nil)
    }

    private func page(
        _ findings: [NumberedFinding],
        _ filter: FindingFilter = FindingFilter(),
        limit: Int = 100,
        mayManage: Bool = true
    ) -> ParityRunPage {
        ParityRunPage(
            run,
            cells: cells,
            findings: ParityRunPage.FindingList(findings, filter, limit: limit),
            mayManage: mayManage
        )
    }

    @Test func `leads from a cell to its findings, and from there to the event`() throws {
        let page = page([finding(SequenceNumber(1)), finding(nil)])
        #expect(
            page.matrixMarkup.contains(
                "href=\"/dashboard/migration/runs/7?provider=lago-prod&amp;name=api%20request#findings\"><b>215</b>"
            )
        )
        #expect(page.findings.map(\.href) == ["/dashboard/events/evt%2F1", nil])
    }

    @Test func `names the filter, and keeps it in the next page and in the CSV`() {
        let filter = FindingFilter(cause: .content, provider: "lago-prod", customerID: "c 1")
        let page = page([finding(nil)], filter, limit: 1)
        #expect(page.filterText == "provider lago-prod, customer c 1, cause content")
        #expect(page.pager.next?.contains("customer_id=c%201&cause=content&limit=1&cursor=9") == true)
        #expect(page.pager.csv?.hasPrefix("/dashboard/migration/runs/7/findings.csv?provider=lago-prod") == true)
        #expect(self.page([]).filterText == nil)
    }

    @Test func `shows what was sent beside what the vendor has`() throws {
        let difference = ContentDifference(field: "properties.units", kind: .dropped, sent: "5", shown: nil)
        let row = try #require(page([finding(nil, [difference])]).findings.first)
        #expect(row.hasDifferences && row.differences.first?.sent == "5" && row.differences.first?.shown == "nothing")
    }

    @Test func `shows what a difference of billed units costs, and not as a field that was sent`() throws {
        let units = ContentDifference(field: "units", kind: .value, sent: "14", shown: "12")
        let cost = ContentDifference(field: "amount", kind: .money, sent: "14.00 EUR", shown: "12.00 EUR")
        let row = try #require(page([finding(nil, [units, cost])]).findings.first)
        #expect(row.differences.map(\.field) == ["units"])
        #expect(row.worth?.hasPrefix("About 2.00 EUR too little") == true)
        #expect(page([finding(nil, [units])]).findings.first?.worth == nil)
    }

    @Test func `sends lost events again only after it has said how many`() {
        func page(_ plan: ResendCount?) -> ParityRunPage {
            ParityRunPage(
                run,
                cells: cells,
                findings: ParityRunPage.FindingList([]),
                mayManage: true,
                plan: plan.map { ResendPlan($0) }
            )
        }
        func html(_ plan: ResendCount?) -> String {
            let frame = PageFrame(environment: nil, isSandbox: false, client: nil, current: .migration)
            return PageTemplates.content(page(plan), in: frame)
        }
        #expect(html(nil).contains("Check</button>") && !html(nil).contains("name=\"confirmed\""))
        let some = html(ResendCount(sent: 210, failed: 2, reason: "corrected since"))
        #expect(some.contains("210 events would be sent again; 2 cannot be: corrected since."))
        #expect(some.contains("name=\"confirmed\"") && some.contains("Send 210 events again</button>"))
        #expect(some.contains("name=\"expected\" value=\"210\"") && !some.contains("name=\"typed\""))
        #expect(!html(ResendCount()).contains("name=\"confirmed\""))
        #expect(html(ResendCount(sent: 1001)).contains("Type 1001 to confirm"))
    }

    @Test(arguments: [
        (nil, nil, 3, "Confirm the number"), ("x", nil, 3, "Confirm the number"),
        ("3", nil, 4, "4 events would be sent now, not the 3"), ("3", nil, 2, "2 events would be sent now, not the 3"),
        ("1001", nil, 1001, "Type the number 1001"), ("1001", "1000", 1001, "Type the number 1001"),
        ("1001", "1,001", 1002, "1,002 events would be sent now"),
    ])
    func `asks again unless the number that was shown is confirmed and still right`(
        expected: String?,
        typed: String?,
        total: Int,
        fault: String
    ) {
        #expect(ResendPlan.fault(expected: expected, typed: typed, now: total)?.hasPrefix(fault) == true)
    }

    @Test func `takes a number that is confirmed and still right`() {
        #expect(ResendPlan.fault(expected: "3", typed: nil, now: 3) == nil)
        #expect(ResendPlan.fault(expected: "1001", typed: "1,001", now: 1001) == nil)
    }

    @Test func `offers to send lost events again to those who may`() {
        #expect(page([]).mayResend)
        #expect(!page([], mayManage: false).mayResend)
    }

    @Test func `sums up causes with what they need`() throws {
        let provider = try #require(ParitySummary(run).providers.first)
        #expect(provider.causes.map(\.urgency) == ["the bill is wrong", "needs a decision"])
        #expect(provider.causes.map(\.isOpen) == [true, false])
        #expect(provider.certainty == "at most 0.10% of the parts differ, with 95% confidence")
    }

    private let acceptance = Acceptance(
        cause: .lostAfterAccept,
        provider: "lago-prod",
        name: nil,
        reason: "the vendor credits them",
        until: MigrationPageTests.window.until,
        by: "finance",
        at: MigrationPageTests.window.from
    )

    @Test func `digests the figures of a report, and who accepted what`() {
        func figures(_ run: ParityRun, _ cells: [NumberedCell], _ acceptances: [Acceptance] = []) -> String {
            ParityReportPage.figures(run, cells, acceptances, journal: "j")
        }
        let text = figures(run, cells)
        #expect(text.contains("cause lago-prod lost_after_accept 210 10"))
        #expect(text.contains("cell lago-prod 41210 41000 210 2 3 api request"))
        #expect(text != figures(run, []))
        #expect(text != figures(MigrationPageTests.run(), cells))
        #expect(figures(run, cells, [acceptance]).contains("accepted lost_after_accept lago-prod * finance 2024-03-20"))
    }

    @Test func `reports who accepted a cause, why and until when`() throws {
        let page = ParityReportPage(
            run,
            cells: cells,
            acceptances: [acceptance],
            customers: [],
            environment: "production",
            journal: "j",
            at: MigrationPageTests.window.until
        )
        let accepted = try #require(page.accepted.first)
        #expect(accepted.cause == "lost after accept" && accepted.client == "finance" && accepted.name == "all")
        #expect(accepted.reason == "the vendor credits them" && accepted.until.text == "2024-03-21 00:00:00")
        #expect(page.isOver && page.hasMatrix)
        #expect(page.digest.utf8.count == 64)
    }

    @Test func `leads from a customer to the findings`() {
        let customers = ParityCustomers(
            [
                ParityCustomer(customerID: "c/1", provider: "lago-prod", findings: 1200, billed: 1100),
                ParityCustomer(customerID: nil, provider: "lago-prod", findings: 2, billed: 0),
            ],
            of: run
        )
        #expect(
            customers.rows.map(\.findingsHref) == [
                "/dashboard/migration/runs/7?provider=lago-prod&customer_id=c%2F1#findings", nil,
            ]
        )
        #expect(
            customers.rows.map(\.billed) == ["1,100", "0"] && customers.rows.map(\.isBilledWrong) == [true, false]
        )
        #expect(!customers.isCut)
        // Where no vendor tells amounts, there is no column for them.
        #expect(!customers.hasMoney)
        #expect(customers.heads.map(\.label) == ["Customer", "Provider", "Billed wrong", "Differences"])
        #expect(customers.heads.map(\.direction) == [nil, nil, "descending", nil])
    }

    @Test func `shows by how much money bills are wrong, and sorts by it`() {
        let money = ContentDifference(field: "amount", kind: .money, sent: "3.00 EUR", shown: "1.00 EUR")
        let more = ContentDifference(field: "amount", kind: .money, sent: "1.00 EUR", shown: "4.50 EUR")
        func page(_ order: ParityCustomer.Order) -> ParityCustomers {
            ParityRunPage(
                run,
                cells: cells,
                customers: [
                    ParityCustomer(
                        customerID: "c",
                        provider: "lago-prod",
                        findings: 2,
                        billed: 2,
                        differences: BillDifference.sums([money, more])
                    )
                ],
                by: order,
                findings: ParityRunPage.FindingList([], FindingFilter(name: "api")),
                mayManage: true
            ).customers
        }
        #expect(page(.money).rows.map(\.money) == ["2.00 EUR too little, 3.50 EUR too much"])
        #expect(page(.money).heads.map(\.direction) == [nil, nil, "descending", nil, nil])
        #expect(page(.findings).heads.map(\.direction) == [nil, nil, nil, nil, "descending"])
        #expect(
            page(.findings).heads.map(\.sortHref) == [
                nil, nil, "/dashboard/migration/runs/7?name=api",
                "/dashboard/migration/runs/7?name=api&sort=wrong_bills",
                "/dashboard/migration/runs/7?name=api&sort=findings",
            ]
        )
    }

    @Test func `keeps the order of the customers when somebody filters findings`() {
        func html(_ order: ParityCustomer.Order) -> String {
            let page = ParityRunPage(
                run,
                cells: cells,
                by: order,
                findings: ParityRunPage.FindingList([]),
                mayManage: true
            )
            let frame = PageFrame(environment: nil, isSandbox: false, client: nil, current: .migration)
            return PageTemplates.content(page, in: frame)
        }
        #expect(html(.findings).contains(#"<input type="hidden" name="sort" value="findings">"#))
        #expect(!html(.money).contains(#"name="sort""#))
    }

    @Test func `numbers of a comparison of usage are of customers`() {
        let usage = MigrationPageTests.usage
        let summary = ParitySummary(usage)
        #expect(summary.countsCustomers && summary.providers[0].certainty == "each customer's amounts compared")
        #expect(summary.providers[0].causes[0].urgency == "no difference")
        #expect(usage.verdict == .equal, "rounding is no difference")
        #expect(!ParitySummary(run).countsCustomers)
    }
}
