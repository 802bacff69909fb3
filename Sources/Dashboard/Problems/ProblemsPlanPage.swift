package import Events
package import Journal

/// What a retry or discard would change, before it changes anything.
package struct ProblemsPlanPage: PageContent {
    /// What would change at one provider.
    struct Line: Sendable {
        let provider: String
        let changed: String
        let busy: String
        let uncertain: String
    }

    /// The same, as it was counted.
    package struct Count: Sendable {
        package let provider: ProviderName
        package let count: RevisionCount
        /// Of them, those with unknown outcome that the vendor would take as new: a repeat bills twice.
        package let mayBillTwice: Int
        /// Uncertain deliveries that the act leaves as they are.
        package let uncertainLeft: Int

        package init(provider: ProviderName, count: RevisionCount, mayBillTwice: Int, uncertainLeft: Int) {
            self.provider = provider
            self.count = count
            self.mayBillTwice = mayBillTwice
            self.uncertainLeft = uncertainLeft
        }
    }

    /// A provider at which nothing can be decided as selected, and why.
    package struct Refusal: Sendable {
        let provider: String
        let reason: String

        package init(provider: ProviderName, reason: String) {
            self.provider = provider.rawValue
            self.reason = reason
        }
    }

    package static let template = "ProblemsPlan"
    package let title: String
    let verb: String
    let isDiscard: Bool
    let summary: String
    let lines: [Line]
    let refusals: [Refusal]
    let changed: String
    let hasChanges: Bool
    let busy: String?
    let uncertainLeft: String?
    let mayBillTwice: String?
    let untranslatable: String?
    let fields: [ProblemsFilter.Hidden]
    let needsTyping: Bool
    let expected: String
    let fault: String?

    /// From this number on, the number must be typed.
    package static let typedFrom = 1001

    /// - Parameters:
    ///   - refusals: the providers that ``changed(_:)`` leaves out.
    ///   - fields: what the form carries on, to select the same deliveries.
    ///   - fault: what was wrong with the last try to confirm.
    package init(
        _ action: DeliveryRevision.Action,
        summary: String,
        _ counts: [Count],
        refusals: [Refusal] = [],
        fields: [ProblemsFilter.Hidden],
        fault: String? = nil
    ) {
        verb = action == .retry ? "Retry" : "Discard"
        isDiscard = action == .discard
        title = "\(verb) deliveries"
        self.summary = summary
        lines = counts.map { count in
            Line(
                provider: count.provider.rawValue,
                changed: PlainNumbers.count(count.count.changed),
                busy: PlainNumbers.count(count.count.busy),
                uncertain: PlainNumbers.count(count.uncertainLeft)
            )
        }
        self.refusals = refusals
        let total = Self.changed(counts)
        changed = PlainNumbers.deliveries(total)
        hasChanges = total > 0
        expected = "\(total)"
        needsTyping = total >= Self.typedFrom
        busy = Self.text(counts.map(\.count.busy))
        uncertainLeft = action == .retry ? Self.text(counts.map(\.uncertainLeft)) : nil
        mayBillTwice = action == .retry ? Self.text(counts.map(\.mayBillTwice)) : nil
        untranslatable = action == .retry ? Self.text(counts.map(\.count.untranslatable)) : nil
        self.fields = fields
        self.fault = fault
    }

    /// How many deliveries would change.
    package static func changed(_ counts: [Count]) -> Int { PlainNumbers.sum(counts.map(\.count.changed)) }

    private static func text(_ numbers: [Int]) -> String? {
        let total = PlainNumbers.sum(numbers)
        return total > 0 ? PlainNumbers.deliveries(total) : nil
    }

    /// What is wrong with the confirmation of a number; nil if it may go on.
    /// - Parameters:
    ///   - expected: the number that the page showed, as its form carries it.
    ///   - typed: what the person typed.
    ///   - total: the number now.
    package static func fault(expected: String?, typed: String?, total: Int) -> String? {
        guard let shown = expected.flatMap({ Int($0) }) else { return "Confirm the number below." }
        guard total <= shown else {
            return
                "\(PlainNumbers.deliveries(total)) match now, more than the \(PlainNumbers.count(shown)) that were shown. "
                + "Look again, then confirm."
        }
        guard shown >= typedFrom else { return nil }
        let digits = (typed ?? "").filter { $0 != "," && $0 != " " }
        return digits == "\(shown)" ? nil : "Type the number \(shown) to confirm."
    }
}
