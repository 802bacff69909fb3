internal import DequeModule
package import Events

/// The events that wait for a request, in order, and the making of batches within the vendor's limits.
package struct BatchAssembly: Sendable {
    /// Limits of one request.
    private let limit: BatchLimit
    private let oneIdentityOncePerBatch: Bool
    private var waiting = Deque<DeliveryItem>()
    /// Batches whose members are fixed: halves of one that failed, or the rest of one that was refused. They go first.
    private var fixed = Deque<DeliveryBatch>()
    private var fixedEvents = 0

    package init(limit: BatchLimit, oneIdentityOncePerBatch: Bool) {
        self.limit = limit
        self.oneIdentityOncePerBatch = oneIdentityOncePerBatch
    }

    /// How many events wait.
    package var count: Int { waiting.count + fixedEvents }

    /// Whether a batch could be made that no further event would fit into, or whose members are fixed.
    package var hasFullBatch: Bool { !fixed.isEmpty || waiting.count >= limit.events }

    package mutating func append(_ items: [DeliveryItem]) {
        waiting.append(contentsOf: items)
    }

    package mutating func append(_ item: DeliveryItem) {
        waiting.append(item)
    }

    /// Puts a batch in front of all that waits, as it is.
    package mutating func putBack(_ batch: DeliveryBatch) {
        fixed.append(batch)
        fixedEvents += batch.items.count
    }

    /// Takes the next batch, the oldest events first; nil if nothing waits.
    ///
    /// An event that already failed in company goes in ever smaller company: with each of its attempts the batch may be half as
    /// large, so that one that makes its batch fail stands alone in the end.
    /// - Parameter atMost: how many events a probe may carry; batches whose members are fixed stay whole.
    package mutating func next(atMost: Int? = nil) -> DeliveryBatch? {
        if let batch = fixed.popFirst() {
            fixedEvents -= batch.items.count
            return batch
        }
        guard let first = waiting.popFirst() else { return nil }
        var items = [first]
        var bytes = first.translated.bytes.count
        var most = min(atMost ?? limit.events, Self.company(of: first, limit: limit.events))
        var passedOver: [DeliveryItem] = []
        var identities: Set<String> = []
        if oneIdentityOncePerBatch {
            identities.reserveCapacity(min(most, waiting.count + 1))
            identities.insert(first.translated.identity)
        }
        while !waiting.isEmpty {
            most = min(most, Self.company(of: waiting[0], limit: limit.events))
            // One byte for the comma, and room for what a request has around its events.
            let room = limit.bytes - 256 - bytes - 1
            guard items.count < most, waiting[0].translated.bytes.count <= room else { break }
            let candidate = waiting.removeFirst()
            if oneIdentityOncePerBatch, !identities.insert(candidate.translated.identity).inserted {
                passedOver.append(candidate)
                continue
            }
            bytes += candidate.translated.bytes.count + 1
            items.append(candidate)
        }
        waiting.prepend(contentsOf: passedOver)
        return DeliveryBatch(items: items)
    }

    /// Takes all that waits, to give it back unsent.
    package mutating func removeAll() -> [DeliveryItem] {
        let all = fixed.flatMap(\.items) + Array(waiting)
        fixed.removeAll()
        waiting.removeAll()
        fixedEvents = 0
        return all
    }

    /// How many events, itself included, one may travel with.
    private static func company(of item: DeliveryItem, limit: Int) -> Int {
        max(1, limit >> min(item.attempts, 30))
    }
}
