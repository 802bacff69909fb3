import Foundation

/// What can go wrong at a vendor and around the gateway, drawn from a seed.
enum FaultMenu {
    /// What happens at a vendor in one step.
    struct VendorFaults: Sendable {
        /// Members of the body of `PUT /sandbox/{vendor}/faults`.
        var members: [String]
        /// What follows as soon as the gateway leaves the vendor alone: the probes meet it.
        var atProbe: [String]?
        /// Whether the vendor refuses requests as if for the account, at random. An event that is refused where the next one passes is
        /// rejected then, though it is a good one.
        var refusesAtRandom = false
    }

    /// What happens to the gateway's machine in one step.
    struct SystemFaults: Sendable {
        var clockAhead: Duration
        var names: FaultySystem.Names
    }

    /// Answers that may mean that the request was applied.
    private static let failures = [408, 500, 502, 503, 504, 520]
    /// Answers that mean that the account, its address or its credential is the trouble.
    private static let refusals = [401, 403, 404, 302]

    static func drawVendor(_ dice: inout SeededDice) -> VendorFaults {
        var faults = VendorFaults(members: [])
        switch dice.next() % 9 {
        case 0: break
        case 1: faults.members = ["\"latency_ms\":[0,\(dice.next() % 300)]"]
        case 2:
            faults.refusesAtRandom = dice.next().isMultiple(of: 2)
            let status = dice.pick(faults.refusesAtRandom ? refusals : failures)
            faults.members = ["\"status\":{\"\(status)\":0.3}", retryAfter(&dice)]
        case 3: faults.members = ["\"status\":{\"429\":0.5}", retryAfter(&dice)]
        case 4:
            // Applied, and answered as if not. What means "certainly not applied" would be a vendor's lie that nobody can see through.
            faults.members = ["\"status_after\":{\"\(dice.pick(failures))\":0.3}"]
        case 5: faults.members = ["\"reset_before\":0.2,\"reset_after\":0.2"]
        case 6: faults.members = ["\"garbage\":0.3"]
        case 7: faults.members = ["\"hang\":0.05,\"latency_ms\":[0,50]"]
        default:
            faults.members = ["\"status\":{\"\(dice.pick(failures))\":1}"]
            faults.atProbe = ["\"status\":{\"429\":1},\"times\":\(dice.next() % 3 + 1)", retryAfter(&dice)]
        }
        return faults
    }

    static func drawSystem(_ dice: inout SeededDice) -> SystemFaults {
        // Less than a day behind, beyond which events of now are outside of the window for timestamps.
        let clocks = [0, 0, 0, 30, -30, 3600, -3600, 72_000, -72_000, 40 * 86_400]
        let names = [
            FaultySystem.Names(), .init(), .init(delay: .seconds(1)), .init(delay: .seconds(60)), .init(fail: true),
        ]
        return SystemFaults(clockAhead: .seconds(dice.pick(clocks)), names: dice.pick(names))
    }

    /// When a vendor says to come back: in all the ways that are in use, and in some that nobody can take at their word.
    private static func retryAfter(_ dice: inout SeededDice) -> String {
        let soon = Date().addingTimeInterval(Double(dice.next() % 3))
        let epoch = Int(soon.timeIntervalSince1970)
        let texts = [
            "0", "1", "2", "0.5", "\(epoch)", "\(epoch)000", httpDate(soon), httpDate(soon.addingTimeInterval(604_800)),
            "604800", "\(epoch + 604_800)", "soon", "-5", "1e9", "9223372036854775808", "99999999999999999999999",
        ]
        return "\"retry_after\":\"\(dice.pick(texts))\""
    }

    private static func httpDate(_ date: Date) -> String {
        date.formatted(
            Date.VerbatimFormatStyle(
                format: """
                    \(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .defaultDigits) \
                    \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT
                    """,
                locale: Locale(identifier: "en_US_POSIX"),
                timeZone: .gmt,
                calendar: Calendar(identifier: .gregorian)
            )
        )
    }
}

/// Events that one vendor cannot take, whatever else is right.
struct PoisonedEvents: Sendable {
    let ids: Set<String>
    /// What the vendor answers to a request with one of them.
    let status: Int

    /// Such an answer is never the fault of an event, so it is tried until the vendor takes it.
    var isTriedForever: Bool { [401, 429].contains(status) }

    /// Members of the body of `PUT /sandbox/{vendor}/faults`.
    var members: [String] {
        guard !ids.isEmpty else { return [] }
        return ["\"poison\":[\(ids.sorted().map { "\"\($0)\"" }.joined(separator: ","))],\"poison_status\":\(status)"]
    }

    /// What a vendor's bugs, its rules, and a firewall in front of it answer.
    private static let statuses = [
        302, 400, 401, 402, 403, 404, 408, 409, 413, 415, 422, 429, 500, 501, 502, 503, 504, 520,
    ]

    /// - Parameter workers: how many post events, numbered from 0.
    static func draw(prefix: String, workers: Int, _ dice: inout SeededDice) -> PoisonedEvents {
        let count = dice.pick([0, 1, 3, 12])
        let ids = (0..<count).map { _ in "\(prefix)w\(Int(dice.next() % UInt64(workers)))-\(dice.next() % 30)" }
        return PoisonedEvents(ids: Set(ids), status: dice.pick(statuses))
    }
}
