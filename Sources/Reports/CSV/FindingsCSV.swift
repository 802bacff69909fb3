import Events
package import Parity

/// The findings of a comparison.
package struct FindingsCSV: CSVList {
    package static let titles = [
        "provider", "cause", "urgency", "confirmed", "event_id", "vendor_id", "name", "customer_id", "subscription_id",
        "timestamp", "differences", "detail", "resolution",
    ]

    private static let page = 1000

    private let runner: any ParityRunning
    private let run: Int64
    private let filter: FindingFilter

    package init(_ runner: any ParityRunning, of run: Int64, _ filter: FindingFilter) {
        self.runner = runner
        self.run = run
        self.filter = filter
    }

    package func page(after cursor: Int64?) async throws(ParityError) -> CSVPage<Int64> {
        let page = try await runner.findings(of: run, filter, after: cursor ?? 0, limit: Self.page)
        return CSVPage(rows: page.map(Self.row), next: page.last?.number)
    }

    static func row(_ numbered: NumberedFinding) -> [String] {
        let finding = numbered.finding
        let differences = finding.differences.map { difference in
            "\(difference.field) (\(difference.kind.rawValue)): sent \(difference.sent ?? "nothing"), "
                + "shown \(difference.shown ?? "nothing")"
        }
        return [
            finding.provider.rawValue, finding.cause.rawValue, finding.cause.urgency.rawValue, "\(finding.isConfirmed)",
            finding.subject.eventID ?? "", finding.subject.vendorID ?? "", finding.subject.name,
            finding.subject.customerID ?? "",
            finding.subject.subscriptionID ?? "", finding.subject.timestamp.rfc3339,
            differences.joined(separator: "; "),
            finding.detail ?? "", numbered.resolution ?? "",
        ]
    }
}
