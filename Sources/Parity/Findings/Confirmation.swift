import Events

/// Which findings of a window count: those in which two reads agree that are at least a visibility lag apart.
package enum Confirmation {
    /// - Parameters:
    ///   - first: what an earlier read found.
    ///   - second: what a read found at least a lag later.
    /// - Returns: the findings of the second read, with what both agree on confirmed.
    package static func confirm(_ first: [Finding], by second: [Finding]) -> [Finding] {
        let known = Set(first.map(\.key.exact))
        return second.map { finding in
            var finding = finding
            // An event that was young in the second read may come still.
            if finding.cause != .notVisibleYet, known.contains(finding.key.exact) { finding.isConfirmed = true }
            return finding
        }
    }

    /// Whether a window must be read once more.
    package static func isPending(_ findings: [Finding]) -> Bool {
        findings.contains { !$0.isConfirmed && $0.cause.needsConfirmation }
    }
}
