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
    /// Takes a slot that nobody holds. It is this node's until it has lost it, or until whoever has taken it leaves it.
    func takeSlot() async throws(StoreError) -> SlotLease
    /// Whoever has taken the slot does not use it any more: it is given to others if it is still this node's.
    func leave(_ slot: Int16)
}
