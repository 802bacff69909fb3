import Events
package import Parity

/// What comparisons with vendors found about one event.
package struct EventComparisons: Sendable {
    /// One comparison, with its differences of the event.
    struct Run: Sendable {
        let title: String
        let address: String
        let style: String
        let verdict: String
        let providers: String
        let findings: [ParityRunPage.FindingRow]
        let hasFindings: Bool
    }

    let runs: [Run]

    /// - Parameters:
    ///   - found: the comparisons that cover the event's time, newest first, each with what it found about the event.
    ///   - hidesProperties: whether values of properties are not shown.
    package init(_ found: [(run: ParityRun, findings: [NumberedFinding])], hidesProperties: Bool) {
        runs = found.map { run, findings in
            let verdict = RunVerdict(run)
            return Run(
                title: "Comparison \(run.id)",
                address: "\(Screen.migration.path)/runs/\(run.id)",
                style: verdict.statusStyle,
                verdict: verdict.name,
                providers: run.order.providers.map(\.rawValue).joined(separator: ", "),
                findings: findings.map { ParityRunPage.row($0, hidesProperties: hidesProperties) },
                hasFindings: !findings.isEmpty
            )
        }
    }
}
