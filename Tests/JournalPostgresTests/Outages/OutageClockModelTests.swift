import Journal
import Randomness
import Testing

@testable import JournalPostgres

/// The clock of outages beside a list of all that has happened, from which each answer is worked out anew.
@Suite struct OutageClockModelTests {
    /// What the clock was told, in the order of time.
    private enum Event {
        case answered, failed(String), appended
        case appendFailed(asked: Int, begun: Int, reason: String)
    }

    /// All that has happened, in milliseconds since the start.
    private struct History {
        var events: [(at: Int, event: Event)] = []

        /// Since when the pulse has not been answered; nil if the last one was. The start counts as an answer.
        var silence: (since: Int, reason: String)? {
            var (answer, found): (Int, (since: Int, reason: String)?) = (0, nil)
            for (at, event) in events {
                switch event {
                case .answered: (answer, found) = (at, nil)
                case .failed(let reason): found = (answer, reason)
                case .appended, .appendFailed: break
                }
            }
            return found
        }

        /// Since when no append has been stored that should have been; nil if the last one was.
        var stall: (since: Int, reason: String)? {
            var (stored, found): (Int?, (since: Int, reason: String)?) = (nil, nil)
            for (at, event) in events {
                switch event {
                case .appended: (stored, found) = (at, nil)
                case .appendFailed(let asked, let begun, let reason):
                    // Another one was stored meanwhile.
                    if let stored, stored > begun { continue }
                    let since = max(asked, stored ?? asked)
                    found = (min(found?.since ?? since, since), reason)
                case .answered, .failed: break
                }
            }
            return found
        }
    }

    private let start = ContinuousClock.now
    private static let patience = 5000

    private func instant(_ milliseconds: Int) -> ContinuousClock.Instant { start + .milliseconds(milliseconds) }

    private func check(_ clock: OutageClock, _ history: History, at now: Int) {
        let (silence, stall) = (history.silence, history.stall)
        let outage = clock.outage(at: instant(now))
        let since = [silence?.since, stall?.since].compactMap(\.self).min()
        #expect(outage?.duration == since.map { Duration.milliseconds(now - $0) })
        // Of two that began together, either may be named.
        let reasons = [silence, stall].compactMap(\.self).filter { $0.since == since }.map(\.reason)
        #expect(outage.map { reasons.contains($0.reason) } ?? reasons.isEmpty)
        #expect(clock.isSilent(at: instant(now)) == (silence.map { now - $0.since >= Self.patience } ?? false))
        #expect(clock.isOut(at: instant(now)) == (since.map { now - $0 >= Self.patience } ?? false))
        #expect(clock.isStalled == (stall != nil && silence == nil))
    }

    @Test(arguments: 1...60)
    func `tells what does not work, and since when`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var clock = OutageClock(patience: .milliseconds(Self.patience), at: start)
        var (history, now) = (History(), 0)
        for step in 0..<200 {
            now += Int.random(in: 0...3000, using: &random)
            let event: Event
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1: event = .answered
            case 2, 3: event = .failed("pulse \(step)")
            case 4, 5: event = .appended
            default:
                let asked = max(0, now - Int.random(in: 0...20_000, using: &random))
                let begun = Int.random(in: asked...now, using: &random)
                event = .appendFailed(asked: asked, begun: begun, reason: "append \(step)")
            }
            switch event {
            case .answered: clock.answered(at: instant(now))
            case .failed(let reason): clock.failed(reason)
            case .appended: clock.appended(at: instant(now))
            case .appendFailed(let asked, let begun, let reason):
                clock.appendFailed(since: instant(asked), begun: instant(begun), reason)
            }
            history.events.append((now, event))
            check(clock, history, at: now)
            check(clock, history, at: now + Int.random(in: 0...10_000, using: &random))
        }
    }

    /// A `Retry-After` has whole seconds: never less than a client must wait, and never so long that it forgets to come back.
    @Test(arguments: 1...20)
    func `asks for whole seconds from 1 to 30, at least as long as the outage was`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<50 {
            var clock = OutageClock(patience: .seconds(5), at: start)
            let length = Int.random(in: 0...40_000, using: &random)
            clock.failed("refused")
            let isOver = Bool.random(using: &random)
            if isOver { clock.answered(at: instant(length)) }
            let jitter = Double.random(in: 1...1.25, using: &random)
            let wait = clock.retryAfter(at: instant(length), jitter: jitter)
            #expect(wait.components.attoseconds == 0)
            #expect((1...30).contains(wait.components.seconds))
            let outage = Duration.milliseconds(length)
            #expect(wait >= min(outage, .seconds(30)), "\(length) ms, jitter \(jitter)")
            #expect(wait <= max(.seconds(1), outage * jitter + .seconds(1)))
        }
    }

    @Test(arguments: [(999, 1), (1000, 1), (1001, 2), (29_000, 29), (29_001, 30), (30_000, 30), (30_001, 30)])
    func `rounds seconds up`(milliseconds: Int, seconds: Int) {
        var clock = OutageClock(patience: .seconds(5), at: start)
        clock.failed("refused")
        #expect(clock.retryAfter(at: instant(milliseconds), jitter: 1) == .seconds(seconds))
    }
}
