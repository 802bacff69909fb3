package import Events

/// Reads what was accepted in a window, of one tenant or of all, for comparisons and walks: a piece at a time, with bounded memory.
///
/// It reads on connections of its own, so that neither deliveries nor searches wait for it.
package protocol RecordedTraffic: Sendable {
    /// The next piece of the events in a window, in journal order within a stream, each with the outcome of its deliveries.
    ///
    /// A piece also ends at a limit of bytes, and after some chunks that have nothing of the window; so it may be empty though more
    /// follow.
    /// - Parameters:
    ///   - position: where the piece before ended; nil to begin.
    ///   - limit: maximum number of events looked at.
    func recorded(_ window: RecordedWindow, after position: JournalPosition?, limit: Int) async throws(StoreError)
        -> RecordedPiece
}

/// The events of a span of time.
package struct RecordedWindow: Sendable, Equatable {
    /// Which of an event's times counts.
    package enum Clock: String, Sendable, CaseIterable {
        /// When the gateway accepted it.
        case accepted
        /// The event's own time.
        case occurred
    }

    package let clock: Clock
    package let from: Timestamp
    /// The first time that is not in the window. A window that ends before it starts has no events.
    package let until: Timestamp
    /// Nil: all tenants' events.
    package let tenant: TenantID?
    /// Whether events come with their deliveries. Without them a walk is several times faster.
    package let withDeliveries: Bool

    package init(
        clock: Clock,
        from: Timestamp,
        until: Timestamp,
        tenant: TenantID? = nil,
        withDeliveries: Bool = true
    ) {
        self.clock = clock
        self.from = from
        self.until = until
        self.tenant = tenant
        self.withDeliveries = withDeliveries
    }

    /// Whether an event is in it.
    package func contains(_ event: AcceptedEvent) -> Bool {
        let time = clock == .accepted ? event.acceptedAt : event.timestamp
        return from <= time && time < until && (tenant.map { $0 == event.tenant } ?? true)
    }
}

/// A piece of a window.
package struct RecordedPiece: Sendable {
    /// In journal order; without their deliveries if the window asks for none.
    package let events: [ArchivedEvent]
    /// The next piece begins here.
    package let through: JournalPosition
    /// Whether nothing followed when the piece was read.
    package let isLast: Bool
    /// Parts of the journal that cannot be read, and that may have events of the window.
    package let damage: [ChunkDamage]

    package init(events: [ArchivedEvent], through: JournalPosition, isLast: Bool, damage: [ChunkDamage]) {
        self.events = events
        self.through = through
        self.isLast = isLast
        self.damage = damage
    }
}
