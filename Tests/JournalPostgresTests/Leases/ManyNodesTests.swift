import Testing

@Suite struct ManyNodesTests {
    @Test(arguments: [(1, 1), (2, 2), (3, 3), (4, 2), (5, 3), (6, 3)] as [(UInt64, Int)])
    func `gateways on one journal agree with a model that knows who owns what`(seed: UInt64, nodes: Int) async throws {
        var life = try await NodesLife(seed: seed, nodes: nodes)
        for _ in 0..<250 { try await life.step() }
        try await life.finish()
        await life.close()
    }
}
