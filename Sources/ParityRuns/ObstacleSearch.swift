import Events
import Journal
import Parity
import Routing

/// Asks a vendor which of the events that it stores it does not bill.
struct ObstacleSearch {
    let vendors: any VendorAsking
    let provider: ProviderConfiguration
    let reader: any VendorReader
    let recorded: JournalWindow
    let lanes: [LaneNumber: any LaneMembership]

    /// The result of a search.
    struct Outcome {
        /// The number of requests.
        var calls = 0
        /// Why the vendor did not answer the first of those that it did not answer, for people.
        var fault: String?
    }

    /// Adds what the vendor says because of some events to what is known.
    func search(_ expected: [ExpectedEvent], into known: inout BillingObstacles) async -> Outcome {
        var outcome = Outcome()
        while true {
            let questions = known.questions(expected)
            if questions.isEmpty { return outcome }
            for question in questions { await ask(question, &known, &outcome) }
        }
    }

    /// Adds the names that the vendor counts, if it tells them and was not asked yet.
    func searchNames(into known: inout BillingObstacles) async -> Outcome {
        var outcome = Outcome()
        if known.takeNamesQuestion() { await ask(.names, &known, &outcome) }
        return outcome
    }

    private func ask(
        _ question: BillingObstacles.Question,
        _ known: inout BillingObstacles,
        _ outcome: inout Outcome
    ) async {
        switch question {
        case .event(let event):
            guard let translated = recorded.translated(event, at: provider.name, provider.adapter, lanes) else {
                return
            }
            if let obstacle = await answer(reader.obstacle(to: translated), &outcome) {
                known.learn(obstacle, of: event)
            }
        case .names:
            if let names = await answer(reader.countedNames(), &outcome) { known.learn(names) }
        case .subscription(let id):
            if let times = await answer(reader.billedTimes(of: id), &outcome) {
                known.learn(times, ofSubscription: id)
            }
        case .customer(let id):
            if let isThere = await answer(reader.hasCustomer(id), &outcome) {
                known.learn(isThere: isThere, customer: id)
            }
        }
    }

    /// A vendor that cannot answer such a question bills the events, as far as is known.
    private func answer<Value>(_ inquiry: VendorInquiry<Value>, _ outcome: inout Outcome) async -> Value? {
        switch await vendors.ask(inquiry, at: provider, counting: &outcome.calls) {
        case .done(let value)?: return value
        case .failed(let failure)?:
            outcome.fault =
                outcome.fault
                ?? "what \(provider.traits.vendor) does not bill could not be read: \(failure.message)"
            return nil
        case .unsupported?, .ask?, nil: return nil
        }
    }
}
