import Events
import Journal

/// Appends the corrections of an event, and plans them again if another gateway has corrected it since they were planned: they start from
/// what counted before.
///
/// All corrections that start from the same state have the same ids, whatever their kinds, and a plan's events are stored only if all of
/// them are new. So one of several plans is stored, whichever gateways have made them.
struct CorrectionAttempts {
    private let event: AcceptedEvent
    private let journal: any EventAppending
    private let made: CorrectionsMade

    /// Whoever is overtaken that often is told to try again.
    static let most = 5

    init(of event: AcceptedEvent, in journal: any EventAppending, after made: CorrectionsMade) {
        self.event = event
        self.journal = journal
        self.made = made
    }

    /// - Parameter plan: makes a plan from what counts now.
    /// - Returns: the plan, and how many events were appended for it; none if it has none.
    /// - Throws: ``Problem`` if the ID of a correction is that of another event, or the journal cannot be written.
    func carryOut(_ plan: () async throws -> CorrectionPlan) async throws -> (plan: CorrectionPlan, recorded: Int) {
        for _ in 1...Self.most {
            let plan = try await plan()
            guard !plan.corrections.isEmpty else { return (plan, 0) }
            let events = plan.corrections.map(\.event)
            let results = try await append(events)
            var recorded = 0
            for (result, correction) in zip(results, events) {
                switch result {
                case .stored: recorded += 1
                // Another correction was made meanwhile, the same or a different one: the next plan knows it.
                case .duplicate, .withheld: break
                case .conflict:
                    guard try await isMade(correction) else {
                        throw Problem.correctionIDTaken(correction.id, of: event.id)
                    }
                }
            }
            if recorded > 0 { return (plan, recorded) }
        }
        throw Problem.otherCorrection(of: event.id)
    }

    private func append(_ events: [AcceptedEvent]) async throws(Problem) -> [AppendResult] {
        do {
            return try await journal.append(AppendRequest(events: events, policy: .allNewOrNothing))
        } catch {
            throw Problem(error)
        }
    }

    /// Whether the event that has the ID is a correction of the same event.
    private func isMade(_ correction: AcceptedEvent) async throws -> Bool {
        try await made.corrections(of: event).contains { $0.id.eventID == correction.id }
    }
}
