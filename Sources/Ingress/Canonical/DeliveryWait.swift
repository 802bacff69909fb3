import Acceptance
import DeliveryEngine
import Events
import Journal
import ServiceLifecycle

/// Waits for the results of accepted events at their primary destinations.
struct DeliveryWait: Sendable {
    let watch: SettlementWatch
    let archive: any EventArchive

    /// The primary deliveries of each event, in the events' order, once all are settled, `limit` has passed, or the gateway stops.
    func deliveries(of accepted: [Acceptor.Accepted], tenant: TenantID, atMost limit: Duration) async throws(StoreError)
        -> [[Delivery]]
    {
        var awaited: [SequenceNumber: Set<ProviderName>] = [:]
        for event in accepted { awaited[event.sequence] = event.primaries }
        // The ticket first, then the journal, so that no settlement in between is missed.
        let ticket = watch.ticket(for: awaited)
        defer { watch.end(ticket) }
        let first = try await read(accepted, tenant)
        for (event, deliveries) in zip(accepted, first) {
            let open = Set(deliveries.filter { !$0.status.isSettled }.map(\.provider))
            for provider in event.primaries.subtracting(open) { ticket.settled(event.sequence, at: provider) }
        }
        if first.joined().allSatisfy(\.status.isSettled) { return first }
        // A stop does not wait: the events are stored, and the response says what is known.
        _ = await cancelWhenGracefulShutdown { await ticket.wait(atMost: limit) }
        return try await read(accepted, tenant)
    }

    private func read(_ accepted: [Acceptor.Accepted], _ tenant: TenantID) async throws(StoreError) -> [[Delivery]] {
        var deliveries: [[Delivery]] = []
        for event in accepted {
            let found = try await archive.events(withID: event.id, of: tenant).first { $0.sequence == event.sequence }
            deliveries.append(found?.deliveries.filter { $0.mode == .primary } ?? [])
        }
        return deliveries
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
