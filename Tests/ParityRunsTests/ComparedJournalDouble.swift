import Events
import Journal
import Synchronization

/// A journal in memory, for comparisons.
struct ComparedJournalDouble: RecordedTraffic, LedgerCounting, RetentionPinning {
    var events: [ArchivedEvent] = []

    /// Up to when retention has removed events.
    var removed: Timestamp?
    /// Parts that cannot be read, each of which may have events of every window.
    var damage: [ChunkDamage] = []
    /// How many of the last events are accepted only after the window was read once with its deliveries.
    var late = 0
    private let reads = ReadCounter()
    /// Counts the events that were handed out.
    let handedOut = ReadCounter()

    /// What was pinned and unpinned, by name.
    let pinned = PinRecorder()

    func pin(_ pin: RetentionPin) async throws(StoreError) { pinned.pin(pin) }
    func unpin(_ name: String) async throws(StoreError) { pinned.unpin(name) }
    func removedThrough() async throws(StoreError) -> Timestamp? { removed }
    func pins() async throws(StoreError) -> [RetentionPin] { pinned.current }
    func unpinExpired(at now: Timestamp) async throws(StoreError) {}

    /// Adds an event for the provider `listed`.
    /// - Parameter lane: that delivered it; nil: its plan asks for it.
    mutating func add(
        _ id: String,
        at milliseconds: Int64,
        _ properties: String,
        status: DeliveryStatus = .delivered,
        lane: LaneNumber? = nil
    ) {
        add(
            id,
            "api_\(events.count % 3)",
            at: Timestamp(milliseconds: milliseconds),
            properties,
            by: Plan(route: "r", destinations: lane == nil ? [Self.listed] : []),
            delivery: Delivery(provider: "listed", adapter: "listed", mode: .primary, lane: lane, status: status)
        )
    }

    /// Where events of a plan go.
    static let listed = Destination(provider: "listed", adapter: "listed", mode: .primary)

    /// Adds an event with its plan and its delivery.
    /// - Parameter acceptedAt: nil: when it occurred.
    mutating func add(
        _ id: String,
        _ name: String,
        of customer: String = "c",
        at time: Timestamp,
        acceptedAt: Timestamp? = nil,
        _ properties: String = "{}",
        by plan: Plan = Plan(route: "r", destinations: [ComparedJournalDouble.listed]),
        delivery: Delivery
    ) {
        let event = AcceptedEvent(
            CanonicalEvent(
                name: name,
                customerID: customer,
                timestamp: time,
                properties: JSONText(checked: properties)
            ),
            id: EventID(id),
            in: Submission(tenant: "t", client: "shop", acceptedAt: acceptedAt ?? time, plan: plan)
        )
        events.append(
            ArchivedEvent(sequence: SequenceNumber(Int64(events.count + 1)), event: event, deliveries: [delivery])
        )
    }

    func recorded(_ window: RecordedWindow, after position: JournalPosition?, limit: Int) async throws(StoreError)
        -> RecordedPiece
    {
        let start = Int((position ?? .start).number().rawValue)
        let isFirst = !window.withDeliveries || reads.count == 0
        let events = isFirst ? Array(events.dropLast(late)) : events
        let end = min(events.count, start + limit)
        if window.withDeliveries, end == events.count { reads.add() }
        let inside = events[start..<end].filter { window.contains($0.event) }
        handedOut.add(inside.count)
        return RecordedPiece(
            events: inside,
            through: JournalPosition(SequenceNumber(Int64(end))),
            isLast: end == events.count,
            damage: start == 0 ? damage : []
        )
    }

    func ledgerCounts(_ window: RecordedWindow) async throws(StoreError) -> LedgerCounts {
        var counts = LedgerCounts()
        counts.damage = damage
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

/// Counts what is read of a journal.
final class ReadCounter: Sendable {
    private let number = Mutex(0)

    var count: Int { number.withLock { $0 } }

    func add(_ count: Int = 1) { number.withLock { $0 += count } }
}

/// Notes the pins of a journal.
final class PinRecorder: Sendable {
    private let state = Mutex<(notes: [String], pins: [RetentionPin])>(([], []))

    /// What was done, each once as long as nothing else was.
    var all: [String] { state.withLock { $0.notes } }
    var current: [RetentionPin] { state.withLock { $0.pins } }

    func pin(_ pin: RetentionPin) {
        state.withLock { state in
            state.pins.removeAll { $0.name == pin.name }
            state.pins.append(pin)
            Self.note("pin \(pin.name)", in: &state.notes)
        }
    }

    func unpin(_ name: String) {
        state.withLock { state in
            state.pins.removeAll { $0.name == name }
            Self.note("unpin \(name)", in: &state.notes)
        }
    }

    private static func note(_ text: String, in notes: inout [String]) {
        if notes.last != text { notes.append(text) }
    }
}

/// A lane that sends everything to the provider `listed` under another name.
struct RenamingLane: LaneMembership {
    func destination(for event: AcceptedEvent) -> Destination? {
        Destination(provider: "listed", adapter: "listed", mode: .mirror, rename: [event.name.exact: "renamed"])
    }
}
