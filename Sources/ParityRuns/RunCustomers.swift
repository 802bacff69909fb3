import Events
import Parity
import Synchronization

/// The first customers of finished runs, sorted as they were asked for last: adding up what bills are wrong by reads all findings, and those
/// of a finished run say the same for ever.
final class RunCustomers: Sendable {
    private struct Key: Equatable {
        let run: Int64
        /// Another run may get the number of one that was removed.
        let requestedAt: Timestamp
        let order: ParityCustomer.Order
    }

    /// Customers of one list; longer ones are read each time.
    static let most = 1000
    /// Lists that are kept, of some 100 KB each.
    private static let mostLists = 12

    /// The latest last.
    private let lists = Mutex<[(key: Key, customers: [ParityCustomer])]>([])

    /// What was kept of a run; nil if nothing was.
    func list(of run: ParityRun, by order: ParityCustomer.Order) -> [ParityCustomer]? {
        let key = Key(run: run.id, requestedAt: run.requestedAt, order: order)
        return lists.withLock { $0.first { $0.key == key }?.customers }
    }

    /// Keeps the first ``most`` customers of a run, or all if there are fewer.
    func keep(_ customers: [ParityCustomer], of run: ParityRun, by order: ParityCustomer.Order) {
        let key = Key(run: run.id, requestedAt: run.requestedAt, order: order)
        lists.withLock { lists in
            lists.removeAll { $0.key == key }
            lists.append((key, customers))
            if lists.count > Self.mostLists { lists.removeFirst() }
        }
    }
}
