import Events
import Journal
import Randomness
import Routing
import Testing

@testable import DeliveryEngine

/// What each outcome means for one event, over what the vendor deduplicates, the policy, and whose fault it is: the whole table.
@Suite struct OutcomeRulesTests {
    static let now = Timestamp(milliseconds: 1_700_000_000_000)
    static let fault = DeliveryFault(code: .vendorError, message: "it failed")
    static let refused = DeliveryFault(code: .forbidden, message: "no")
    static let badKey = DeliveryFault(code: .unauthorized, message: "the key is wrong")

    /// What the vendor remembers of an event that it has had, and for how long.
    enum Memory: CaseIterable {
        case none, forAnHour, forEver

        var deduplication: Deduplication {
            switch self {
            case .none: .none
            case .forAnHour: .byIdentity(memory: .seconds(3600))
            case .forEver: .byIdentity(memory: nil)
            }
        }
    }

    private func rules(_ memory: Memory, _ policy: PipelineSettings.UncertainPolicy = .hold) -> OutcomeRules {
        OutcomeRules(
            settings: PipelineSettings(
                provider: "acme",
                batch: BatchLimit(events: 10, bytes: 1 << 20),
                deduplication: memory.deduplication,
                onUncertain: policy
            )
        )
    }

    private func decide(
        _ outcome: Outcome,
        _ rules: OutcomeRules,
        isCulprit: Bool = false,
        item: DeliveryItem = .first,
        status: Int? = 500
    ) -> OutcomeRules.Decision {
        var random = SplitMix(seed: 1)
        let attempt = AttemptFacts(at: Self.now, latency: .milliseconds(5), httpStatus: status)
        let time = OutcomeTime(now: Self.now, believed: Self.now)
        return rules.decide(outcome, for: item, isCulprit: isCulprit, attempt: attempt, at: time, using: &random)
    }

    private func status(of decision: OutcomeRules.Decision) -> DeliveryStatus? {
        guard case .settle(let settled) = decision else { return nil }
        return settled.status
    }

    // MARK: - Outcomes that mean the same everywhere

    @Test(arguments: Memory.allCases, PipelineSettings.UncertainPolicy.allCases)
    func `outcomes that are known mean the same at every vendor`(
        memory: Memory,
        policy: PipelineSettings.UncertainPolicy
    ) {
        let rules = rules(memory, policy)
        for isCulprit in [false, true] {
            let name = "\(memory), \(policy), culprit \(isCulprit)"
            #expect(
                decide(.delivered(deduplicated: false), rules, isCulprit: isCulprit, status: 200) == .simplyDelivered,
                "\(name)"
            )
            #expect(decide(.resend, rules, isCulprit: isCulprit, status: 422) == .sendAgain, "\(name)")
            let table: [(Outcome, DeliveryStatus)] = [
                (.delivered(deduplicated: true), .delivered), (.reject(Self.fault), .rejected),
                (.retry(Self.fault, after: nil), .retrying), (.park(Self.badKey), .retrying),
                (.park(Self.refused), isCulprit ? .rejected : .retrying),
            ]
            for (outcome, expected) in table {
                #expect(
                    status(of: decide(outcome, rules, isCulprit: isCulprit)) == expected,
                    "\(outcome), \(name)"
                )
            }
        }
    }

    // MARK: - Nobody knows whether the vendor has it

    @Test(
        arguments: [
            (PipelineSettings.UncertainPolicy.hold, DeliveryStatus.uncertain), (.retry, .retrying),
            (.accept, .delivered), (.probe, .uncertain),
        ],
        [false, true]
    )
    func `an unknown outcome follows the policy where a repeat would be billed again`(
        policy: (PipelineSettings.UncertainPolicy, DeliveryStatus),
        isCulprit: Bool
    ) {
        let decision = decide(.ambiguous(Self.fault), rules(.none, policy.0), isCulprit: isCulprit)
        #expect(status(of: decision) == policy.1)
    }

    @Test(arguments: [Memory.forAnHour, .forEver], PipelineSettings.UncertainPolicy.allCases)
    func
        `an unknown outcome is repeated where the vendor deduplicates, whatever the policy, unless the event is the cause`(
            memory: Memory,
            policy: PipelineSettings.UncertainPolicy
        )
    {
        let rules = rules(memory, policy)
        #expect(status(of: decide(.ambiguous(Self.fault), rules)) == .retrying)
        #expect(status(of: decide(.ambiguous(Self.fault), rules, isCulprit: true)) == .rejected)
    }

    @Test(arguments: [
        (minutes: 59, attempts: 1, DeliveryStatus.retrying), (60, 1, .uncertain), (59, 0, .retrying),
        (60, 0, .retrying),
    ])
    func `a vendor that remembers for an hour is not asked again after it`(
        minutes: Int,
        attempts: Int,
        expected: DeliveryStatus
    ) {
        let earlier = Timestamp(milliseconds: Self.now.milliseconds - Int64(minutes) * 60_000)
        let reached = DeliveryItem.sample(1, attemptsBefore: attempts, reachedAt: attempts > 0 ? earlier : nil)
        #expect(status(of: decide(.ambiguous(Self.fault), rules(.forAnHour), item: reached)) == expected)
        #expect(status(of: decide(.ambiguous(Self.fault), rules(.forEver), item: reached)) == .retrying)
        // Where nothing is known of earlier requests, the first may have left as early as the event was accepted.
        let unknown = DeliveryItem.sample(1, attemptsBefore: attempts, acceptedAt: earlier)
        #expect(status(of: decide(.ambiguous(Self.fault), rules(.forAnHour), item: unknown)) == expected)
    }

    @Test(arguments: Memory.allCases)
    func `what a crash interrupted follows the policy where a repeat would be billed again`(memory: Memory) {
        let expected: [PipelineSettings.UncertainPolicy: DeliveryStatus] = [
            .hold: .uncertain, .retry: .retrying, .accept: .delivered, .probe: .uncertain,
        ]
        let interrupted = InterruptedDelivery(sequence: 7, earliestSend: Self.now)
        let time = OutcomeTime(now: Self.now, believed: Self.now)
        for policy in PipelineSettings.UncertainPolicy.allCases {
            let settled = rules(memory, policy).decideInterrupted(interrupted, at: time)
            let status = memory == .none ? expected[policy] : .retrying
            #expect(settled.status == status && settled.newAttempts.isEmpty)
            #expect(settled.nextAttemptAt == (status == .retrying ? Self.now : nil))
        }
    }

    // MARK: - Times and histories

    @Test(arguments: [
        Outcome.retry(fault, after: .delay(.seconds(60))), .ambiguous(fault, after: .delay(.seconds(60))),
    ])
    func `a retry does not go before the time that the vendor named`(outcome: Outcome) throws {
        guard case .settle(let settled) = decide(outcome, rules(.forEver)) else { throw Unexpected.step }
        #expect(try #require(settled.nextAttemptAt) >= Self.now + .seconds(60))
    }

    @Test func `an event whose account is refused is due at once: the provider's pause decides`() throws {
        guard case .settle(let settled) = decide(.park(Self.refused), rules(.forEver)) else { throw Unexpected.step }
        #expect(settled.nextAttemptAt == Self.now)
    }

    @Test func `an event that is resent again and again is retried later`() throws {
        var item = DeliveryItem.sample(1)
        let attempt = AttemptFacts(at: Self.now, latency: .zero, httpStatus: 422).attempt(status: .retrying)
        for _ in 1...9 { item.note(attempt, reached: true) }
        #expect(decide(.resend, rules(.forEver), item: item) == .sendAgain)
        item.note(attempt, reached: true)
        guard case .settle(let settled) = decide(.resend, rules(.forEver), item: item) else { throw Unexpected.step }
        #expect(settled.status == .retrying && settled.newAttempts.count == 11)
    }

    @Test func `only a first attempt is simply delivered: all else keeps its history`() throws {
        let fine = Outcome.delivered(deduplicated: false)
        for item in [DeliveryItem.sample(1), .sample(1, attemptsBefore: 1)] {
            guard case .settle(let settled) = decide(fine, rules(.forEver), item: item, status: 200) else {
                throw Unexpected.step
            }
            #expect(settled.status == .delivered && settled.newAttempts.map(\.httpStatus) == [200])
        }
    }
}

extension DeliveryItem {
    /// An event that was never tried, as a claim from the journal brings it.
    fileprivate static var first: DeliveryItem {
        var item = sample(1)
        item.place = 0
        return item
    }
}
