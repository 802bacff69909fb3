import Testing

/// Tests of the gateway with its embedded store, over a database: it answers the same.
@Suite(.serialized) struct SharedStoreStageTests {
    private typealias Body = @Sendable () async throws -> Void

    private static let bodies: [String: Body] = [
        "the main job": { try await MainJobTests().`delivers one event to four vendors, each in its own terms`() },
        "a stop": { try await MainJobTests().`shuts down in order when asked, and exits with 0`() },
        "a kill after the answer": {
            try await PromiseTests().`durable before the answer: a kill right after the 202 loses nothing`()
        },
        "unknown outcomes": {
            try await PromiseTests()
                .`a vendor without deduplication never gets an event again whose outcome is unknown`()
        },
        "a vendor that hangs": { try await PromiseTests().`a vendor that hangs delays no other, nor the answer`() },
        "dead letters": {
            try await PromiseTests()
                .`nothing is dropped in silence: what a vendor will never take is a dead letter with the reason`()
        },
        "secrets": { try await PromiseTests().`no secret leaves: not in a log, an answer or a file`() },
        "sending a file": { try await SendTests().`sends a file once, however often it is told to`() },
        "lists, counts and searches": { try await EventsCommandTests().`lists, counts, shows and estimates`() },
        "following over a restart": {
            try await EventsCommandTests().`watches what happens, also over a restart of the gateway`()
        },
        "a provider that is held": {
            try await ProviderHoldTests()
                .`holds one provider over a restart, and nobody else, until an operator resumes it`()
        },
        "repairs": {
            try await RepairTests()
                .`a retry after the missing template was set delivers what could not be translated`()
        },
        "tenants in lists": {
            try await TenantTests().`shows a tenant no event of another, in no read, list or count`()
        },
        "new routes": {
            try await ReloadTests()
                .`takes a changed file over: new events go by the new routes, to new providers too`()
        },
        "metrics": {
            try await MetricsTests().`counts events, outcomes, answers and backlogs in the format of Prometheus`()
        },
        "reads from vendors": {
            try await VendorReadTests()
                .`reads events back from each vendor that can show them, and names those that cannot`()
        },
    ]

    @Test(arguments: Self.bodies.keys.sorted())
    func `does over a database what it does over its own`(name: String) async throws {
        let body = try #require(Self.bodies[name])
        try await Stage.$usualStore.withValue(try await .database()) { try await body() }
    }
}
