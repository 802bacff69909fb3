import Events
import Journal
import Synchronization

/// The chunks that were written or read lately, decoded, so that several pipelines at the same place decode them once.
///
/// Bounded by an estimate of their bytes. What was not asked for since it came in goes first.
package final class ChunkCache: Sendable {
    fileprivate struct Entry {
        let chunk: ChunkEvents
        let cost: Int
        var wasUsed = false
    }

    fileprivate struct State {
        var entries: [Int64: Entry] = [:]
        /// The first sequence numbers of all entries, ascending.
        var firsts: [Int64] = []
        /// The same in order of arrival, from `head` on.
        var arrivals: [Int64] = []
        var head = 0
        var cost = 0
    }

    private let state = Mutex(State())
    private let limitBytes: Int

    /// - Parameter limitBytes: of the estimate.
    package init(limitBytes: Int) {
        self.limitBytes = limitBytes
    }

    /// The chunk that holds this event, if it is here.
    package func chunk(holding sequence: Int64) -> ChunkEvents? {
        state.withLock { state in
            guard let first = state.first(notAfter: sequence), let entry = state.entries[first],
                sequence <= entry.chunk.last.rawValue
            else { return nil }
            if !entry.wasUsed { state.entries[first]?.wasUsed = true }
            return entry.chunk
        }
    }

    /// Adds a chunk, in the place of one that begins at the same event.
    package func insert(_ chunk: ChunkEvents) {
        // Besides the stored bytes, an event costs its fields in memory, and it may hold on to a request's body.
        let cost = chunk.sizes.reduce(0, +) * 2 + chunk.events.count * 320
        guard cost <= limitBytes, !chunk.events.isEmpty else { return }
        state.withLock { state in
            state.insert(Entry(chunk: chunk, cost: cost))
            state.shrink(to: limitBytes)
        }
    }

    /// Forgets the chunks that begin in this range.
    package func remove(firstIn range: ClosedRange<Int64>) {
        state.withLock { state in
            for first in state.firsts where range.contains(first) { state.remove(first) }
        }
    }
}

extension ChunkCache.State {
    func first(notAfter sequence: Int64) -> Int64? {
        let index = place(of: sequence)
        if index < firsts.count, firsts[index] == sequence { return sequence }
        return index == 0 ? nil : firsts[index - 1]
    }

    mutating func insert(_ entry: ChunkCache.Entry) {
        let first = entry.chunk.first.rawValue
        remove(first)
        firsts.insert(first, at: place(of: first))
        entries[first] = entry
        arrivals.append(first)
        cost += entry.cost
    }

    mutating func remove(_ first: Int64) {
        guard let entry = entries.removeValue(forKey: first) else { return }
        cost -= entry.cost
        firsts.remove(at: place(of: first))
    }

    mutating func shrink(to limit: Int) {
        while cost > limit, head < arrivals.count {
            let first = arrivals[head]
            head += 1
            if entries[first]?.wasUsed == true {
                entries[first]?.wasUsed = false
                arrivals.append(first)
            } else {
                remove(first)
            }
        }
        if head > 1024, head * 2 > arrivals.count {
            arrivals.removeFirst(head)
            head = 0
        }
    }

    /// The index of the first entry that is not below `sequence`.
    private func place(of sequence: Int64) -> Int {
        var (low, high) = (0, firsts.count)
        while low < high {
            let middle = (low + high) / 2
            if firsts[middle] < sequence { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
