import Journal
import Synchronization

/// Takes slots for this node, and knows which ones it uses: the database may have given it more, if an answer was lost.
final class SlotDesk: SlotKeeping {
    private let keeper: NodeKeeper
    private let connection: PostgresConnection
    private let patience: Duration
    private let reach: DatabaseReach
    /// By how many writers each slot was taken and not left: by two if one has not noticed yet that it has lost it.
    private let users = Mutex<[Int16: Int]>([:])

    /// - Parameter patience: how long to wait while the node is not in the list.
    init(keeper: NodeKeeper, connection: PostgresConnection, patience: Duration, reach: DatabaseReach) {
        self.keeper = keeper
        self.connection = connection
        self.patience = patience
        self.reach = reach
    }

    func takeSlot() async throws(StoreError) -> SlotLease {
        let end = ContinuousClock.now + patience
        repeat {
            do throws(PostgresFailure) {
                if let node = keeper.node, let lease = try await take(node) {
                    users.withLock { $0[lease.slot, default: 0] += 1 }
                    return lease
                }
            } catch {
                throw reach.error(error)
            }
            await Pause.wait(.milliseconds(20))
        } while ContinuousClock.now < end
        throw .failed(reason: "this gateway could not take a slot to write to")
    }

    func leave(_ slot: Int16) {
        users.withLock { users in
            guard let count = users[slot] else { return }
            users[slot] = count > 1 ? count - 1 : nil
        }
    }

    /// Those of these slots that nobody here uses.
    func unused(among slots: [Int16: Int64]) -> [Int16: Int64] {
        users.withLock { users in slots.filter { users[$0.key] == nil } }
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
