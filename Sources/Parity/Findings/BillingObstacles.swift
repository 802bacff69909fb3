package import Events

/// What is known of events that a vendor stores and does not bill.
///
/// A vendor is asked with one event of each name, and where it can tell of customers, with one of each customer, up to a limit. What it says
/// holds for the other events of that name or customer. Some vendors tell all counted names at once, or when a subscription runs.
package struct BillingObstacles: Sendable {
    /// What to ask a vendor next.
    package enum Question: Sendable {
        /// See ``VendorReader/obstacle(to:)``.
        case event(ExpectedEvent)
        /// See ``VendorReader/countedNames()``.
        case names
        /// See ``VendorReader/billedTimes(of:)``.
        case subscription(String)
        /// See ``VendorReader/hasCustomer(_:)``.
        case customer(String)
    }

    private struct Pair: Hashable {
        let name: ExactText
        let customer: ExactText
    }

    /// What the vendor can tell.
    private let able: ObstacleTraits
    private var namesAsked: Set<ExactText> = []
    private var customersAsked: Set<ExactText> = []
    private var names: Set<ExactText> = []
    private var customers: Set<ExactText> = []
    private var pairs: Set<Pair> = []
    private var areNamesAsked = false
    private var counted: CountedNames?
    private var subscriptionsAsked: Set<ExactText> = []
    private var times: [ExactText: [ReadWindow]] = [:]
    /// What the vendor has said by itself, by the id that the event was sent with.
    private let reported: [ExactText: UnbilledEvent.Reason]

    /// Names and customers that are asked about in one comparison at one vendor.
    package static let (mostNames, mostCustomers) = (50, 20)

    /// - Parameters:
    ///   - able: what the vendor tells if it is asked.
    ///   - reported: what it has said by itself.
    package init(able: ObstacleTraits, reported: [UnbilledEvent] = []) {
        self.able = able
        self.reported = Dictionary(reported.map { ($0.id.exact, $0.reason) }) { $1 }
    }

    /// Whether nothing is known.
    package var isEmpty: Bool {
        names.isEmpty && customers.isEmpty && pairs.isEmpty && reported.isEmpty && counted == nil && times.isEmpty
    }

    /// How many questions there are about so many names and customers, beside that for all counted names, whose pages only the vendor
    /// knows.
    package func forecast(names: Int, customers: Int) -> CallForecast {
        let (names, customers) = (min(names, Self.mostNames), min(customers, Self.mostCustomers))
        var least = 0
        if !able.ofEvents.isEmpty { least += names }
        if tellsCustomers { least += customers }
        guard able.ofSubscriptions else { return CallForecast(least: least, most: least) }
        // Of a subscription that there is none of, the customer is asked about as well.
        return CallForecast(least: least + customers, most: least + 2 * customers)
    }

    // MARK: - Asking

    /// What to ask next because of the events of a window; to be called again once the answers are known, until there is nothing.
    package mutating func questions(_ events: [ExpectedEvent]) -> [Question] {
        guard able != .none else { return [] }
        var questions: [Question] = []
        for event in events where event.state.isDelivered {
            guard let sent = event.sent else { continue }
            if takeNamesQuestion() { questions.append(.names) }
            if !able.ofEvents.isEmpty, isNew(sent) { questions.append(.event(event)) }
            if able.ofSubscriptions, let question = question(sent.subscriptionID, of: event.event.customerID) {
                questions.append(question)
            }
        }
        return questions
    }

    /// Whether the vendor is to be asked for all counted names now: it is once, if it tells them.
    package mutating func takeNamesQuestion() -> Bool {
        guard able.ofNames, !areNamesAsked else { return false }
        areNamesAsked = true
        return true
    }

    private mutating func isNew(_ sent: VendorEvent) -> Bool {
        var isNew = namesAsked.count < Self.mostNames && namesAsked.insert(sent.name.exact).inserted
        if tellsCustomers, let customer = sent.customerID, customersAsked.count < Self.mostCustomers,
            customersAsked.insert(customer.exact).inserted
        {
            isNew = true
        }
        return isNew
    }

    private mutating func question(_ subscription: String?, of customer: String?) -> Question? {
        guard let subscription else { return nil }
        if subscriptionsAsked.count < Self.mostCustomers, subscriptionsAsked.insert(subscription.exact).inserted {
            return .subscription(subscription)
        }
        guard times[subscription.exact]?.isEmpty ?? false, let customer, customersAsked.count < Self.mostCustomers,
            customersAsked.insert(customer.exact).inserted
        else { return nil }
        return .customer(customer)
    }

    private var tellsCustomers: Bool {
        able.ofEvents.contains(.noCustomer) || able.ofEvents.contains(.noSubscription)
    }

    // MARK: - Learning

    /// The vendor has said what keeps it from billing an event; nil if nothing does, or if it does not tell.
    package mutating func learn(_ obstacle: BillingObstacle?, of event: ExpectedEvent) {
        guard let obstacle, let sent = event.sent else { return }
        switch obstacle {
        case .noMetric: names.insert(sent.name.exact)
        case .noCustomer: if let customer = sent.customerID { customers.insert(customer.exact) }
        case .noSubscription:
            if let customer = sent.customerID {
                pairs.insert(Pair(name: sent.name.exact, customer: customer.exact))
            }
        }
    }

    /// Records which names the vendor's metrics count.
    package mutating func learn(_ counted: CountedNames) { self.counted = counted }

    /// - Parameter times: nil if the vendor does not tell.
    package mutating func learn(_ times: [ReadWindow]?, ofSubscription subscription: String) {
        self.times[subscription.exact] = times
    }

    /// Records whether the vendor has a customer.
    package mutating func learn(isThere: Bool, customer: String) {
        if !isThere { customers.insert(customer.exact) }
    }

    // MARK: - Telling

    /// Why the vendor does not bill an event, as far as it is known.
    package func cause(of event: ExpectedEvent) -> Cause? {
        guard event.state.isDelivered, let sent = event.sent else { return nil }
        let report = sent.id.flatMap { reported[$0.exact] }
        if names.contains(sent.name.exact) || report == .noMetric { return .noMetric }
        if let counted, !counted.contains(sent.name) { return .noMetric }
        if let cause = causeByCustomer(of: event, sent) { return cause }
        return report == .unusableProperty ? .unusableProperty : nil
    }

    private func causeByCustomer(of event: ExpectedEvent, _ sent: VendorEvent) -> Cause? {
        if let customer = sent.customerID {
            if customers.contains(customer.exact) { return .noCustomer }
            if pairs.contains(Pair(name: sent.name.exact, customer: customer.exact)) { return .noSubscription }
        }
        guard let times = sent.subscriptionID.flatMap({ times[$0.exact] }) else { return nil }
        if times.contains(where: { $0.contains(sent.timestamp) }) { return nil }
        let isUnknown = event.event.customerID.map { customers.contains($0.exact) } ?? false
        return times.isEmpty && isUnknown ? .noCustomer : .noSubscription
    }

    /// What is known beyond ``cause(of:)``, in one sentence for people.
    package func detail(of event: ExpectedEvent) -> String? {
        guard cause(of: event) == .noSubscription, let sent = event.sent, let subscription = sent.subscriptionID,
            let times = times[subscription.exact], let first = times.map(\.from).min(),
            let last = times.map(\.until).max()
        else { return nil }
        let event = "The event is of \(sent.timestamp.rfc3339), and the subscription \(subscription)"
        if sent.timestamp < first { return "\(event) begins at \(first.rfc3339)." }
        return last <= sent.timestamp ? "\(event) ended at \(last.rfc3339)." : "\(event) did not run then."
    }
}
