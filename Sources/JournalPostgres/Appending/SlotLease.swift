import Journal

/// The right to write one slot of the journal.
struct SlotLease: Sendable, Equatable {
    let slot: Int16
    /// Rises whenever the slot changes hands.
    let epoch: Int64
    /// The node that holds it. Compared as well as the epoch: epochs begin again in a database that was made again under running nodes.
    let node: Int64
}

/// Hands out slots to this node.
protocol SlotKeeping: Sendable {
    /// Takes a slot that nobody holds.
    func takeSlot() async throws(StoreError) -> SlotLease
}
