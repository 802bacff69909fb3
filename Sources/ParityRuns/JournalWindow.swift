import Events
import Journal
import Parity

/// The journal's events of a window.
struct JournalWindow {
    /// In journal order.
    let events: [ArchivedEvent]
    /// Whether a part could not be read: what is missing here proves nothing about the vendor.
    let isDamaged: Bool
    /// Replacements of its events that are not among them.
    var replacements = Replacements()

    /// How many events are read at once.
    static let piece = 5000

    /// Reads a window.
    /// - Parameter limit: maximum number of events.
    /// - Returns: nil if there are more.
    static func read(_ window: ReadWindow, from journal: any RecordedTraffic, limit: Int) async throws(StoreError)
        -> JournalWindow?
    {
        let recorded = RecordedWindow(clock: .occurred, from: window.from, until: window.until)
        var (events, position): ([ArchivedEvent], JournalPosition?) = ([], nil)
        var isDamaged = false
        while true {
            let next = try await journal.recorded(recorded, after: position, limit: piece)
            events += next.events
            isDamaged = isDamaged || !next.damage.isEmpty
            if events.count > limit { return nil }
            if next.isLast { return JournalWindow(events: events, isDamaged: isDamaged) }
            position = next.through
        }
    }

    /// The settings that events were sent with to the provider, each once.
    func settings(at provider: ProviderName, _ lanes: [LaneNumber: any LaneMembership]) -> [DestinationSettings] {
        var settings: [DestinationSettings] = []
        var plan: Plan?
        for archived in events {
            // Neighbours mostly have one plan, and were sent by it.
            if archived.deliveries.allSatisfy({ $0.lane == nil && $0.amendments.isEmpty }) {
                if archived.event.plan === plan { continue }
                plan = archived.event.plan
            }
            guard let found = archived.destination(at: provider, lanes)?.settings, !settings.contains(found) else {
                continue
            }
            settings.append(found)
        }
        return settings
    }

    /// The bytes that confirmed events were sent with, by the event's number.
    func confirmed(at provider: ProviderName, _ adapter: some Adapter, _ lanes: [LaneNumber: any LaneMembership])
        -> [SequenceNumber: TranslatedEvent]
    {
        var translator = Translator(adapter)
        var confirmed: [SequenceNumber: TranslatedEvent] = [:]
        for archived in events {
            let delivery = archived.delivery(at: provider)
            guard LedgerState(delivery).isDelivered,
                let destination = archived.destination(of: delivery, at: provider, lanes)
            else { continue }
            // What can no longer be translated is left out.
            do { confirmed[archived.sequence] = try translator.translate(archived.event, for: destination) } catch {}
        }
        return confirmed
    }

    /// The bytes that an event was sent with; nil if it cannot be translated any more.
    func translated(
        _ expected: ExpectedEvent,
        at provider: ProviderName,
        _ adapter: any Adapter,
        _ lanes: [LaneNumber: any LaneMembership]
    ) -> TranslatedEvent? {
        let destination = events.first { $0.sequence == expected.sequence }?.destination(at: provider, lanes)
        guard let destination else { return nil }
        do { return try adapter.translate(expected.event, for: destination) } catch { return nil }
    }

    /// The events that the provider should have, as it would show them.
    /// - Parameter lanes: by which some of them were sent.
    func expected(at provider: ProviderName, _ adapter: some Adapter, _ lanes: [LaneNumber: any LaneMembership])
        -> [ExpectedEvent]
    {
        var translator = Translator(adapter)
        let reader = adapter.reader
        return events.counting(at: provider, besides: replacements).compactMap { archived in
            let delivery = archived.delivery(at: provider)
            let state = LedgerState(delivery)
            guard state != .notPlanned else { return nil }
            let destination = archived.destination(of: delivery, at: provider, lanes)
            let sent: VendorEvent?
            do {
                sent = try destination.flatMap {
                    reader?.echo(of: try translator.translate(archived.event, for: $0))
                }
            } catch {
                sent = nil
            }
            return ExpectedEvent(sequence: archived.sequence, event: archived.event, sent: sent, state: state)
        }
    }
}

extension ArchivedEvent {
    /// How the event was sent to a provider last: as its delivery was amended, by its plan, or by a lane; nil if it was not, or if nobody
    /// knows any more.
    func destination(at provider: ProviderName, _ lanes: [LaneNumber: any LaneMembership]) -> Destination? {
        destination(of: delivery(at: provider), at: provider, lanes)
    }

    /// The same, where the delivery is known already; nil: there is none.
    fileprivate func destination(
        of delivery: Delivery?,
        at provider: ProviderName,
        _ lanes: [LaneNumber: any LaneMembership]
    ) -> Destination? {
        guard let delivery else { return event.plan.destination(at: provider) }
        return delivery.destination(of: event, lanes)
    }

    /// The delivery to a provider; nil if there is none but in shadow.
    fileprivate func delivery(at provider: ProviderName) -> Delivery? {
        deliveries.first { $0.provider == provider && $0.mode != .shadow }
    }
}

extension Delivery {
    /// The destination with the settings of the last delivery; nil if those are no longer known.
    /// - Parameter lanes: by which some deliveries were sent.
    func destination(of event: AcceptedEvent, _ lanes: [LaneNumber: any LaneMembership]) -> Destination? {
        guard let lane, amendments.isEmpty else { return destination(in: event.plan) }
        return lanes[lane]?.destination(for: event)
    }
}
