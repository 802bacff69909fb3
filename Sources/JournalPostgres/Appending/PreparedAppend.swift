import Events
import Journal
import JournalFormat

/// A request's events as they go into chunks, made on the caller's side.
struct PreparedAppend: Sendable {
    let encoded: EncodedEvents
    /// The first key of each event's identity.
    let keys: [Int64]
    let policy: AppendRequest.Policy
    /// Of the names whose numbers are in the encoded events.
    let generation: Int

    init(
        _ request: AppendRequest,
        _ numbers: (origins: [UInt32], plans: [UInt32]),
        keys: IdentityKeys,
        generation: Int = 0
    ) {
        self.generation = generation
        encoded = EncodedEvents(request.events, origins: numbers.origins, plans: numbers.plans)
        self.keys = request.events.map { keys.key(of: $0, 0) }
        policy = request.policy
    }
}
