import Events
import Journal
import Parity

/// The journal's events of a window.
struct JournalWindow {
    let events: [ArchivedEvent]
    let isDamaged: Bool

    /// How many events are read at once.
    private static let piece = 2000

    /// Reads a window.
    /// - Parameter limit: the most events.
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

    /// The events that the provider should have, as it would show them.
    func expected(at provider: ProviderName, _ adapter: some Adapter) -> [ExpectedEvent] {
        var translator = Translator(adapter)
        let reader = adapter.reader
        return events.compactMap { archived in
            let state = LedgerState(archived.deliveries.first { $0.provider == provider })
            guard state != .notPlanned, let destination = archived.event.plan.destination(at: provider) else { return nil }
            let sent: VendorEvent?
            do {
                sent = reader?.echo(of: try translator.translate(archived.event, for: destination))
            } catch {
                sent = nil
            }
            return ExpectedEvent(sequence: archived.sequence, event: archived.event, sent: sent, state: state)
        }
    }
}
