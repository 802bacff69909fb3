import Events
import Journal
import Randomness
import Synchronization
import TestSupport

@testable import JournalPostgres

/// Three nodes deliver the same 200 events, one at a time each, by the rules: intend, send, settle. A fourth buries whoever has the account,
/// in the middle of whatever it does, and waits for the next owner. The vendor does not recognize repeats.
final class DeliveryUnderFire: Sendable {
    private struct State {
        var sent: [Int64: Int] = [:]
        var owner: Int64 = 0
        var isOver = false
    }

    private let work: FencedWork
    private let seed: UInt64
    private let heedsFlights: Bool
    private let state = Mutex(State())

    /// - Parameters:
    ///   - heedsFlights: whether a new owner takes what may be in flight for uncertain.
    ///   - rewrite: what is done to the text of every fenced statement.
    init(seed: UInt64, heedsFlights: Bool = true, rewrite: @escaping @Sendable (String) -> String) async throws {
        self.seed = seed
        self.heedsFlights = heedsFlights
        let journal = try await TestJournal()
        // It makes the tables.
        try await journal.open().close()
        work = try await FencedWork(journal, connections: 4, rewrite: rewrite)
    }

    var sentTwice: [Int64] { state.withLock { $0.sent.filter { $0.value > 1 }.map(\.key) } }

    /// Ends after ten burials, each of another owner.
    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in 0..<3 {
                group.addTask { [self] in
                    var random = SplitMix(seed: seed * 10 + UInt64(node))
                    while !state.withLock({ $0.isOver }) { try await live(over: work.connections[node], &random) }
                }
            }
            group.addTask { [self] in
                var random = SplitMix(seed: seed)
                var buried: Int64 = 0
                for _ in 0..<10 {
                    try await waitUntil("another node has the account") { state.withLock { $0.owner } != buried }
                    try await Task.sleep(for: .milliseconds(Int.random(in: 5...100, using: &random)))
                    buried = state.withLock { $0.owner }
                    try await work.bury(buried, over: work.connections[3])
                }
                state.withLock { $0.isOver = true }
            }
            try await group.waitForAll()
        }
        await work.close()
    }

    /// A node's life from its registration to its burial.
    private func live(over connection: PostgresConnection, _ random: inout SplitMix) async throws {
        let node = Int64.random(in: 1 ... .max, using: &random)
        try await work.enter(node, over: connection)
        guard let epoch = try await work.take(as: node, over: connection) else {
            try await connection.run(.leave, [.int8(node)])
            return try await Task.sleep(for: .milliseconds(3))
        }
        state.withLock { $0.owner = node }
        guard let interrupted = try await work.takeInterrupted(epoch: epoch, node: node, over: connection) else {
            return
        }
        let doubts = heedsFlights ? interrupted.map { (sequence: $0, status: DeliveryStatus.uncertain) } : []
        let owner = FencedWork.Owner(epoch: epoch, node: node, connection: connection)
        guard try await work.settle(doubts, flying: [], flight: 1, by: owner) else { return }
        var flight: Int64 = 1
        while !state.withLock({ $0.isOver }) {
            guard try await deliverOne(flight: &flight, by: owner, &random) else { return }
        }
    }

    private static let nextOpen = Statement(
        """
        SELECT n FROM generate_series(1, 200) n
        WHERE NOT EXISTS (SELECT FROM deliveries WHERE sequence = n) ORDER BY n LIMIT 1
        """
    )

    /// - Returns: false if there is nothing left, or the account is somebody else's.
    private func deliverOne(flight: inout Int64, by owner: FencedWork.Owner, _ random: inout SplitMix) async throws
        -> Bool
    {
        guard let next = try await owner.connection.run(Self.nextOpen).first?.integer(0) else { return false }
        flight += 2
        let slowly = Int.random(in: 0..<4, using: &random) == 0
        guard try await work.settle([], flying: [next], flight: flight, by: owner, slowly: slowly) else { return false }
        state.withLock { $0.sent[next, default: 0] += 1 }
        // The vendor takes its time, and the node may be buried meanwhile.
        try await Task.sleep(for: .milliseconds(Int.random(in: 0...6, using: &random)))
        return try await work.settle([(next, .delivered)], flying: [], flight: flight + 1, by: owner)
    }
}
