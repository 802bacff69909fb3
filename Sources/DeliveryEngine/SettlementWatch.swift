package import Events
package import Journal
import Synchronization

/// Tells waiting tasks when the events that they wait for are settled.
///
/// Pipelines publish what they wrote to the journal; a waiting task holds a ``Ticket``. Nothing polls and no thread is blocked; while no
/// task waits, a settlement costs one read of a counter.
package final class SettlementWatch: Sendable {
    private struct State {
        var tickets: [SequenceNumber: [Ticket]] = [:]
        var followers: [SettlementFollower] = []
        /// Of all tickets.
        var events = 0
        /// Of each client's tickets.
        var held: [ClientName: Int] = [:]

        /// Whether a client may wait for so many more events; see ``SettlementWatch/ticketIfRoom(for:of:)``.
        func hasRoom(for count: Int, of client: ClientName) -> Bool {
            let own = held[client] ?? 0
            return own + count <= (SettlementWatch.mostEvents - (events - own)) / 2
        }
    }

    /// Events that are waited for at once; more are not, so that neither memory nor the questions to a shared journal grow with those who
    /// wait.
    package static let mostEvents = 50_000

    private let state = Mutex(State())
    private let waiting = Atomic(0)
    private let polled = Atomic(false)

    /// Deliveries whose outcome is awaited, by event.
    package typealias Awaited = [SequenceNumber: Set<ProviderName>]

    /// Whether the journal is asked for settlements of other processes.
    package var isPolled: Bool { polled.load(ordering: .relaxed) }

    /// Records that the journal is asked for settlements of other processes from now on.
    func poll() { polled.store(true, ordering: .relaxed) }

    /// Starts without tickets and subscribers.
    package init() {}

    /// A ticket for these deliveries. It notices settlements from now on. For earlier ones, read the journal and call
    /// ``Ticket/settled(_:at:)``.
    ///
    /// End it with ``end(_:)``.
    package func ticket(for awaited: [SequenceNumber: Set<ProviderName>]) -> Ticket {
        let ticket = Ticket(awaited, of: nil)
        register(ticket, for: awaited)
        return ticket
    }

    /// The same, unless the client would wait for more than its share: half of what all other clients leave of ``mostEvents``. So whatever
    /// one client does, there is room for another one.
    package func ticketIfRoom(for awaited: [SequenceNumber: Set<ProviderName>], of client: ClientName) -> Ticket? {
        let ticket = Ticket(awaited, of: client)
        return register(ticket, for: awaited) ? ticket : nil
    }

    @discardableResult
    private func register(_ ticket: Ticket, for awaited: [SequenceNumber: Set<ProviderName>]) -> Bool {
        let hasRoom = state.withLock { state in
            if let client = ticket.client {
                guard state.hasRoom(for: awaited.count, of: client) else { return false }
                state.held[client, default: 0] += awaited.count
            }
            state.events += awaited.count
            for sequence in awaited.keys { state.tickets[sequence, default: []].append(ticket) }
            return true
        }
        if hasRoom { waiting.add(1, ordering: .sequentiallyConsistent) }
        return hasRoom
    }

    /// Nobody waits on this ticket any more.
    package func end(_ ticket: Ticket) {
        waiting.subtract(1, ordering: .sequentiallyConsistent)
        state.withLock { state in
            state.events -= ticket.sequences.count
            if let client = ticket.client, let held = state.held[client] {
                state.held[client] = held > ticket.sequences.count ? held - ticket.sequences.count : nil
            }
            for sequence in ticket.sequences {
                state.tickets[sequence]?.removeAll { $0 === ticket }
                if state.tickets[sequence]?.isEmpty == true { state.tickets[sequence] = nil }
            }
        }
    }

    /// Outcomes that are on disk now. A retry does not end a delivery and wakes no task.
    package func publish(_ settlement: Settlement) {
        guard waiting.load(ordering: .sequentiallyConsistent) > 0 else { return }
        let settled =
            settlement.delivered.flatMap(\.sequences) + settlement.skipped.flatMap(\.sequences)
            + settlement.exceptions.filter { $0.status != .retrying }.map(\.sequence)
        let (woken, followers) = state.withLock { state in
            let woken = settled.flatMap { sequence in
                (state.tickets[sequence] ?? []).map { (ticket: $0, sequence: sequence) }
            }
            return (woken, state.followers)
        }
        for (ticket, sequence) in woken { ticket.settled(sequence, at: settlement.provider) }
        for follower in followers { follower.add(settled, at: settlement.provider) }
    }

    /// The deliveries that are awaited.
    var awaited: Awaited {
        guard waiting.load(ordering: .sequentiallyConsistent) > 0 else { return [:] }
        let (tickets, followers) = state.withLock { (Array($0.tickets.values.joined()), $0.followers) }
        var awaited: Awaited = [:]
        // A ticket is registered once per event.
        var seen: Set<ObjectIdentifier> = []
        for ticket in tickets where seen.insert(ObjectIdentifier(ticket)).inserted {
            awaited.merge(ticket.open) { $0.union($1) }
        }
        for follower in followers { awaited.merge(follower.expected) { $0.union($1) } }
        return awaited
    }

    /// Another process may have settled a delivery.
    func found(_ sequence: SequenceNumber, at provider: ProviderName) {
        let (tickets, followers) = state.withLock { ($0.tickets[sequence] ?? [], $0.followers) }
        for ticket in tickets { ticket.settled(sequence, at: provider) }
        for follower in followers { follower.found(sequence, at: provider) }
    }

    /// A subscriber that is notified of every settlement from now on. End it with ``end(_:)-(SettlementFollower)``.
    package func follower() -> SettlementFollower {
        let follower = SettlementFollower()
        state.withLock { $0.followers.append(follower) }
        waiting.add(1, ordering: .sequentiallyConsistent)
        return follower
    }

    /// Ends a subscription.
    package func end(_ follower: SettlementFollower) {
        waiting.subtract(1, ordering: .sequentiallyConsistent)
        state.withLock { $0.followers.removeAll { $0 === follower } }
    }

    /// One wait for a set of deliveries.
    package final class Ticket: Sendable {
        /// The events that it waits for.
        let sequences: [SequenceNumber]
        /// Whose share it counts to; nil for nobody's.
        fileprivate let client: ClientName?
        private let remaining: Mutex<[SequenceNumber: Set<ProviderName>]>
        private let ended: AsyncStream<Never>
        private let end: AsyncStream<Never>.Continuation

        fileprivate init(_ awaited: [SequenceNumber: Set<ProviderName>], of client: ClientName?) {
            self.client = client
            sequences = Array(awaited.keys)
            remaining = Mutex(awaited.filter { !$0.value.isEmpty })
            (ended, end) = AsyncStream.makeStream()
            if awaited.allSatisfy({ $0.value.isEmpty }) { end.finish() }
        }

        /// What is not settled yet.
        fileprivate var open: Awaited { remaining.withLock { $0 } }

        /// A delivery is settled.
        package func settled(_ sequence: SequenceNumber, at provider: ProviderName) {
            let isOver = remaining.withLock { remaining in
                remaining[sequence]?.remove(provider)
                if remaining[sequence]?.isEmpty == true { remaining[sequence] = nil }
                return remaining.isEmpty
            }
            if isOver { end.finish() }
        }

        /// Returns when all its deliveries are settled, when `limit` has passed, or when the task is cancelled.
        /// - Returns: whether all are settled.
        package func wait(atMost limit: Duration) async -> Bool {
            await withTaskGroup { group in
                group.addTask { [ended] in
                    for await _ in ended {}
                }
                group.addTask {
                    do { try await Task.sleep(for: limit) } catch { return }
                }
                await group.next()
                group.cancelAll()
            }
            return remaining.withLock { $0.isEmpty }
        }
    }
}
