import Events
import Journal

@testable import JournalPostgres

/// An append as a store sends it, for tests that send it themselves.
struct HandMadeAppend: Sendable {
    let form: AppendForm
    let parameters: [Parameter]

    /// - Parameters:
    ///   - ids: of its events.
    ///   - lease: under which it is sent.
    ///   - newest: the number after which its own come directly; nil: they begin now.
    ///   - store: that has stored an event of the same origin already.
    ///   - chunkBytes: bytes of events after which a chunk ends.
    init(
        of ids: [String],
        under lease: SlotLease,
        after newest: Int64?,
        in store: PostgresEventStore,
        chunkBytes: Int = 1 << 18
    ) {
        let request = PreparedAppend(
            AppendRequest(events: ids.map { TestJournal.event($0) }, policy: .each),
            (ids.map { _ in 1 }, ids.map { _ in 1 }),
            keys: store.parts.keys
        )
        let decision = GroupDecision([request], taken: [:], given: [], keys: store.parts.keys)
        var numbers = SlotNumbers(slot: lease.slot, newest: newest)
        let group = ChunkGroup(
            decision.accepted,
            of: [request],
            numberedBy: &numbers,
            at: newest == nil ? store.parts.clock.now : Timestamp(milliseconds: 0),
            names: store.parts.names.current,
            limitBytes: chunkBytes
        )
        let made = AppendParameters(group, decision, lease)
        (form, parameters) = (made.form, made.parameters)
    }
}
