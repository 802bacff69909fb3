import Events

/// What is remembered of one provider.
struct ProviderHistory: Sendable {
    private var openSince: ContinuousClock.Instant?
    private var rejected = CountRise()
    private var uncertain = CountRise()
    private var pace = DeliveryPace()
    /// What the latest reading of the backlog said.
    private var waiting: [Condition] = []
    private var lost = 0
    private var lostOfSample = 0
    private var canary: Condition?

    mutating func observe(
        _ name: String,
        _ reading: ProviderMeasurements,
        _ rules: NotificationRules,
        _ now: NotificationTime
    ) -> [Condition] {
        rejected.observe(reading.rejected, quiet: rules.quiet, at: now.instant)
        uncertain.observe(reading.uncertain, quiet: rules.quiet, at: now.instant)
        pace.observe(reading.delivered, at: now.instant)
        openSince = reading.circuitIsOpen ? openSince ?? now.instant : nil
        if let events = reading.backlog {
            waiting = backlog(name, events, reading, rules) + memory(name, events, reading, rules, now)
        }
        lost = reading.lost ?? lost
        lostOfSample = reading.lostOfSample ?? lostOfSample
        if reading.knowsCanaries { canary = reading.canary.map { Self.canary(name, $0) } }
        let shown = [Self.lost(name, lost, ofSample: lostOfSample), canary].compactMap(\.self)
        return calls(name, reading, rules, now) + outcomes(name) + waiting + shown
    }

    private func calls(
        _ name: String,
        _ reading: ProviderMeasurements,
        _ rules: NotificationRules,
        _ now: NotificationTime
    ) -> [Condition] {
        if let reason = reading.parked {
            return [
                Condition(
                    Condition.Key(.parked, name),
                    "\(name) refuses its key or account: \(reason)",
                    remedy: "Renew the key or correct base_url. Events wait on disk meanwhile."
                )
            ]
        }
        // A parked provider's circuit is open too.
        guard let openSince, now.instant - openSince >= rules.circuitOpen else { return [] }
        let fault = reading.lastFault.map { ": \($0)" } ?? ""
        return [
            Condition(
                Condition.Key(.circuitOpen, name),
                "\(name) has failed for \(DurationPhrase.text(now.instant - openSince))\(fault)",
                remedy: "Only probes are sent. `tollgate providers` shows the last error."
            )
        ]
    }

    private func outcomes(_ name: String) -> [Condition] {
        var found: [Condition] = []
        if rejected.total > 0 {
            found.append(
                Condition(
                    Condition.Key(.deadLetters, name),
                    "\(name) rejected \(Self.events(rejected.total)).",
                    remedy: "`tollgate deliveries groups --status rejected` shows why."
                )
            )
        }
        if uncertain.total > 0 {
            found.append(
                Condition(
                    Condition.Key(.uncertain, name),
                    "It is unknown whether \(name) has \(Self.events(uncertain.total)).",
                    remedy:
                        "Compare with the vendor, then retry or discard: `tollgate deliveries list --status uncertain`."
                )
            )
        }
        return found
    }

    private func backlog(_ name: String, _ events: Int, _ reading: ProviderMeasurements, _ rules: NotificationRules)
        -> [Condition]
    {
        guard events > 0, let age = reading.oldestAge, age >= rules.backlog else { return [] }
        let oldest = "the oldest for \(DurationPhrase.text(age))"
        return [
            Condition(
                Condition.Key(.backlog, name),
                "\(Self.events(events)) wait\(events == 1 ? "s" : "") for \(name), \(oldest).",
                remedy: "`tollgate providers` shows the last error."
            )
        ]
    }

    private func memory(
        _ name: String,
        _ events: Int,
        _ reading: ProviderMeasurements,
        _ rules: NotificationRules,
        _ now: NotificationTime
    ) -> [Condition] {
        guard events > 0, let age = reading.oldestAge, let memory = reading.memory else { return [] }
        let left = memory - age
        guard left <= rules.memoryLeft else { return [] }
        let through = pace.time(for: events, reading.delivered, at: now.instant)
        if let through, through < left { return [] }
        let forgets =
            left > .zero
            ? "\(name) forgets the ID of the oldest waiting event in \(DurationPhrase.text(left))"
            : "\(name) has forgotten the ID of the oldest waiting event"
        let need = through.map { "the \(Self.events(events)) need \(DurationPhrase.text($0))" } ?? "none is delivered"
        return [
            Condition(
                Condition.Key(.memory, name),
                "\(forgets), and \(need).",
                remedy: "After that a repeated attempt may bill twice: mend the provider, or hold it and compare first."
            )
        ]
    }

    /// - Parameters:
    ///   - compared: those that the latest comparison has found.
    ///   - sampled: those of the sample that is read back, which stand for many more.
    private static func lost(_ name: String, _ compared: Int, ofSample sampled: Int) -> Condition? {
        guard compared > 0 || sampled > 0 else { return nil }
        let key = Condition.Key(.lost, name)
        guard compared > 0 else {
            return Condition(
                key,
                "\(name) has lost \(events(sampled)) of the sample that is read back, which it had accepted.",
                remedy: "`tollgate providers watched` names them; `tollgate parity run` finds all that are lost."
            )
        }
        return Condition(
            key,
            "\(name) has lost \(events(compared)) that it had accepted.",
            remedy: "`tollgate parity findings` names them; `tollgate parity resolve --resend` sends them again."
        )
    }

    private static func canary(_ name: String, _ reason: String) -> Condition {
        Condition(
            Condition.Key(.canary, name),
            "A test event for \(name) has not come through: \(reason).",
            remedy: "Events may be delayed or lost there: `tollgate providers` shows the last error."
        )
    }

    private static func events(_ count: Int) -> String { "\(count) event\(count == 1 ? "" : "s")" }
}

/// A duration in its largest unit: `3 h`.
enum DurationPhrase {
    static func text(_ duration: Duration) -> String {
        let seconds = max(0, duration.components.seconds)
        switch seconds {
        case ..<120: return "\(seconds) s"
        case ..<7200: return "\(seconds / 60) min"
        case ..<172_800: return "\(seconds / 3600) h"
        default: return "\(seconds / 86_400) days"
        }
    }
}
