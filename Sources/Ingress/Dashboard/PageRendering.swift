import Dashboard
import NIOPosix
import Synchronization

/// Writes pages on threads of their own, so that no event loop stands still for one.
///
/// A page takes milliseconds: few are written at once, some wait, and further ones are answered 503.
final class PageRendering: Sendable {
    /// Maximum number of pages that are written at the same time.
    static let mostThreads = 4
    /// Maximum number of pages that are written or wait for it.
    static let most = 32

    private let pool: NIOThreadPool
    private let inFlight = Atomic(0)

    init(threads: Int) {
        pool = NIOThreadPool(numberOfThreads: min(max(1, threads), Self.mostThreads))
    }

    /// To be called before the first request.
    func start() {
        pool.start()
    }

    /// Returns when the last page is written.
    func stop() async throws {
        try await pool.shutdownGracefully()
    }

    /// The page as text.
    /// - Parameter contentOnly: without menu and head, for a refresh.
    /// - Throws: ``Problem`` if too many pages wait.
    func render(_ page: any PageContent, in frame: PageFrame, contentOnly: Bool) async throws -> [UInt8] {
        defer { inFlight.subtract(1, ordering: .relaxed) }
        guard inFlight.add(1, ordering: .relaxed).newValue <= Self.most else { throw Problem.tooManyPages }
        return try await pool.runIfActive {
            Array((contentOnly ? PageTemplates.content(page, in: frame) : PageTemplates.document(page, in: frame)).utf8)
        }
    }
}
