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
    /// Of the figures: two reports with the same digest have the same.
    let digest: String
    let isOver: Bool
    let href: String

    /// A cause that somebody accepted.
    struct AcceptedCause: Sendable {
        let provider: String
        let cause: String
        let count: String
    }

    /// - Parameters:
    ///   - journal: its id.
    package init(
        _ run: ParityRun,
        cells: [NumberedCell],
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
        accepted = run.reports.flatMap { report in
            report.causes.filter { $0.accepted > 0 }.map { count in
                AcceptedCause(
                    provider: report.provider.rawValue,
                    cause: count.cause.rawValue.replacing("_", with: " "),
                    count: PlainNumbers.count(count.accepted)
                )
            }
        }
        hasAccepted = !accepted.isEmpty
        let figures = Self.figures(run, cells, journal: journal)
        digest = SHA256.digest(of: Array(figures.utf8)).map { byte in
            String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
        }
        .joined()
        isOver = run.state.isOver
    }

    /// The figures as text, of which the digest is made.
    static func figures(_ run: ParityRun, _ cells: [NumberedCell], journal: String) -> String {
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
        return lines.joined(separator: "\n")
    }

    private static func text(_ counts: CellCounts) -> String {
        "\(counts.expected) \(counts.found) \(counts.missing) \(counts.extra) \(counts.different)"
    }
}
