import NIOPosix
import Synchronization

/// Decodes large bodies on separate threads, so that they do not block an event loop.
///
/// It uses at most half of the cores, and decodes so few bodies at a time that the memory they need is bounded; further ones get 503.
final class LargeBodies: Sendable {
    /// Smaller bodies take less time than moving them to another thread and back.
    static let least = 64 << 10
    /// Maximum number of bodies that are decoded or wait.
    private static let most = 64

    private let pool: NIOThreadPool
    private let inFlight = Atomic(0)

    /// - Parameter threads: how many bodies are decoded at the same time.
    init(threads: Int) {
        pool = NIOThreadPool(numberOfThreads: threads)
    }

    /// Must be called before the first request.
    func start() {
        pool.start()
    }

    /// Returns when the last body is decoded.
    func stop() async throws {
        try await pool.shutdownGracefully()
    }

    /// Runs `work` here if it is small, otherwise on a thread for large bodies.
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
