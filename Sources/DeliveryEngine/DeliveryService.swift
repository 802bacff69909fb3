import ServiceLifecycle

/// Delivers to every provider account, each in its own child task, so that one that hangs holds up no other.
package struct DeliveryService: Service {
    private let pipelines: [Pipeline]

    package init(pipelines: [Pipeline]) {
        self.pipelines = pipelines
    }

    /// Runs until graceful shutdown has let every pipeline settle what was under way.
    package func run() async throws {
        await withDiscardingTaskGroup { group in
            for pipeline in pipelines {
                group.addTask { await pipeline.run() }
            }
        }
        // Without a provider there is nothing to deliver, which is no reason to stop the gateway.
        try await gracefulShutdown()
    }
}
