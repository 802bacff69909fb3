import Journal

/// Takes slots for this node.
struct SlotDesk: SlotKeeping {
    let keeper: NodeKeeper
    let connection: PostgresConnection
    /// How long to wait while the node is not in the list.
    let patience: Duration
    let reach: DatabaseReach

    func takeSlot() async throws(StoreError) -> SlotLease {
        let end = ContinuousClock.now + patience
        repeat {
            do throws(PostgresFailure) {
                if let node = keeper.node, let lease = try await take(node) { return lease }
            } catch {
                throw reach.error(error)
            }
            await Pause.wait(.milliseconds(20))
        } while ContinuousClock.now < end
        throw .failed(reason: "this gateway could not take a slot to write to")
    }

    /// - Returns: nil if the node was buried, or others were faster.
    private func take(_ node: Int64) async throws(PostgresFailure) -> SlotLease? {
        if let row = try await connection.run(.takeSlot, [.int8(node)]).first {
            return SlotLease(slot: Int16(clamping: row.integer(0)), epoch: row.integer(1), node: node)
        }
        if try await connection.run(.findNode, [.int8(node)]).isEmpty {
            keeper.beatNow()
        } else {
            try await connection.run(.addSlot)
        }
        return nil
    }
}
