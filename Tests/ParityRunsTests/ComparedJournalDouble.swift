import Events
import Journal

/// A journal in memory, for comparisons.
struct ComparedJournalDouble: RecordedTraffic, LedgerCounting {
    var events: [ArchivedEvent] = []

    /// Adds an event for the provider `listed`.
    mutating func add(_ id: String, at milliseconds: Int64, _ properties: String, status: DeliveryStatus = .delivered) {
        let destination = Destination(provider: "listed", adapter: "listed", mode: .primary)
        let time = Timestamp(milliseconds: milliseconds)
        let event = AcceptedEvent(
            tenant: "t",
            client: "shop",
            id: EventID(id),
            name: "api_\(events.count % 3)",
            customerID: "c",
            subscriptionID: nil,
            timestamp: time,
            timestampWasGiven: true,
            source: nil,
            properties: JSONText(checked: properties),
            vendor: nil,
            acceptedAt: time,
            plan: Plan(route: "r", destinations: [destination])
        )
        let delivery = Delivery(provider: "listed", adapter: "listed", mode: .primary, status: status)
        events.append(
            ArchivedEvent(sequence: SequenceNumber(Int64(events.count + 1)), event: event, deliveries: [delivery])
        )
    }

    func recorded(_ window: RecordedWindow, after position: JournalPosition?, limit: Int) async throws(StoreError)
        -> RecordedPiece
    {
        let start = Int((position ?? .start).number().rawValue)
        let end = min(events.count, start + limit)
        return RecordedPiece(
            events: events[start..<end].filter { window.contains($0.event) },
            through: JournalPosition(SequenceNumber(Int64(end))),
            isLast: end == events.count,
            damage: []
        )
    }

    func ledgerCounts(_ window: RecordedWindow) async throws(StoreError) -> LedgerCounts {
        var counts = LedgerCounts()
        for archived in events where window.contains(archived.event) {
            counts.events += 1
            for delivery in archived.deliveries {
                let key = LedgerCounts.Key(provider: delivery.provider, name: archived.event.name, day: nil)
                var count = LedgerCounts.Counts()
                count.add(delivery.status)
                counts.add(count, to: key)
            }
        }
        return counts
    }
}
