import Events
import Synchronization

/// The rate limits of clients, as far as this gateway takes part in them. Asks for tokens once at a time for each limit.
final class SharedLimits: Sendable {
    private struct Key: Hashable {
        let client: ClientName
        let what: LimitExceeded.What
    }

    private struct Entry {
        let limit: RateLimit
        var bucket: SharedBucket
        /// Those that wait for the answer to a question of another request. As many as there are requests in flight.
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let allotting: any TokenAllotting
    /// One for each limit in `routes.json` of which this gateway had a request.
    private let entries = Mutex<[Key: Entry]>([:])

    init(_ allotting: any TokenAllotting) {
        self.allotting = allotting
    }

    /// Counts what a client sends, at all gateways together.
    /// - Throws: ``LimitExceeded`` if it exceeds the limit; then nothing is counted.
    func admit(
        _ count: Int,
        _ what: LimitExceeded.What,
        of client: ClientName,
        within limit: RateLimit
    ) async throws(LimitExceeded) {
        let key = Key(client: client, what: what)
        while true {
            switch change(key, limit, { $0.take(count, at: .now) }) {
            case .admitted: return
            case .refused(let wait): throw LimitExceeded(what: what, limit: limit, wait: wait)
            case .wait: await waitForAnswer(key)
            case .ask(let needed, let wanted):
                let order = TokenOrder(
                    of: client.rawValue,
                    what.rawValue,
                    limit: limit,
                    needed: needed,
                    wanted: wanted
                )
                switch await ask(order, key, for: count) {
                case .admitted?: return
                case .refused(let wait)?: throw LimitExceeded(what: what, limit: limit, wait: wait)
                case .ask?, .wait?, nil: continue
                }
            }
        }
    }

    /// Asks, and lets those decide again that wait.
    /// - Returns: what happens to the request; nil if it has to decide again.
    private func ask(_ order: TokenOrder, _ key: Key, for count: Int) async -> SharedBucket.Decision? {
        let grant = await allotting.allot(order)
        let decision = change(key, order.limit) { bucket -> SharedBucket.Decision? in
            guard let grant else {
                bucket.failed(at: .now)
                return nil
            }
            return bucket.received(grant, for: count, at: .now)
        }
        let waiting = entries.withLock { entries in
            let waiting = entries[key]?.waiting ?? []
            entries[key]?.waiting = []
            return waiting
        }
        for continuation in waiting { continuation.resume() }
        return decision
    }

    /// A client whose limit has changed begins with what the common limit has.
    private func change<Value>(_ key: Key, _ limit: RateLimit, _ body: (inout SharedBucket) -> Value) -> Value {
        entries.withLock { entries in
            if entries[key]?.limit != limit {
                let waiting = entries[key]?.waiting ?? []
                entries[key] = Entry(limit: limit, bucket: SharedBucket(limit, at: .now), waiting: waiting)
            }
            return body(&entries[key, default: Entry(limit: limit, bucket: SharedBucket(limit, at: .now))].bucket)
        }
    }

    private func waitForAnswer(_ key: Key) async {
        await withCheckedContinuation { continuation in
            let isAnswered = entries.withLock { entries in
                guard let entry = entries[key], entry.bucket.isAsking else { return true }
                entries[key]?.waiting.append(continuation)
                return false
            }
            if isAnswered { continuation.resume() }
        }
    }
}
