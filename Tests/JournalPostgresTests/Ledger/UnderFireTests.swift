import Testing

@testable import JournalPostgres

/// Statements that run into each other, with commits that take their time; and the same with the fence off, which must be found.
@Suite struct UnderFireTests {
    private static let withoutFence: @Sendable (String) -> String = {
        $0.replacing("epoch = $2 AND node = $3", with: "$2::int8 > 0 AND $3::int8 > 0")
    }

    @Test(arguments: 1...4)
    func `no event is sent by two owners, whenever the first is buried`(seed: UInt64) async throws {
        let fire = try await DeliveryUnderFire(seed: seed) { $0 }
        try await fire.run()
        #expect(fire.sentTwice.isEmpty)
    }

    @Test func `events are sent twice when the fence is off`() async throws {
        var found = 0
        for seed in 1...4 as ClosedRange<UInt64> {
            let fire = try await DeliveryUnderFire(seed: seed, rewrite: Self.withoutFence)
            try await fire.run()
            found += fire.sentTwice.count
        }
        #expect(found > 0)
    }

    @Test func `events are sent twice when a new owner passes over what may be in flight`() async throws {
        var found = 0
        for seed in 1...4 as ClosedRange<UInt64> {
            let fire = try await DeliveryUnderFire(seed: seed, heedsFlights: false) { $0 }
            try await fire.run()
            found += fire.sentTwice.count
        }
        #expect(found > 0)
    }
}
