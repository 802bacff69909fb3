import Events
import Journal
import Routing

@testable import DeliveryEngine

/// The machine took another step than the transcript says.
enum Unexpected: Error {
    case step
}

extension ClockReading {
    /// The time at which transcripts begin.
    static let sample = ClockReading(instant: .now, wall: Timestamp(milliseconds: 1_700_000_000_000))
}

extension AttemptFacts {
    /// A request that left at the beginning, with the answer's status.
    static func sample(_ status: Int?) -> AttemptFacts {
        AttemptFacts(at: ClockReading.sample.wall, latency: .milliseconds(12), httpStatus: status)
    }
}

extension PipelineMachine {
    /// A machine at the beginning of a transcript.
    static func sample(
        batch: Int = 3,
        concurrency: Int = 2,
        deduplication: Deduplication = .byIdentity(memory: nil),
        onUncertain: PipelineSettings.UncertainPolicy = .hold,
        retry: RetrySchedule = RetrySchedule(),
        threshold: Int = 100,
        rateLimit: RateLimit? = nil,
        hold: ProviderHold? = nil
    ) -> PipelineMachine {
        let settings = PipelineSettings(
            provider: "acme",
            batch: BatchLimit(events: batch, bytes: 1 << 20),
            deduplication: deduplication,
            retry: retry,
            breaker: BreakerSettings(failures: threshold, pause: .seconds(5), longestPause: .seconds(60)),
            concurrency: concurrency,
            rateLimit: rateLimit,
            onUncertain: onUncertain
        )
        return PipelineMachine(settings: settings, hold: hold, seed: 1, at: .sample)
    }

    /// The rows of a settlement; none if the step is another one.
    static func exceptions(of step: Step?) -> [SettledDelivery] {
        guard case .settle(let settlement)? = step else { return [] }
        return settlement.exceptions
    }

    /// Whether the machine sends anything at this time; claims find nothing more.
    static func sends(_ machine: inout PipelineMachine, at now: ClockReading) -> Bool {
        while let step = machine.next(at: now) {
            if case .send = step { return true }
            if case .claim = step { machine.foundNothing() }
            if case .claimDue = step { machine.claimedDue(.init()) }
        }
        return false
    }
}
