import Events
package import Parity

/// One comparison: its result, the matrix, causes, and the findings of a cell.
package struct ParityRunPage: PageContent {
    package static let template = "ParityRun"
    package let title: String
    let id: String
    let summary: ParitySummary
    let matrixMarkup: String
    let hasMatrix: Bool
    /// Whether there are more cells than are shown.
    let moreCells: Bool
    let customers: ParityCustomers
    let findings: [FindingRow]
    let hasFindings: Bool
    /// What the list of findings is restricted to, for people.
    let filterText: String?
    let filter: Filter
    let causes: [Choice]
    let pager: Pager
    let mayManage: Bool
    /// Whether lost events can be sent again.
    let mayResend: Bool
    let isOver: Bool
    let report: String
    /// Of the customers, as the address has it; nil for the usual order.
    let sort: String?
    let notice: String?
    /// What sending lost events again would do, for somebody who has asked; else nil.
    let plan: ResendPlan?

    /// One finding.
    struct FindingRow: Sendable {
        let provider: String
        let cause: String
        let style: String
        let summary: String
        let name: String
        let customer: String
        let event: String
        let href: String?
        let timestamp: TimeText
        let detail: String?
        let differences: [Difference]
        let hasDifferences: Bool
        /// What the difference costs; nil if that cannot be told.
        let worth: String?
        let isConfirmed: Bool
        let resolution: String?
    }

    /// A field that the vendor has otherwise.
    struct Difference: Sendable {
        let field: String
        let kind: String
        let sent: String
        let shown: String
    }

    /// The filter as it is in the address.
    struct Filter: Sendable {
        let provider: String
        let name: String
        let customer: String
        let cause: String
    }

    /// A page of a comparison's findings.
    package struct FindingList: Sendable {
        let findings: [NumberedFinding]
        let filter: FindingFilter
        let limit: Int
        let cursor: String?
        let hidesProperties: Bool

        /// - Parameters:
        ///   - findings: at most `limit` of those that the filter takes, in the order of their numbers.
        ///   - cursor: where this page begins; nil for the first.
        ///   - hidesProperties: whether values of properties are not shown; then there is no CSV, which has them.
        package init(
            _ findings: [NumberedFinding],
            _ filter: FindingFilter = FindingFilter(),
            limit: Int = Pager.usualSize,
            cursor: String? = nil,
            hidesProperties: Bool = false
        ) {
            self.findings = findings
            self.filter = filter
            self.limit = limit
            self.cursor = cursor
            self.hidesProperties = hidesProperties
        }
    }

    /// Maximum number of cells in the matrix.
    package static let mostCells = 2000

    /// - Parameters:
    ///   - order: what the customers are sorted by.
    ///   - findings: a page of those that a filter takes.
    ///   - mayManage: whether the visitor may send lost events again.
    ///   - notice: the result of an act.
    ///   - plan: what sending the lost events of the filter again would do.
    package init(
        _ run: ParityRun,
        cells: [NumberedCell],
        customers: [ParityCustomer] = [],
        by order: ParityCustomer.Order = .money,
        findings list: FindingList,
        mayManage: Bool,
        notice: String? = nil,
        plan: ResendPlan? = nil
    ) {
        let path = "/dashboard/migration/runs/\(run.id)"
        title = "Comparison \(run.id)"
        id = "\(run.id)"
        summary = ParitySummary(run)
        matrixMarkup = Self.matrix(run, cells, path)
        hasMatrix = !cells.isEmpty
        moreCells = cells.count >= Self.mostCells
        let (findings, filter) = (list.findings, list.filter)
        let filtered = Self.parameters(filter)
        sort = order == .money ? nil : order.rawValue
        self.customers = ParityCustomers(customers, of: run, by: order) { order in
            PageLink.address(path, filtered + [("sort", order == .money ? nil : order.rawValue)])
        }
        self.findings = findings.map { Self.row($0, hidesProperties: list.hidesProperties) }
        hasFindings = !findings.isEmpty
        let words = filtered.compactMap { name, value in
            value.map { "\(name.replacing("_id", with: "")) \($0)" }
        }
        filterText = words.isEmpty ? nil : words.joined(separator: ", ")
        self.filter = Filter(
            provider: filter.provider?.rawValue ?? "",
            name: filter.name ?? "",
            customer: filter.customerID ?? "",
            cause: filter.cause?.rawValue ?? ""
        )
        causes = Cause.allCases.map {
            Choice($0.rawValue, label: $0.rawValue.replacing("_", with: " "), isChosen: $0 == filter.cause)
        }
        let next = findings.count == list.limit ? findings.last.map { "\($0.number)" } : nil
        let parameters = filtered + [("sort", sort)]
        pager = Pager(
            path,
            parameters,
            limit: list.limit,
            cursor: list.cursor,
            next: next,
            csv: list.hidesProperties ? nil : path + "/findings.csv"
        )
        self.mayManage = mayManage
        let lost = run.reports.flatMap(\.causes).contains { $0.cause == .lostAfterAccept && $0.count > 0 }
        mayResend = mayManage && run.state.isOver && lost
        isOver = run.state.isOver
        report = path + "/report"
        self.notice = notice
        self.plan = plan
    }

    private static func parameters(_ filter: FindingFilter) -> [(name: String, value: String?)] {
        [
            ("provider", filter.provider?.rawValue), ("name", filter.name), ("customer_id", filter.customerID),
            ("cause", filter.cause?.rawValue),
        ]
    }

    static func matrix(_ run: ParityRun, _ cells: [NumberedCell], _ path: String) -> String {
        let cells = cells.prefix(mostCells).map { numbered in
            let (cell, counts) = (numbered.cell, numbered.cell.counts)
            let provider = cell.provider.rawValue
            return ParityMatrix.Cell(
                provider: provider,
                name: cell.name,
                expected: counts.expected,
                missing: counts.missing,
                extra: counts.extra,
                different: counts.different,
                address: PageLink.address(path, [("provider", provider), ("name", cell.name)]) + "#findings"
            )
        }
        let window = run.order.window
        let caption = "Events that differ, \(TimeText(window.from).text) to \(TimeText(window.until).text) UTC"
        return ParityMatrix(caption: caption, providers: run.order.providers.map(\.rawValue), cells: cells).markup
    }

    static func row(_ numbered: NumberedFinding, hidesProperties: Bool) -> FindingRow {
        let finding = numbered.finding
        func text(_ value: String?, of field: String) -> String {
            guard let value else { return "nothing" }
            return hidesProperties && EventText.isOfProperties(field) ? EventText.hiddenText : value
        }
        return FindingRow(
            provider: finding.provider.rawValue,
            cause: finding.cause.rawValue.replacing("_", with: " "),
            style: ParitySummary.style(finding.cause.urgency),
            summary: finding.cause.summary,
            name: finding.subject.name,
            customer: finding.subject.customerID ?? "",
            event: finding.subject.eventID ?? finding.subject.vendorID ?? "",
            // What only the vendor has is no event of the journal.
            href: finding.subject.sequence == nil ? nil : finding.subject.eventID.map(PageLink.event),
            timestamp: TimeText(finding.subject.timestamp, showsMilliseconds: true),
            detail: finding.detail,
            differences: finding.differences.filter { $0.kind != .money }.map { difference in
                Difference(
                    field: difference.field,
                    kind: difference.kind.rawValue,
                    sent: text(difference.sent, of: difference.field),
                    shown: text(difference.shown, of: difference.field)
                )
            },
            hasDifferences: !finding.differences.isEmpty,
            worth: finding.differences.lazy.compactMap { UsageWorth($0)?.sentence }.first,
            isConfirmed: finding.isConfirmed,
            resolution: numbered.resolution
        )
    }
}
