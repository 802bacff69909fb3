internal import DequeModule
import Events

/// Events of one standing that wait for a request, in order.
struct BatchQueue: Sendable {
    private(set) var waiting = Deque<DeliveryItem>()
    /// Batches whose members are fixed: halves of one that failed, or the rest of one that was refused. They leave first.
    private var fixed = Deque<DeliveryBatch>()
    private(set) var count = 0
    private(set) var bytes = 0

    var hasFixed: Bool { !fixed.isEmpty }

    mutating func append(_ item: DeliveryItem) {
        waiting.append(item)
        count += 1
        bytes += item.bytes
    }

    /// Puts a batch back unchanged, ahead of everything that waits.
    mutating func putBack(_ batch: DeliveryBatch) {
        fixed.append(batch)
        count += batch.items.count
        bytes += batch.bytes
    }

    /// Puts one of ``waiting`` in front of the others.
    mutating func bringForward(_ index: Int) {
        guard waiting.indices.contains(index) else { return }
        waiting.prepend(waiting.remove(at: index))
    }

    mutating func takeFixed() -> DeliveryBatch? {
        guard let batch = fixed.popFirst() else { return nil }
        return taken(batch)
    }

    /// Takes one event alone, out of those with the lowest blame.
    /// - Parameter choose: picks one of so many; the first is the oldest.
    mutating func takeOne(_ choose: (Int) -> Int) -> DeliveryBatch? {
        let least = waiting.lazy.map(\.blame).min()
        if let least, least == 0 || fixed.isEmpty {
            let indices = waiting.indices.filter { waiting[$0].blame == least }
            return taken(DeliveryBatch(items: [waiting.remove(at: indices[choose(indices.count)])]))
        }
        guard var batch = fixed.popFirst() else { return nil }
        let item = batch.items.remove(at: choose(batch.items.count))
        if !batch.items.isEmpty { fixed.prepend(batch) }
        return taken(DeliveryBatch(items: [item], isBisected: batch.isBisected, standing: batch.standing))
    }

    /// Takes the first events that fit into one request.
    mutating func takeBatch(within limit: BatchLimit) -> DeliveryBatch? {
        guard let first = waiting.popFirst() else { return nil }
        var bytes = first.translated.bytes.count
        var most = Self.company(of: first, limit: limit.events)
        var items: [DeliveryItem] = []
        items.reserveCapacity(min(most, waiting.count + 1))
        items.append(first)
        var passedOver: [DeliveryItem] = []
        var identities: Set<String> = []
        if limit.oneIdentityOnce {
            identities.reserveCapacity(min(most, waiting.count + 1))
            identities.insert(first.translated.identity)
        }
        while !waiting.isEmpty {
            most = min(most, Self.company(of: waiting[0], limit: limit.events))
            guard items.count < most, waiting[0].translated.bytes.count <= limit.room(behind: bytes) else { break }
            let candidate = waiting.removeFirst()
            if limit.oneIdentityOnce, !identities.insert(candidate.translated.identity).inserted {
                passedOver.append(candidate)
                continue
            }
            bytes += candidate.translated.bytes.count + 1
            items.append(candidate)
        }
        waiting.prepend(contentsOf: passedOver)
        return taken(DeliveryBatch(items: items))
    }

    mutating func removeAll() -> [DeliveryItem] {
        let all = fixed.flatMap(\.items) + Array(waiting)
        self = BatchQueue()
        return all
    }

    private mutating func taken(_ batch: DeliveryBatch) -> DeliveryBatch {
        count -= batch.items.count
        bytes -= batch.bytes
        return batch
    }

    /// Maximum number of events, itself included, in a request with this one: half as many after each request that the vendor looked at.
    private static func company(of item: DeliveryItem, limit: Int) -> Int {
        if item.standing == .suspect { return 1 }
        return item.reachedAt == nil ? limit : max(1, limit >> min(item.attempts, 30))
    }
}
