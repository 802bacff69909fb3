import Events
package import Routing
import ServiceLifecycle

/// Delivers to every provider account, each in its own child task, so that one that hangs delays no other.
///
/// Follows `routes.json` while it runs: a new provider gets a pipeline; one whose settings change gets a new pipeline once the old one
/// has settled what was in flight; one that is removed is no longer called. Events that wait for a removed provider stay in the journal
/// as pending, and are delivered when the provider returns.
package struct DeliveryService: Service {
    private let routes: CurrentRoutes
    private let makePipeline: @Sendable (ProviderConfiguration, Int) -> Pipeline

    /// - Parameter makePipeline: makes the pipeline of a provider, which has this index in the file.
    package init(
        routes: CurrentRoutes,
        makePipeline: @escaping @Sendable (ProviderConfiguration, Int) -> Pipeline
    ) {
        self.routes = routes
        self.makePipeline = makePipeline
    }

    /// The newest pipeline of a provider, running or ending.
    private struct Latest {
        /// The provider's settings; nil if it was removed.
        var configuration: ProviderConfiguration?
        /// Finished to stop it.
        let stop: AsyncStream<Never>.Continuation
        /// Finished when it has stopped.
        let stopped: AsyncStream<Never>
    }

    /// Runs until graceful shutdown, and until every pipeline has settled what was in flight.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            var latest: [ProviderName: Latest] = [:]
            for await snapshot in routes.changes().cancelOnGracefulShutdown() {
                let providers = snapshot.routes.providers
                for name in latest.keys where !providers.contains(where: { $0.name == name }) {
                    latest[name]?.configuration = nil
                    latest[name]?.stop.finish()
                }
                for (place, provider) in providers.enumerated() {
                    let before = latest[provider.name]
                    if let before, before.configuration == provider { continue }
                    before?.stop.finish()
                    latest[provider.name] = start(provider, at: place, after: before, in: &group)
                }
            }
        }
    }

    /// Starts a pipeline once its predecessor has ended: two at a time would claim each other's events.
    private func start(
        _ provider: ProviderConfiguration,
        at place: Int,
        after before: Latest?,
        in group: inout DiscardingTaskGroup
    ) -> Latest {
        let (stopping, stop) = AsyncStream<Never>.makeStream()
        let (stopped, end) = AsyncStream<Never>.makeStream()
        let pipeline = makePipeline(provider, place)
        group.addTask {
            if let before { for await _ in before.stopped {} }
            await pipeline.run(until: stopping, after: before == nil ? .start : .change)
            end.finish()
        }
        return Latest(configuration: provider, stop: stop, stopped: stopped)
    }
}
