import Acceptance
import DeliveryEngine
import Events
import Journal
import ServiceLifecycle

/// Waits for the results of accepted events at their primary destinations.
struct DeliveryWait: Sendable {
    let watch: SettlementWatch
    let archive: any EventArchive

    /// Events of one read.
    static let mostRead = 500

    /// What is known at the end of a wait.
    struct Known: Sendable {
        /// The primary deliveries of each event, in the events' order; nil for an event that was not read in time.
        let deliveries: [[Delivery]?]

        /// Whether all of them are settled. Of an event that was not read, it is unknown.
        var isSettled: Bool { deliveries.allSatisfy { $0?.allSatisfy(\.status.isSettled) ?? false } }
    }

    /// Returns once the primary deliveries of all events are settled, `limit` has passed, or the gateway stops.
    ///
    /// Reading counts as waiting: what is not read when `limit` has passed is shown as it was at the start, or not at all.
    /// - Returns: nil if the client waits for too many events already; see ``SettlementWatch/ticketIfRoom(for:of:)``.
    func deliveries(
        of accepted: [Acceptor.Accepted],
        from client: ClientName,
        tenant: TenantID,
        atMost limit: Duration
    ) async throws(StoreError) -> Known? {
        let end = ContinuousClock.now + limit
        var awaited: [SequenceNumber: Set<ProviderName>] = [:]
        for event in accepted { awaited[event.sequence] = event.primaries }
        // The ticket first, then the journal, so that no settlement in between is missed.
        guard let ticket = watch.ticketIfRoom(for: awaited, of: client) else { return nil }
        defer { watch.end(ticket) }
        var known = try await read(accepted.map(\.sequence), tenant, until: end)
        for event in accepted {
            guard let deliveries = known[event.sequence] else { continue }
            let open = Set(deliveries.filter { !$0.status.isSettled }.map(\.provider))
            for provider in event.primaries.subtracting(open) { ticket.settled(event.sequence, at: provider) }
        }
        let open = accepted.map(\.sequence).filter { !(known[$0]?.allSatisfy(\.status.isSettled) ?? false) }
        if !open.isEmpty, .now < end {
            // A stop does not wait: the events are stored, and the response says what is known.
            _ = await cancelWhenGracefulShutdown { await ticket.wait(atMost: end - .now) }
            // What is settled by then is shown, although the time has passed.
            known.merge(try await read(open, tenant, until: end + Self.readingTime)) { $1 }
        }
        return Known(deliveries: accepted.map { known[$0.sequence] })
    }

    /// How much longer than a client would wait the deliveries are read that it has waited for.
    private static let readingTime = Duration.seconds(1)

    /// The primary deliveries of events, until a time; at least of the first few.
    private func read(_ sequences: [SequenceNumber], _ tenant: TenantID, until end: ContinuousClock.Instant)
        async throws(StoreError) -> [SequenceNumber: [Delivery]]
    {
        var found: [SequenceNumber: [Delivery]] = [:]
        for start in stride(from: 0, to: sequences.count, by: Self.mostRead) where start == 0 || .now < end {
            let part = Array(sequences[start..<min(sequences.count, start + Self.mostRead)])
            found.merge(
                try await archive.deliveries(of: part, in: tenant).mapValues { $0.filter { $0.mode == .primary } }
            ) { $1 }
        }
        return found
    }
}

extension DeliveryStatus {
    /// Whether nothing more happens without an operator.
    var isSettled: Bool {
        switch self {
        case .pending, .retrying: false
        case .delivered, .rejected, .uncertain, .skipped, .discarded: true
        }
    }
}
