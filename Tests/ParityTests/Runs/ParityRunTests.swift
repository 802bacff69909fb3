import Events
import Parity
import Testing

/// How a comparison ended, and what it may have missed.
@Suite struct ParityRunTests {
    private static func run(
        _ state: ParityRun.State,
        _ causes: [CauseCount] = [],
        unreadable: String? = nil,
        others: [ProviderReport] = []
    ) -> ParityRun {
        let report = ProviderReport(provider: "lago", unreadable: unreadable, causes: causes)
        let window = ReadWindow(from: Timestamp(milliseconds: 0), until: Timestamp(milliseconds: 1))
        return ParityRun(
            id: 1,
            order: ParityOrder(window: window, providers: ["lago", "polar"], level: .full),
            tenant: "shop",
            client: "web",
            requestedAt: Timestamp(milliseconds: 0),
            state: state,
            reports: [report] + others
        )
    }

    @Test(arguments: ParityRun.State.allCases)
    func `has no verdict before it is over`(state: ParityRun.State) {
        let isOver = state == .finished || state == .failed
        #expect(state.isOver == isOver)
        #expect((Self.run(state).verdict == nil) == !isOver)
    }

    /// A failed run has compared nothing to its end, whatever it found until then.
    @Test(arguments: [[], [CauseCount(cause: .foreign, count: 1)], [CauseCount(cause: .rounding, count: 1)]])
    func `is incomplete if it failed`(causes: [CauseCount]) {
        #expect(Self.run(.failed, causes).verdict == .incomplete)
    }

    /// Benign causes are no differences, what could not be read is no comparison, and everything else differs.
    @Test(arguments: Cause.allCases)
    func `ends by its causes`(cause: Cause) {
        let expected: ParityVerdict =
            switch cause {
            case .rounding, .removed: .equal
            case .unreadable: .incomplete
            default: .different
            }
        #expect(Self.run(.finished, [CauseCount(cause: cause, count: 1)]).verdict == expected)
        #expect(Self.run(.finished, [CauseCount(cause: cause, count: 0)]).verdict == .equal)
    }

    /// Of three findings, how many are accepted, and how the comparison ends.
    @Test(arguments: [(0, ParityVerdict.different), (2, .different), (3, .equal)])
    func `is equal only if every difference is accepted`(accepted: Int, verdict: ParityVerdict) {
        let causes = [CauseCount(cause: .content, count: 3, accepted: accepted)]
        #expect(Self.run(.finished, causes).verdict == verdict)
    }

    @Test func `is incomplete if one provider could not be read, though the other differs`() {
        let different = ProviderReport(provider: "polar", causes: [CauseCount(cause: .lostAfterAccept, count: 9)])
        #expect(Self.run(.finished, unreadable: "HTTP 401", others: [different]).verdict == .incomplete)
        #expect(Self.run(.finished, others: [different]).verdict == .different)
    }

    @Test func `is incomplete if something could not be read, though all else is accepted`() {
        let causes = [
            CauseCount(cause: .content, count: 2, accepted: 2), CauseCount(cause: .unreadable, count: 1),
        ]
        #expect(Self.run(.finished, causes).verdict == .incomplete)
    }

    /// The rule of three: after n clean draws, under 3/n of all differ with 95% confidence.
    @Test(
        arguments: [
            (0, 0, nil), (0, 100, nil), (10, 0, 1), (10, 1, 1), (10, 2, 1), (10, 3, 1), (10, 6, 0.5),
            (1_000_000, 3000, 0.001),
        ] as [(Int, Int, Double?)]
    )
    func `says what share of the counted parts may differ`(countedOnly: Int, sampled: Int, bound: Double?) {
        var report = ProviderReport(provider: "lago")
        (report.countedOnly, report.sampledParts) = (countedOnly, sampled)
        #expect(report.bound == bound)
    }
}

/// What a comparison says of its levels.
@Suite struct ParityLevelTests {
    @Test func `reads events of vendors at two levels alone`() {
        #expect(ParityLevel.allCases.filter(\.readsEvents) == [.digest, .full])
    }
}
