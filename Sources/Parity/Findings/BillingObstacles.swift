package import Events

/// What is known of names and customers that a vendor stores events of and does not bill.
///
/// A vendor is asked with one event of each name, and where it can tell of customers, with one of each customer, up to a limit. What it says
/// holds for the other events of that name or customer.
package struct BillingObstacles: Sendable {
    private struct Pair: Hashable {
        let name: String
        let customer: String
    }

    /// What the vendor can tell.
    private let able: Set<BillingObstacle>
    private var namesAsked: Set<String> = []
    private var customersAsked: Set<String> = []
    private var names: Set<String> = []
    private var customers: Set<String> = []
    private var pairs: Set<Pair> = []
    /// What the vendor has said by itself, by the id that the event was sent with.
    private let reported: [String: UnbilledEvent.Reason]

    /// Names and customers that are asked about in one comparison at one vendor.
    package static let (mostNames, mostCustomers) = (50, 20)

    /// - Parameters:
    ///   - able: what the vendor tells if it is asked.
    ///   - reported: what it has said by itself.
    package init(able: Set<BillingObstacle>, reported: [UnbilledEvent] = []) {
        self.able = able
        self.reported = Dictionary(reported.map { ($0.id, $0.reason) }) { $1 }
    }

    /// Whether nothing is known.
    package var isEmpty: Bool { names.isEmpty && customers.isEmpty && pairs.isEmpty && reported.isEmpty }

    /// The most questions about so many names and customers.
    package func forecast(names: Int, customers: Int) -> Int {
        guard !able.isEmpty else { return 0 }
        return min(names, Self.mostNames) + (tellsCustomers ? min(customers, Self.mostCustomers) : 0)
    }

    /// The events of a window with which to ask next.
    package mutating func questions(_ events: [ExpectedEvent]) -> [ExpectedEvent] {
        var questions: [ExpectedEvent] = []
        for event in events where !able.isEmpty && event.state.isDelivered {
            guard let sent = event.sent, isNew(sent) else { continue }
            questions.append(event)
        }
        return questions
    }

    private mutating func isNew(_ sent: VendorEvent) -> Bool {
        var isNew = namesAsked.count < Self.mostNames && namesAsked.insert(sent.name).inserted
        if tellsCustomers, let customer = sent.customerID, customersAsked.count < Self.mostCustomers,
            customersAsked.insert(customer).inserted
        {
            isNew = true
        }
        return isNew
    }

    /// The vendor has said what keeps it from billing an event; nil if nothing does, or if it does not tell.
    package mutating func learn(_ obstacle: BillingObstacle?, of event: ExpectedEvent) {
        guard let obstacle, let sent = event.sent else { return }
        switch obstacle {
        case .noMetric: names.insert(sent.name)
        case .noCustomer: if let customer = sent.customerID { customers.insert(customer) }
        case .noSubscription:
            if let customer = sent.customerID { pairs.insert(Pair(name: sent.name, customer: customer)) }
        }
    }

    /// Why the vendor does not bill an event, as far as it is known.
    package func cause(of event: ExpectedEvent) -> Cause? {
        guard event.state.isDelivered, let sent = event.sent else { return nil }
        if names.contains(sent.name) { return .noMetric }
        switch sent.id.flatMap({ reported[$0] }) {
        case .noMetric?: return .noMetric
        case .unusableProperty?: return .unusableProperty
        case nil: break
        }
        guard let customer = sent.customerID else { return nil }
        if customers.contains(customer) { return .noCustomer }
        return pairs.contains(Pair(name: sent.name, customer: customer)) ? .noSubscription : nil
    }

    private var tellsCustomers: Bool { able.contains(.noCustomer) || able.contains(.noSubscription) }
}
