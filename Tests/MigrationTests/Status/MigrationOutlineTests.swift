import Events
import Migration
import OfRecord
import Parity
import Testing

/// The accounts between which events move.
@Suite struct MigrationOutlineTests {
    private static let own = AccountPair(from: "lago", to: "polar")

    private static func pair(_ from: ProviderName, _ to: ProviderName) -> AccountPair {
        AccountPair(from: from, to: to)
    }

    private static func run(_ providers: [ProviderName], level: ParityLevel = .full) -> ParityRun {
        ParityRun(
            id: 1,
            order: ParityOrder(
                window: ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1)),
                providers: providers,
                level: level
            ),
            tenant: "shop",
            client: "ops",
            requestedAt: Timestamp(milliseconds: 1),
            state: .finished
        )
    }

    @Test func `are those of the providers alone where no tenant has one`() {
        let outline = MigrationSample.outline()
        #expect(outline.accounts == [Self.own] && outline.newAccounts == ["polar"])
        #expect(outline.from == "lago" && outline.to == "polar")
    }

    @Test func `of the new provider are named once each, in their order`() {
        let outline = MigrationSample.outline(accounts: [
            Self.pair("lago/shop", "polar/b"), Self.pair("lago", "polar"), Self.pair("lago/bank", "polar/b"),
        ])
        #expect(outline.newAccounts == ["polar/b", "polar"])
    }

    @Test(
        arguments: [
            (["lago", "polar"], true), (["polar", "lago"], true), (["polar", "flexprice", "lago"], true),
            (["lago"], false), (["polar"], false), ([], false), (["lago", "polar/b"], true),
            (["lago/b", "polar"], false),
        ] as [([ProviderName], Bool)]
    )
    func `are compared by a run that has both of a pair`(providers: [ProviderName], isCompared: Bool) {
        let outline = MigrationSample.outline(accounts: [Self.pair("lago", "polar/b")])
        // Those of the providers themselves always belong to it.
        #expect(outline.isCompared(by: Self.run(providers)) == isCompared)
    }

    // MARK: What comparisons say

    private static func found(_ cause: Cause, _ count: Int, accepted: Int = 0) -> MigrationFacts {
        let run = MigrationSample.run(
            1,
            at: MigrationSample.now + .seconds(-3600),
            causes: [CauseCount(cause: cause, count: count, accepted: accepted)]
        )
        return MigrationFacts(at: MigrationSample.now, comparisons: [run])
    }

    private static func unexplained(_ facts: MigrationFacts) -> UInt64? {
        facts.readings(of: MigrationSample.outline()).unexplained?.value
    }

    /// Differences that concern a bill, or that nobody can explain; refused and uncertain deliveries have gates of their own.
    @Test(arguments: Cause.allCases.filter { $0 != .unreadable })
    func `count by what they say of the bill`(cause: Cause) {
        let counts = cause.urgency == .money || cause == .foreign || cause == .unexplained
        #expect(Self.unexplained(Self.found(cause, 3)) == (counts ? 3 : 0))
        #expect(Self.unexplained(Self.found(cause, 3, accepted: 2)) == (counts ? 1 : 0))
        #expect(Self.unexplained(Self.found(cause, 3, accepted: 4)) == 0, "more are accepted than were found")
    }

    @Test func `say nothing if they could not read everything`() {
        #expect(Self.unexplained(Self.found(.unreadable, 1)) == nil)
        #expect(Self.unexplained(MigrationFacts(at: MigrationSample.now)) == nil)
    }

    @Test func `say nothing of events behind their end, or behind that of their window`() throws {
        let now = MigrationSample.now
        // It was requested an hour ago, of events up to two hours ago.
        let run = MigrationSample.run(1, at: now + .seconds(-3600))
        let facts = MigrationFacts(at: now, comparisons: [run])
        let reading = try #require(facts.readings(of: MigrationSample.outline()).unexplained)
        #expect(reading.at == now + .seconds(-7200) && reading.events == 5000)
        var early = run
        early.endedAt = now + .seconds(-9000)
        let ended = MigrationFacts(at: now, comparisons: [early]).readings(of: MigrationSample.outline())
        #expect(ended.unexplained?.at == now + .seconds(-9000))
    }
}
