package import Journal
package import Logging
import ServiceLifecycle

/// Asks a journal that several processes write for awaited settlements, because another process may deliver the event.
///
/// While nothing is awaited, it asks nothing.
package struct SettlementPolling: Service {
    private let watch: SettlementWatch
    private let journal: any SettlementReading
    private let logger: Logger

    /// How long it waits after a question that found something, and after many that did not.
    private static let (shortest, longest) = (Duration.milliseconds(25), Duration.milliseconds(200))
    /// Maximum number of events per question; the others wait for the next.
    private static let most = 2000

    /// Switches the watch to polling, see ``SettlementWatch/isPolled``; the questions start with ``run()``.
    package init(watch: SettlementWatch, journal: any SettlementReading, logger: Logger) {
        self.watch = watch
        self.journal = journal
        self.logger = logger
        watch.poll()
    }

    package func run() async throws {
        await cancelWhenGracefulShutdown {
            var pause = Self.shortest
            var last = 0
            var turns = SettlementTurns(limit: Self.most)
            while !Task.isCancelled {
                do { try await Task.sleep(for: pause) } catch { return }
                let awaited = watch.awaited
                let isNew = awaited.count > last || awaited.isEmpty
                last = awaited.count
                let hasFound = await ask(turns.next(of: awaited))
                pause = isNew || hasFound ? Self.shortest : min(pause * 2, Self.longest)
            }
        }
    }

    /// - Returns: whether something is settled.
    private func ask(_ awaited: SettlementWatch.Awaited) async -> Bool {
        guard !awaited.isEmpty else { return false }
        do throws(StoreError) {
            let settled = try await journal.settled(among: awaited)
            for (sequence, providers) in settled {
                for provider in providers { watch.found(sequence, at: provider) }
            }
            return !settled.isEmpty
        } catch {
            logger.debug("settlements could not be read", metadata: ["error": "\(error)"])
            return false
        }
    }
}
