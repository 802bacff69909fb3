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

    /// Adds what the vendor says because of some events to what is known.
    /// - Returns: the number of questions.
    func search(_ expected: [ExpectedEvent], into known: inout BillingObstacles) async -> Int {
        var calls = 0
        while true {
            let questions = known.questions(expected)
            if questions.isEmpty { return calls }
            for question in questions where await ask(question, &known) { calls += 1 }
        }
    }

    /// A vendor that does not answer bills the events, as far as is known.
    /// - Returns: whether the vendor was asked.
    private func ask(_ question: BillingObstacles.Question, _ known: inout BillingObstacles) async -> Bool {
        switch question {
        case .event(let event):
            guard let translated = recorded.translated(event, at: provider.name, provider.adapter, lanes) else {
                return false
            }
            if let obstacle = await answer(reader.obstacle(to: translated)) { known.learn(obstacle, of: event) }
        case .names:
            if let names = await answer(reader.countedNames()) { known.learn(names) }
        case .subscription(let id):
            if let times = await answer(reader.billedTimes(of: id)) { known.learn(times, ofSubscription: id) }
        case .customer(let id):
            if let isThere = await answer(reader.hasCustomer(id)) { known.learn(isThere: isThere, customer: id) }
        }
        return true
    }

    private func answer<Value>(_ inquiry: VendorInquiry<Value>) async -> Value? {
        guard case .done(let value)? = await vendors.ask(inquiry, at: provider) else { return nil }
        return value
    }
}
