import Events
import Journal
import Randomness
import Routing
import Testing

@testable import DeliveryEngine

/// When an event is given up: by the time since it first reached the vendor, and never for what says nothing about it.
@Suite struct GiveUpTests {
    static let now = Timestamp(milliseconds: 1_700_000_000_000)
    static let long = Duration.seconds(80 * 3600)

    enum End: CaseIterable {
        case limited, refusedConnection, noCredential, refusedAccount, unavailable, hang, failure

        var outcome: Outcome {
            switch self {
            case .limited: .retry(DeliveryFault(code: .rateLimited, message: "too many"), after: nil)
            case .refusedConnection: .retry(DeliveryFault(code: .connectionFailed, message: "refused"), after: nil)
            case .noCredential: .park(DeliveryFault(code: .unauthorized, message: "the variable is not set"))
            case .refusedAccount: .park(DeliveryFault(code: .forbidden, message: "no"))
            case .unavailable: .retry(DeliveryFault(code: .vendorUnavailable, message: "later"), after: nil)
            case .hang: .ambiguous(DeliveryFault(code: .timeout, message: "no answer"))
            case .failure: .ambiguous(DeliveryFault(code: .vendorError, message: "failed"))
            }
        }

        var status: Int? {
            switch self {
            case .limited: 429
            case .refusedConnection, .noCredential, .hang: nil
            case .refusedAccount: 403
            case .unavailable: 503
            case .failure: 500
            }
        }

        /// Whether the vendor looked at the event, or may have.
        var reaches: Bool {
            switch self {
            case .limited, .refusedConnection, .noCredential: false
            case .refusedAccount, .unavailable, .hang, .failure: true
            }
        }
    }

    /// - Parameter believed: what is believed of the clock.
    private func decide(
        _ end: End,
        reachedAt: Timestamp?,
        attempts: Int,
        believed: Timestamp = now
    ) throws -> SettledDelivery {
        let settings = PipelineSettings(
            provider: "acme",
            batch: BatchLimit(events: 1, bytes: 1 << 20),
            deduplication: .byIdentity(memory: nil)
        )
        // Accepted long ago: that alone is no reason.
        let item = DeliveryItem.sample(
            1,
            attemptsBefore: attempts,
            reachedAt: reachedAt,
            acceptedAt: Timestamp(milliseconds: Self.now.milliseconds - Self.long.wholeMilliseconds * 2)
        )
        var random = SplitMix(seed: 1)
        let decision = OutcomeRules(settings: settings).decide(
            end.outcome,
            for: item,
            isCulprit: false,
            attempt: AttemptFacts(at: Self.now, latency: .milliseconds(5), httpStatus: end.status),
            at: OutcomeTime(now: Self.now, believed: believed),
            using: &random
        )
        guard case .settle(let settled) = decision else { throw Unexpected.step }
        return settled
    }

    @Test(arguments: End.allCases) func `never ends at the first attempt, however long the event waited`(end: End)
        throws
    {
        let settled = try decide(end, reachedAt: nil, attempts: 0)
        #expect(settled.status == .retrying)
        #expect(settled.reachedAt == (end.reaches ? Self.now : nil))
    }

    @Test(arguments: End.allCases) func `ends long after the vendor was reached, by an attempt that reached it`(
        end: End
    )
        throws
    {
        let reachedAt = Timestamp(milliseconds: Self.now.milliseconds - Self.long.wholeMilliseconds)
        let settled = try decide(end, reachedAt: reachedAt, attempts: 9)
        #expect(settled.status == (end.reaches ? .rejected : .retrying))
        #expect(settled.reachedAt == reachedAt)
    }

    @Test(arguments: End.allCases) func `goes on where only the clock makes the event old`(end: End) throws {
        let reachedAt = Timestamp(milliseconds: Self.now.milliseconds - Self.long.wholeMilliseconds)
        #expect(try decide(end, reachedAt: reachedAt, attempts: 9, believed: reachedAt).status == .retrying)
    }

    @Test(arguments: End.allCases) func `goes on while nothing reached the vendor`(end: End) throws {
        #expect(try decide(end, reachedAt: nil, attempts: 900).status == .retrying)
    }
}
