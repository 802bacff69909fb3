package import Events

/// Reads the events that were accepted in a window, of one tenant or of all, for comparisons and walks: in pieces, with bounded memory.
///
/// It reads on its own connections, so that neither deliveries nor searches wait for it.
package protocol RecordedTraffic: Sendable {
    /// The next piece of a window's events, in journal order within a stream, each with the outcomes of its deliveries.
    ///
    /// A piece also ends at a byte limit, and after some chunks without events of the window; so it may be empty although more follow.
    /// - Parameters:
    ///   - position: where the previous piece ended; nil for the first.
    ///   - limit: maximum number of events examined.
    func recorded(_ window: RecordedWindow, after position: JournalPosition?, limit: Int) async throws(StoreError)
        -> RecordedPiece
}

/// The events of a span of time.
package struct RecordedWindow: Sendable, Equatable {
    /// Which timestamp of an event decides.
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
    /// Nil for the events of all tenants.
    package let tenant: TenantID?
    /// Whether events come with their deliveries. Without them reading is several times faster.
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

    /// Whether an event is in the window.
    package func contains(_ event: AcceptedEvent) -> Bool {
        let time = clock == .accepted ? event.acceptedAt : event.timestamp
        return from <= time && time < until && (tenant.map { $0 == event.tenant } ?? true)
    }
}

/// A piece of a window.
package struct RecordedPiece: Sendable {
    /// In journal order; without their deliveries if the window does not want them.
    package let events: [ArchivedEvent]
    /// The position at which the next piece begins.
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
