import Journal

/// The right to do what one node does for all.
struct DutyLease: Sendable, Equatable {
    /// The duties that there are, by their rows.
    enum Name: String, Sendable {
        case identities, retention
    }

    let name: Name
    /// Rises whenever the duty changes hands.
    let epoch: Int64
    /// The node that holds it.
    let node: Int64
    let connection: PostgresConnection

    /// Takes a duty that nobody holds, or that the node has not managed to give back.
    /// - Returns: nil if another node has it, or the node was buried.
    static func take(
        _ name: Name,
        for node: Int64,
        over connection: PostgresConnection
    ) async throws(PostgresFailure) -> DutyLease? {
        let rows = try await connection.run(.takeDuty, [.int8(node), .text(name.rawValue)])
        return rows.first.map { DutyLease(name: name, epoch: $0.integer(0), node: node, connection: connection) }
    }

    /// Whether no other node can have taken the duty. To be asked before each step that two nodes must not do at once; steps can be repeated
    /// anyway, since a node may be paused between the question and the step.
    func isHeld() async throws(PostgresFailure) -> Bool {
        try await connection.run(.readDuty, [.int8(node), .text(name.rawValue), .int8(epoch)]).isEmpty == false
    }

    /// Leaves the duty to other nodes.
    func giveBack() async throws(PostgresFailure) {
        try await connection.run(.giveBackDuty, [.int8(node), .text(name.rawValue), .int8(epoch)])
    }

    static func == (first: DutyLease, second: DutyLease) -> Bool {
        first.name == second.name && first.epoch == second.epoch && first.node == second.node
    }
}
