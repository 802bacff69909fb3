package import Events
import JSON

/// What a comparison of one window at one provider found.
package struct WindowComparison: Sendable {
    /// By the event's name at the gateway.
    package private(set) var cells: [ExactText: CellCounts] = [:]
    package private(set) var findings: [Finding] = []

    private let provider: ProviderName
    private let decision: CauseDecision
    /// Where the finding of an event stands: only the first cause that applies to it counts.
    private var indexes: [SequenceNumber: Int] = [:]

    private init(_ provider: ProviderName, _ decision: CauseDecision) {
        self.provider = provider
        self.decision = decision
    }

    /// Compares what was sent with what the vendor shows.
    /// - Parameters:
    ///   - expected: the events of the window whose plan has the provider.
    ///   - rows: all that the vendor has in the window.
    ///   - rules: how the events of these rows are compared with what was sent.
    package static func compare(
        _ expected: [ExpectedEvent],
        with rows: [WindowRow],
        _ rules: ([VendorEvent]) -> ComparisonRules,
        at provider: ProviderName,
        deciding decision: CauseDecision
    ) -> WindowComparison {
        var comparison = WindowComparison(provider, decision)
        let shown = rows.map(\.event)
        let mismatches = Matcher.match(expected, with: shown, rules(shown))
        comparison.note(expected)
        comparison.note(mismatches, expected, rows)
        return comparison
    }

    /// The journal alone: what is not delivered, and no vendor asked.
    package static func ledger(_ expected: [ExpectedEvent], at provider: ProviderName, deciding decision: CauseDecision)
        -> WindowComparison
    {
        var comparison = WindowComparison(provider, decision)
        comparison.note(expected)
        for event in expected where !event.state.isDelivered && !event.isCanary {
            comparison.cells[event.event.name.exact]?.found -= 1
            comparison.cells[event.event.name.exact]?.missing += 1
        }
        return comparison
    }

    /// The journal, for confirmed events that are sent again: what can no longer be sent is missing without a known cause.
    package static func resent(_ expected: [ExpectedEvent], at provider: ProviderName, deciding decision: CauseDecision)
        -> WindowComparison
    {
        var comparison = ledger(expected, at: provider, deciding: decision)
        for event in expected where event.state.isDelivered && event.sent == nil && !event.isCanary {
            comparison.noteMissing(event)
        }
        return comparison
    }

    /// Numbers of the journal alone, of deliveries that all came to their end.
    package static func ledger(_ cells: [ExactText: CellCounts], at provider: ProviderName) -> WindowComparison {
        let decision = CauseDecision(readAt: Timestamp(milliseconds: 0), lag: .zero, isJournalDamaged: false)
        var comparison = WindowComparison(provider, decision)
        comparison.cells = cells
        return comparison
    }

    /// What could not be compared: every event of the window is neither found nor missing.
    package static func unreadable(
        _ expected: [ExpectedEvent],
        at provider: ProviderName,
        because reason: String,
        in window: ReadWindow,
        deciding decision: CauseDecision
    ) -> WindowComparison {
        var comparison = WindowComparison(provider, decision)
        comparison.note(expected)
        for name in comparison.cells.keys { comparison.cells[name]?.found = 0 }
        comparison.findings.append(
            Finding(
                key: "unreadable",
                provider: provider,
                cause: .unreadable,
                about: FindingSubject(name: "", timestamp: window.from),
                detail:
                    "Events from \(window.from.rfc3339) to \(window.until.rfc3339) could not be compared: \(reason).",
                isConfirmed: true
            )
        )
        return comparison
    }

    /// Adds that a part of the journal cannot be read, so that it is unknown whether the provider has the events in it.
    package mutating func noteDamage(in window: ReadWindow) {
        findings.append(
            Finding(
                key: "damaged",
                provider: provider,
                cause: .unreadable,
                about: FindingSubject(name: "", timestamp: window.from),
                detail: """
                    A part of the journal cannot be read; its events from \(window.from.rfc3339) to \(window.until.rfc3339) were not \
                    compared.
                    """,
                isConfirmed: true
            )
        )
    }

    /// Adds what was found in another part of the window.
    package mutating func add(_ other: WindowComparison) {
        for (name, counts) in other.cells { cells[name, default: CellCounts()] += counts }
        indexes.merge(other.indexes.mapValues { $0 + findings.count }) { first, _ in first }
        findings += other.findings
    }

    /// Adds events that the vendor had lost and has stored now, without telling which they are.
    /// - Parameter batch: the events among which they are, all of one name; at least as many.
    package mutating func note(lost count: Int, among batch: [ExpectedEvent]) {
        guard let first = batch.first?.event else { return }
        let last = batch.map(\.event.timestamp).max() ?? first.timestamp
        cells[first.name.exact]?.found -= count
        cells[first.name.exact]?.missing += count
        for number in 0..<count {
            findings.append(
                Finding(
                    key: "resent \(batch[0].sequence.rawValue) \(number)",
                    provider: provider,
                    cause: .lostAfterAccept,
                    about: FindingSubject(
                        name: first.name,
                        timestamp: batch.map(\.event.timestamp).min() ?? first.timestamp
                    ),
                    detail: """
                        One of \(batch.count) events up to \(last.rfc3339) that were sent again; the vendor has it now, and does not \
                        tell which.
                        """,
                    isConfirmed: true
                )
            )
        }
    }

    /// Adds the events that the vendor stores and does not bill.
    package mutating func note(_ obstacles: BillingObstacles, of expected: [ExpectedEvent]) {
        guard !obstacles.isEmpty else { return }
        for event in expected where !event.isCanary {
            guard let cause = obstacles.cause(of: event) else { continue }
            note(finding(event, cause, key: "unbilled", detail: obstacles.detail(of: event)), of: event)
        }
    }

    /// Adds the events that the provider got too late for the period that they belong to.
    /// - Parameter isTooLate: told an event and when the provider got it.
    package mutating func note(_ expected: [ExpectedEvent], _ isTooLate: (AcceptedEvent, Timestamp) -> Bool) {
        for event in expected where !event.isCanary {
            guard case .delivered(_, let at) = event.state else { continue }
            let receivedAt = max(at ?? event.event.acceptedAt, event.event.acceptedAt)
            guard isTooLate(event.event, receivedAt) else { continue }
            let detail = "It is of \(event.event.timestamp.rfc3339), and was delivered at \(receivedAt.rfc3339)."
            note(finding(event, .periodClosed, key: "closed", detail: detail), of: event)
        }
    }

    /// Puts what is known better now in the place of a finding.
    package mutating func replace(_ finding: Finding, at index: Int) { findings[index] = finding }

    /// The findings in the light of an earlier read.
    package mutating func confirm(after first: [Finding]) {
        findings = Confirmation.confirm(first, by: findings)
    }

    /// Canaries were matched like all others, so that counts agree; nothing is said of them.
    private mutating func note(_ expected: [ExpectedEvent]) {
        // Neighbours mostly have one name.
        var (name, count): (ExactText, Int) = ("", 0)
        func addCounted() {
            if count > 0 { cells[name, default: CellCounts()] += CellCounts(expected: count, found: count) }
        }
        for event in expected where !event.isCanary {
            let next = event.event.name.exact
            if next != name {
                addCounted()
                (name, count) = (next, 0)
            }
            count += 1
            guard let cause = CauseDecision.ledgerCause(of: event.state) else { continue }
            note(
                finding(event, cause, key: "ledger", detail: Self.detail(of: event.state), isConfirmed: true),
                of: event
            )
        }
        addCounted()
    }

    /// Adds what was found of an event, in the place of what applies to it only if this does not.
    private mutating func note(_ finding: Finding, of event: ExpectedEvent) {
        guard let index = indexes[event.sequence] else {
            indexes[event.sequence] = findings.count
            findings.append(finding)
            return
        }
        if finding.cause.precedes(findings[index].cause) { findings[index] = finding }
    }

    private static func detail(of state: LedgerState) -> String? {
        switch state {
        case .waiting(let next?): "The next attempt is at \(next.rfc3339)."
        case .rejected(let code?): "The delivery's error is \(code.rawValue)."
        case .waiting(nil), .rejected(nil), .delivered, .uncertain, .discarded, .notPlanned: nil
        }
    }

    private mutating func note(_ mismatches: [Matcher.Mismatch], _ expected: [ExpectedEvent], _ rows: [WindowRow]) {
        guard !mismatches.isEmpty else { return }
        let names = originalNames(expected)
        var copies: [Int: Int] = [:]
        for mismatch in mismatches {
            switch mismatch {
            case .missing(let index):
                if !expected[index].isCanary { noteMissing(expected[index]) }
            case .extra(let row):
                guard !(decision.canaries?.isOn(rows[row].event) ?? false) else { continue }
                noteExtra(rows[row], name: names[rows[row].event.name.exact] ?? rows[row].event.name)
            case .different(let index, let row, let differences):
                if !expected[index].isCanary { noteDifferent(expected[index], rows[row], differences) }
            case .repeated(let index, _):
                if !expected[index].isCanary { copies[index, default: 1] += 1 }
            }
        }
        for (index, count) in copies.sorted(by: { $0.key < $1.key }) {
            let event = expected[index]
            cells[event.event.name.exact]?.extra += count - 1
            // The copies differ from what was sent, whatever is found of the event itself.
            findings.append(
                finding(event, .doubled, key: "repeated", detail: "The vendor has \(count) events with this identity.")
            )
        }
    }

    private mutating func noteMissing(_ event: ExpectedEvent) {
        cells[event.event.name.exact]?.found -= 1
        cells[event.event.name.exact]?.missing += 1
        guard case .delivered(_, let at) = event.state else { return }
        let hasParent = event.sent?.own.flatMap { JSONDocument(ifValid: Array($0.bytes))?.root["parent_id"] } != nil
        let cause = decision.missing(event, at: at, hasParent: hasParent)
        let detail = event.sent == nil ? "The event can no longer be written in the vendor's format." : nil
        note(finding(event, cause, key: "missing", detail: detail, isConfirmed: event.sent == nil), of: event)
    }

    private mutating func noteDifferent(_ event: ExpectedEvent, _ row: WindowRow, _ differences: [ContentDifference]) {
        guard case .delivered(let isDeduplicated, _) = event.state else { return }
        cells[event.event.name.exact]?.different += 1
        note(
            finding(
                event,
                decision.different(isDeduplicated: isDeduplicated),
                key: "different",
                vendorID: row.key,
                differences: differences
            ),
            of: event
        )
    }

    private mutating func noteExtra(_ row: WindowRow, name: String) {
        let shown = row.event
        cells[name.exact, default: CellCounts()].extra += 1
        let identity = [shown.id, shown.name, shown.customerID, shown.subscriptionID].map { $0 ?? "" }
        // Not the character 0, with which no storage gives back a text.
        let key = row.key ?? (identity + ["\(shown.timestamp.milliseconds)"]).joined(separator: "\u{1F}")
        let cause = decision.extra(at: shown.timestamp)
        findings.append(
            Finding(
                key: "extra \(key)",
                provider: provider,
                cause: cause,
                about: FindingSubject(
                    eventID: shown.id,
                    vendorID: row.key,
                    name: name,
                    customerID: shown.customerID,
                    subscriptionID: shown.subscriptionID,
                    timestamp: shown.timestamp
                ),
                detail: detail(ofExtra: cause)
            )
        )
    }

    private func detail(ofExtra cause: Cause) -> String? {
        if cause == .unreadable { return "It may be one of the events that the journal can no longer read." }
        guard cause == .removed, let time = decision.removedThrough else { return nil }
        return "Events that were accepted up to \(time.rfc3339) have been removed from the journal."
    }

    private func finding(
        _ expected: ExpectedEvent,
        _ cause: Cause,
        key: String,
        vendorID: String? = nil,
        differences: [ContentDifference] = [],
        detail: String? = nil,
        isConfirmed: Bool = false
    ) -> Finding {
        let event = expected.event
        return Finding(
            key: "\(key) \(expected.sequence.rawValue)",
            provider: provider,
            cause: cause,
            about: FindingSubject(
                sequence: expected.sequence,
                tenant: event.tenant,
                eventID: event.id.rawValue,
                vendorID: vendorID,
                name: event.name,
                customerID: event.customerID,
                subscriptionID: event.subscriptionID,
                timestamp: event.timestamp
            ),
            differences: differences,
            detail: detail,
            isConfirmed: isConfirmed || !cause.needsConfirmation
        )
    }

    /// The names at the gateway by the names at the vendor, where they tell it.
    private func originalNames(_ expected: [ExpectedEvent]) -> [ExactText: String] {
        var names: [ExactText: String] = [:]
        for event in expected {
            guard let sent = event.sent?.name.exact, sent != event.event.name.exact else { continue }
            names[sent] = event.event.name
        }
        return names
    }
}

/// The numbers of one name in one window at one provider.
package struct CellCounts: Sendable, Equatable {
    /// Events of the journal whose plan has the provider.
    package var expected: Int
    /// Those that the vendor has.
    package var found: Int
    /// Those that it does not have.
    package var missing: Int
    /// Rows of the vendor beyond them.
    package var extra: Int
    /// Events that the vendor has with other values.
    package var different: Int

    package init(expected: Int = 0, found: Int = 0, missing: Int = 0, extra: Int = 0, different: Int = 0) {
        self.expected = expected
        self.found = found
        self.missing = missing
        self.extra = extra
        self.different = different
    }

    /// Adds the numbers of another part.
    package static func += (left: inout Self, right: Self) {
        left.expected += right.expected
        left.found += right.found
        left.missing += right.missing
        left.extra += right.extra
        left.different += right.different
    }
}
