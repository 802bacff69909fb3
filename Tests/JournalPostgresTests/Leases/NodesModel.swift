import Events
import Journal

/// What several gateways together must say of a journal: who owns which account, and what became of each delivery.
struct NodesModel {
    static let providers: [ProviderName] = ["lago", "polar"]

    struct Delivery {
        var status = DeliveryStatus.pending
        var due: Timestamp?
        /// Claimed by the account's owner.
        var isClaimed = false
        var isIntended = false
    }

    /// Who has an account.
    struct Owner {
        let node: Int
        let lease: AccountLease
    }

    var owners: [ProviderName: Owner] = [:]
    /// Leases that are over.
    var ended: [(node: Int, lease: AccountLease)] = []
    var events: [String: SequenceNumber] = [:]
    private(set) var deliveries: [ProviderName: [SequenceNumber: Delivery]] = [:]

    mutating func stored(_ id: String, _ sequence: SequenceNumber, _ plan: Plan) {
        events[id] = sequence
        for destination in plan.destinations { deliveries[destination.provider, default: [:]][sequence] = Delivery() }
    }

    func select(_ provider: ProviderName, where isWanted: (Delivery) -> Bool) -> [SequenceNumber] {
        (deliveries[provider] ?? [:]).filter { isWanted($0.value) }.map(\.key).sorted()
    }

    func claimable(by provider: ProviderName) -> [SequenceNumber] {
        select(provider) { $0.status == .pending && !$0.isClaimed }
    }

    func claims(of provider: ProviderName) -> [SequenceNumber] { select(provider) { $0.isClaimed } }

    func interrupted(_ provider: ProviderName) -> [SequenceNumber] { select(provider) { $0.isIntended } }

    func waiting(for provider: ProviderName) -> Int {
        select(provider) { $0.status == .pending || $0.status == .retrying }.count
    }

    func due(_ provider: ProviderName, at now: Timestamp) -> [SequenceNumber] {
        select(provider) { $0.status == .retrying && !$0.isClaimed && ($0.due ?? now) <= now }
    }

    func status(of sequence: SequenceNumber, at provider: ProviderName) -> DeliveryStatus? {
        deliveries[provider]?[sequence]?.status
    }

    mutating func change(_ sequences: [SequenceNumber], at provider: ProviderName, _ change: (inout Delivery) -> Void) {
        for sequence in sequences {
            guard var delivery = deliveries[provider]?[sequence] else { continue }
            change(&delivery)
            deliveries[provider]?[sequence] = delivery
        }
    }

    mutating func settled(
        _ sequences: [SequenceNumber],
        at provider: ProviderName,
        as status: DeliveryStatus,
        due: Timestamp?
    ) {
        change(sequences, at: provider) { $0 = Delivery(status: status, due: due) }
    }

    /// Claims are over, but for what may have been sent.
    mutating func ended(_ provider: ProviderName, unsent: [SequenceNumber] = []) {
        guard let owner = owners.removeValue(forKey: provider) else { return }
        ended.append((owner.node, owner.lease))
        change(unsent, at: provider) { $0.isIntended = false }
        let all = Array((deliveries[provider] ?? [:]).keys)
        change(all, at: provider) { $0.isClaimed = $0.isIntended }
    }
}
