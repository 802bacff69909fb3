package import Parity

/// What sending the lost events of a comparison again would do, and the number that a person confirms.
package struct ResendPlan: Sendable {
    let text: String
    /// How many would be sent; nil if none would.
    let sends: String?
    /// The same number, as the form carries it.
    let expected: String
    /// Whether it must be typed, as for a retry of so many deliveries.
    let needsTyping: Bool
    /// What was wrong with the last try to confirm; nil if there was none.
    let fault: String?

    /// - Parameter fault: what ``fault(expected:typed:now:)`` said.
    package init(_ count: ResendCount, fault: String? = nil) {
        let reason = count.reason ?? "unknown"
        let left = count.failed > 0 ? "; \(PlainNumbers.count(count.failed)) cannot be: \(reason)" : ""
        text = "\(PlainNumbers.count(count.sent, of: "event")) would be sent again\(left)."
        sends = count.sent > 0 ? PlainNumbers.count(count.sent, of: "event") : nil
        expected = "\(count.sent)"
        needsTyping = count.sent >= ProblemsPlanPage.typedFrom
        self.fault = fault
    }

    /// What is wrong with the confirmation of a number; nil if it may go on.
    ///
    /// Any other number than the one that was shown is asked for again: a smaller one means that somebody else has sent events, or that the
    /// vendor shows them by now.
    /// - Parameters:
    ///   - expected: the number that the page showed, as its form carries it.
    ///   - typed: what the person typed.
    ///   - total: the number now.
    package static func fault(expected: String?, typed: String?, now total: Int) -> String? {
        guard let shown = expected.flatMap({ Int($0) }) else { return "Confirm the number below." }
        guard total == shown else {
            return "\(PlainNumbers.count(total, of: "event")) would be sent now, not the \(PlainNumbers.count(shown)) "
                + "that were shown. Nothing was sent. Look again, then confirm."
        }
        return ProblemsPlanPage.fault(expected: expected, typed: typed, total: total)
    }
}
