import NIOPosix
import Synchronization

/// Decodes large bodies on threads of its own, so that no event loop stands still for one of them.
///
/// Half of the cores at most, and so few bodies at once that the memory they need is bounded; further ones are answered 503.
final class LargeBodies: Sendable {
    /// Smaller bodies take less time than the way to another thread and back is worth.
    static let least = 64 << 10
    /// Bodies that are decoded or wait for it.
    private static let most = 64

    private let pool: NIOThreadPool
    private let inFlight = Atomic(0)

    /// - Parameter threads: how many bodies are decoded at the same time.
    init(threads: Int) {
        pool = NIOThreadPool(numberOfThreads: threads)
    }

    /// To be called before the first request.
    func start() {
        pool.start()
    }

    /// Returns when the last body is decoded.
    func stop() async throws {
        try await pool.shutdownGracefully()
    }

    /// Runs `work` here if there is little of it, else on a thread for large bodies.
    /// - Parameter isLarge: whether it may take long.
    /// - Throws: ``Problem`` if too many bodies wait, and whatever `work` throws.
    nonisolated(nonsending) func decode<Value: Sendable>(
        isLarge: Bool,
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        guard isLarge else { return try work() }
        defer { inFlight.subtract(1, ordering: .relaxed) }
        guard inFlight.add(1, ordering: .relaxed).newValue <= Self.most else { throw Problem.tooManyLargeBodies }
        return try await pool.runIfActive(work)
    }
}
