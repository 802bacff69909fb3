import Digest
package import Events
package import Parity

/// The printable report of a comparison, for the file that finance keeps.
package struct ParityReportPage: PageContent {
    package static let template = "ParityReport"
    package let title: String
    let environment: String
    let journal: String
    let printedAt: TimeText
    let summary: ParitySummary
    let matrixMarkup: String
    let hasMatrix: Bool
    let moreCells: Bool
    /// Causes that somebody accepted.
    let accepted: [AcceptedCause]
    let hasAccepted: Bool
    let customers: ParityCustomers
    /// Of the figures: two reports with the same digest have the same.
    let digest: String
    let isOver: Bool
    let href: String

    /// A cause that somebody accepted.
    struct AcceptedCause: Sendable {
        let cause: String
        let provider: String
        let name: String
        let reason: String
        let client: String
        let at: TimeText
        let until: TimeText
    }

    /// - Parameters:
    ///   - acceptances: of causes of the run.
    ///   - journal: its id.
    package init(
        _ run: ParityRun,
        cells: [NumberedCell],
        acceptances: [Acceptance],
        customers: [ParityCustomer],
        environment: String,
        journal: String,
        at now: Timestamp
    ) {
        title = "Parity report \(run.id)"
        self.environment = environment
        self.journal = journal
        printedAt = TimeText(now)
        summary = ParitySummary(run)
        href = "/dashboard/migration/runs/\(run.id)"
        matrixMarkup = ParityRunPage.matrix(run, cells, href)
        hasMatrix = !cells.isEmpty
        moreCells = cells.count >= ParityRunPage.mostCells
        accepted = acceptances.map { acceptance in
            AcceptedCause(
                cause: acceptance.cause.rawValue.replacing("_", with: " "),
                provider: acceptance.provider?.rawValue ?? "all",
                name: acceptance.name ?? "all",
                reason: acceptance.reason,
                client: acceptance.by.rawValue,
                at: TimeText(acceptance.at),
                until: TimeText(acceptance.until)
            )
        }
        hasAccepted = !accepted.isEmpty
        self.customers = ParityCustomers(customers, of: run)
        let figures = Self.figures(run, cells, acceptances, journal: journal)
        digest = SHA256.digest(of: Array(figures.utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        .joined()
        isOver = run.state.isOver
    }

    /// The figures as text, of which the digest is made.
    static func figures(
        _ run: ParityRun,
        _ cells: [NumberedCell],
        _ acceptances: [Acceptance],
        journal: String
    ) -> String {
        var lines = [
            "journal \(journal)", "run \(run.id)",
            "window \(run.order.window.from.rfc3339) \(run.order.window.until.rfc3339)",
            "level \(run.order.level.rawValue)", "state \(run.state.rawValue)", "events \(run.events)",
        ]
        for report in run.reports {
            lines.append("provider \(report.provider.rawValue) \(text(report.totals)) not planned \(report.notPlanned)")
            for count in report.causes {
                lines.append(
                    "cause \(report.provider.rawValue) \(count.cause.rawValue) \(count.count) \(count.accepted)"
                )
            }
        }
        for cell in cells.map(\.cell) {
            lines.append("cell \(cell.provider.rawValue) \(text(cell.counts)) \(cell.name)")
        }
        for acceptance in acceptances {
            let (provider, name) = (acceptance.provider?.rawValue ?? "*", acceptance.name ?? "*")
            lines.append(
                "accepted \(acceptance.cause.rawValue) \(provider) \(name) \(acceptance.by.rawValue) "
                    + "\(acceptance.at.rfc3339) \(acceptance.until.rfc3339) \(acceptance.reason)"
            )
        }
        return lines.joined(separator: "\n")
    }

    private static func text(_ counts: CellCounts) -> String {
        "\(counts.expected) \(counts.found) \(counts.missing) \(counts.extra) \(counts.different)"
    }
}
