import Events
import Journal

/// A store as simple as can be: what is said of each event and each delivery, without files, threads or speed.
struct StoreModel {
    static let providers: [ProviderName] = ["lago", "polar"]

    private struct Delivery {
        var status = DeliveryStatus.pending
        var due: Timestamp?
        var isClaimed = false
        var isIntended = false
    }

    private struct Stored {
        let sequence: SequenceNumber
        let name: String
    }

    private(set) var newest: SequenceNumber = 0
    private var events: [String: Stored] = [:]
    private var deliveries: [ProviderName: [SequenceNumber: Delivery]] = [:]
    /// What was claimed together, in order.
    private var blocks: [ProviderName: [[SequenceNumber]]] = [:]

    // MARK: Questions

    /// The statuses of every event's deliveries by the event's id.
    var statuses: [(String, [ProviderName: DeliveryStatus])] {
        events.sorted { $0.value.sequence < $1.value.sequence }.map { id, stored in
            (id, deliveries.compactMapValues { $0[stored.sequence]?.status })
        }
    }

    func claimable(by provider: ProviderName) -> [SequenceNumber] {
        select(provider) { $0.status == .pending && !$0.isClaimed }
    }

    func claims(of provider: ProviderName) -> [SequenceNumber] {
        select(provider) { $0.isClaimed }
    }

    func backlog(of provider: ProviderName) -> Int {
        select(provider) { $0.status == .pending || $0.status == .retrying }.count
    }

    func nextDue(for provider: ProviderName) -> Timestamp? {
        select(provider) { $0.status == .retrying && !$0.isClaimed }.compactMap { deliveries[provider]?[$0]?.due }.min()
    }

    /// Neighbours of one block whose first attempt is still open.
    func openBlocks(of provider: ProviderName) -> [[SequenceNumber]] {
        (blocks[provider] ?? []).flatMap { block in
            block.split { sequence in
                deliveries[provider]?[sequence].map { $0.status != .pending || !$0.isClaimed } ?? true
            }
        }.map(Array.init)
    }

    private func select(_ provider: ProviderName, where isWanted: (Delivery) -> Bool) -> [SequenceNumber] {
        (deliveries[provider] ?? [:]).filter { isWanted($0.value) }.map(\.key).sorted()
    }

    // MARK: Changes

    mutating func append(_ new: [AcceptedEvent], _ policy: AppendRequest.Policy) -> [AppendResult] {
        var next = self
        let results = new.map { next.append($0) }
        let hasConflict = results.contains { result in
            if case .conflict = result { true } else { false }
        }
        let hasDuplicate = results.contains { result in
            if case .duplicate = result { true } else { false }
        }
        guard policy.withholds(hasConflict: hasConflict, hasDuplicate: hasDuplicate) else {
            self = next
            return results
        }
        return results.map { result in
            switch result {
            case .stored: .withheld
            case .duplicate(let known, _): known > newest ? .withheld : result
            case .conflict(let known, let fields): known > newest ? .conflict(with: 0, fields: fields) : result
            case .withheld: result
            }
        }
    }

    private mutating func append(_ event: AcceptedEvent) -> AppendResult {
        if let known = events[event.id.rawValue] {
            return known.name == event.name
                ? .duplicate(of: known.sequence) : .conflict(with: known.sequence, fields: ["name"])
        }
        newest = newest.advanced(by: 1)
        events[event.id.rawValue] = Stored(sequence: newest, name: event.name)
        for destination in event.plan.destinations {
            deliveries[destination.provider, default: [:]][newest] = Delivery()
        }
        return .stored(newest)
    }

    mutating func claimed(_ sequences: [SequenceNumber], by provider: ProviderName) {
        for sequence in sequences { deliveries[provider]?[sequence]?.isClaimed = true }
        if !sequences.isEmpty { blocks[provider, default: []].append(sequences) }
    }

    mutating func claimDue(for provider: ProviderName, at now: Timestamp, limit: Int) -> [SequenceNumber] {
        let due = select(provider) { delivery in
            delivery.status == .retrying && !delivery.isClaimed && delivery.due.map { $0 <= now } ?? false
        }
        for sequence in due.prefix(limit) { deliveries[provider]?[sequence]?.isClaimed = true }
        return Array(due.prefix(limit))
    }

    mutating func settled(
        _ sequences: [SequenceNumber],
        at provider: ProviderName,
        as status: DeliveryStatus,
        due: Timestamp?
    ) {
        for sequence in sequences { deliveries[provider]?[sequence] = Delivery(status: status, due: due) }
    }

    /// Claims under it are over but for those that may have been sent.
    mutating func leaseEnded(of provider: ProviderName, unsent: [SequenceNumber]) {
        for sequence in unsent { deliveries[provider]?[sequence]?.isIntended = false }
        blocks[provider] = []
        deliveries[provider] = deliveries[provider]?.mapValues { delivery in
            var delivery = delivery
            delivery.isClaimed = delivery.isIntended
            return delivery
        }
    }

    mutating func intended(_ sequences: [SequenceNumber], at provider: ProviderName) {
        for sequence in sequences { deliveries[provider]?[sequence]?.isIntended = true }
    }

    /// Claims are over but for those that may have been sent.
    mutating func crashed() {
        blocks = [:]
        deliveries = deliveries.mapValues { of in
            of.mapValues { delivery in
                var delivery = delivery
                delivery.isClaimed = delivery.isIntended
                return delivery
            }
        }
    }

    func claimInterrupted(for provider: ProviderName) -> [SequenceNumber] {
        select(provider) { $0.isIntended }
    }
}
