import Events
import Routing
import Testing

/// What follows from a provider's settings.
@Suite struct PipelineSettingsTests {
    private func settings(
        batch: Int = 100,
        _ deduplication: Deduplication = .none,
        retry: RetrySchedule = .standard
    ) -> PipelineSettings {
        PipelineSettings(
            provider: "p",
            batch: BatchLimit(events: batch, bytes: 1 << 20),
            deduplication: deduplication,
            retry: retry
        )
    }

    /// How long the vendor remembers an ID, and whether a crash must not lose what was sent to it.
    @Test(
        arguments: [
            (.none, nil, true), (.byIdentity(memory: nil), nil, false),
            (.byIdentity(memory: .seconds(3600)), .seconds(3600), true), (.byIdentity(memory: .zero), .zero, true),
        ] as [(Deduplication, Duration?, Bool)]
    )
    func `the intent to send is kept where a repeat could be billed`(
        deduplication: Deduplication,
        memory: Duration?,
        needsIntent: Bool
    ) {
        let settings = settings(deduplication)
        #expect(settings.memory == memory && settings.needsIntent == needsIntent)
    }

    @Test(arguments: [(1, Duration.zero), (2, .milliseconds(5)), (100_000, .milliseconds(5))])
    func `an event waits for others only where a request takes several`(batch: Int, linger: Duration) {
        #expect(settings(batch: batch).linger == linger)
    }

    @Test func `no retry is later than the longest wait and another one`() {
        #expect(settings().longestRetry == .seconds(3601))
        let capped = RetrySchedule(base: .seconds(1), cap: .seconds(9000))
        #expect(settings(retry: capped).longestRetry == .seconds(9000))
        let short = RetrySchedule(base: .seconds(5), cap: .seconds(5), longestWait: .milliseconds(1))
        #expect(settings(retry: short).longestRetry == .milliseconds(5001))
    }

    @Test(
        arguments: [
            (Duration.seconds(1), Duration.seconds(60)), (.seconds(60), .seconds(60)), (.seconds(61), .seconds(61)),
            (.seconds(86_400), .seconds(86_400)),
        ]
    )
    func `a breaker's pause grows up to a minute, unless it begins longer`(pause: Duration, longest: Duration) {
        #expect(BreakerSettings(pause: pause).longestPause == longest)
    }

    /// The slot that a canary was due in, before and after each of its ends.
    @Test(arguments: [Duration.seconds(1), .seconds(7), .seconds(600), .seconds(86_400)])
    func `a canary's slot begins at a multiple of its interval`(every: Duration) {
        let canary = CanarySettings(every: every, name: "n", customerID: "c")
        let length = every.wholeMilliseconds
        for number in [-2, -1, 0, 1, 1000] as [Int64] {
            let start = number * length
            let (last, next, before) = (start + length - 1, start + length, start - length)
            for (time, slot) in [(start, start), (start + 1, start), (last, start), (next, next), (start - 1, before)] {
                #expect(canary.slot(at: Timestamp(milliseconds: time)).milliseconds == slot)
            }
        }
    }

    @Test func `a canary has the ID of its provider and slot, and nothing else that differs`() {
        let canary = CanarySettings(every: .seconds(60), name: "n", customerID: "c", subscriptionID: "s")
        let destination = Destination(provider: "p@t", adapter: "acme", mode: .mirror)
        let (slot, now) = (Timestamp(milliseconds: 60_000), Timestamp(milliseconds: 61_234))
        let event = canary.event(of: slot, to: destination, at: now)
        #expect(
            event.id == "canary:p@t:60000" && event.name == "n" && event.customerID == "c"
                && event.subscriptionID == "s"
        )
        #expect(event.timestamp == now && event.acceptedAt == now && event.tenant == .canary && event.client == .canary)
        #expect(event.plan.destinations == [destination] && event.plan.route == nil && event.properties == nil)
    }
}
