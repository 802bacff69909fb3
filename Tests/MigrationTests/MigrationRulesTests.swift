import Events
import Migration
import OfRecord
import Testing

/// What may be ordered for a migration, at every point of its way.
@Suite struct MigrationRulesTests {
    private typealias Sample = MigrationSample

    /// Every way to stand, by the log.
    private static let logs: [(name: String, actions: [MigrationEntry.Action])] = [
        ("nothing", []), ("shadow", [.stage(.shadow)]), ("mirror", [.stage(.mirror)]),
        ("ramp", [.stage(.mirror), .ramp(share: 5)]),
        ("held ramp", [.stage(.mirror), .ramp(share: 5), .hold]),
        ("cut", [.stage(.mirror), .cut(at: Sample.now)]),
        ("held cut", [.stage(.mirror), .cut(at: Sample.now), .hold]),
        ("returned", [.stage(.mirror), .ramp(share: 5), .goBack(when: .now, customers: nil)]),
        ("closed", [.stage(.mirror), .cut(at: Sample.now), .close]),
    ]

    private static let commands: [(name: String, command: MigrationOrder.Command)] = [
        ("start", .start(.shadow)), ("to shadow", .stage(.shadow)), ("to mirror", .stage(.mirror)),
        ("ramp 25", .ramp(share: 25)), ("cut", .cut(at: Sample.now + Sample.day)), ("hold", .hold),
        ("resume", .resume), ("return", .goBack(when: .now, customers: nil)), ("close", .close),
    ]

    /// What is allowed with green gates, after the old provider's last invoice.
    private static let allowed: [String: Set<String>] = [
        "nothing": ["start", "hold"],
        "shadow": ["to mirror", "hold"],
        "mirror": ["to shadow", "ramp 25", "cut", "hold"],
        "ramp": ["ramp 25", "cut", "hold", "return"],
        "held ramp": ["resume", "return"],
        "cut": ["ramp 25", "cut", "hold", "return", "close"],
        "held cut": ["resume", "return"],
        "returned": ["to shadow", "ramp 25", "cut", "hold", "return"],
        "closed": [],
    ]

    private static func log(_ actions: [MigrationEntry.Action]) -> MigrationLog {
        MigrationLog(
            actions.enumerated().map { index, action in
                MigrationEntry(number: index + 1, at: Sample.now + .seconds(index - 100), action: action)
            }
        )
    }

    private static func rules(_ log: MigrationLog, gates: [GateStatus] = [], drainedAt: Timestamp? = nil)
        -> MigrationRules
    {
        MigrationRules(log: log, delivery: log.delivery, gates: gates, drainedAt: drainedAt, at: Sample.now)
    }

    private static func gate(_ gate: Gate, _ color: GateStatus.Color) -> GateStatus {
        Sample.gates.statuses(by: readings(gate, color), at: Sample.now).first { $0.gate == gate }!
    }

    /// With which one gate has a colour.
    private static func readings(_ gate: Gate, _ color: GateStatus.Color) -> GateMeasurements {
        var readings = GateMeasurements()
        let value: UInt64 = color == .green ? 0 : 7
        switch (gate, color) {
        case (_, .unknown): break
        case (.unexplained, _): readings.unexplained = .init(value, at: Sample.now, events: 1000)
        case (.usage, _): readings.usage = .init(Fraction(value, of: 10), at: Sample.now, events: 1000)
        case (.rejected, _): readings.rejected = .init(Fraction(value, of: 10), at: Sample.now, events: 1000)
        case (.uncertain, _): readings.uncertain = .init(value, at: Sample.now, events: 1000)
        case (.backlogAge, _):
            readings.backlogAge = .init(.seconds(Int64(value) * 1000), at: Sample.now, events: 1000)
        case (.lost, _): readings.lost = .init(value, at: Sample.now, events: 1000)
        }
        return readings
    }

    @Test func `allows each order where it makes sense, and nowhere else`() {
        for (name, actions) in Self.logs {
            let log = Self.log(actions)
            let drainedAt = log.entries.contains { if case .cut = $0.action { true } else { false } } ? Sample.now : nil
            let rules = Self.rules(log, drainedAt: drainedAt)
            let allowed = Self.commands.filter { rules.refusal(of: MigrationOrder($0.command)) == nil }.map(\.name)
            #expect(Set(allowed) == Self.allowed[name], "\(name)")
        }
    }

    @Test func `says why an order is refused`() {
        func refusal(_ actions: [MigrationEntry.Action], _ command: MigrationOrder.Command) -> MigrationRefusal? {
            Self.rules(Self.log(actions)).refusal(of: MigrationOrder(command))
        }
        #expect(refusal([.stage(.shadow)], .start(.mirror)) == .alreadyStarted)
        #expect(refusal([], .stage(.mirror)) == .notStarted)
        #expect(refusal([.stage(.shadow)], .ramp(share: 5)) == .notMirrored)
        #expect(refusal([.stage(.mirror), .ramp(share: 5)], .stage(.shadow)) == .customersMoved)
        #expect(refusal([.stage(.mirror), .hold], .ramp(share: 5)) == .held(since: Sample.now + .seconds(-99)))
        #expect(refusal([], .resume) == .notHeld)
        #expect(refusal([.stage(.mirror)], .goBack(when: .now, customers: nil)) == .nothingToReturn)
        #expect(refusal([.stage(.mirror), .ramp(share: 5)], .close) == .notCut)
        #expect(
            refusal([.stage(.mirror), .ramp(share: 5)], .ramp(share: 5))
                == .unchanged("5% of the customers move already")
        )
        let held = Self.rules(Self.log([.stage(.mirror), .cut(at: Sample.now), .hold]), drainedAt: Sample.now)
        #expect(held.refusal(of: MigrationOrder(.close)) == .held(since: Sample.now + .seconds(-98)))
        let later = Sample.now + .seconds(1)
        let rules = Self.rules(Self.log([.stage(.mirror), .cut(at: Sample.now)]), drainedAt: later)
        #expect(rules.refusal(of: MigrationOrder(.close)) == .notDrained(until: later))
    }

    @Test func `repeats a ramp or a cut for customers that returned alone`() {
        func refusal(_ actions: [MigrationEntry.Action], _ command: MigrationOrder.Command) -> MigrationRefusal? {
            Self.rules(Self.log([.stage(.mirror)] + actions)).refusal(of: MigrationOrder(command))
        }
        let cut = Sample.now + Sample.day
        let alone = MigrationEntry.Action.goBack(when: .now, customers: ["c1"])
        for (action, command) in [
            (.cut(at: cut), .cut(at: cut)), (.ramp(share: 5), .ramp(share: 5)),
        ] as [(MigrationEntry.Action, MigrationOrder.Command)] {
            #expect(refusal([action], command) != nil)
            #expect(refusal([action, alone], command) == nil)
            #expect(refusal([action, alone, action], command) != nil)
        }
    }

    @Test func `asks for green gates to ramp, cut and resume, or for their names`() {
        let orders: [(log: [MigrationEntry.Action], command: MigrationOrder.Command)] = [
            ([.stage(.mirror)], .ramp(share: 5)), ([.stage(.mirror)], .cut(at: Sample.now)),
            ([.stage(.mirror), .ramp(share: 5), .hold], .resume),
        ]
        for gate in Gate.allCases {
            for color in [GateStatus.Color.green, .red, .unknown(.notMeasured)] {
                let status = Self.gate(gate, color)
                #expect(status.color == color)
                for (log, command) in orders {
                    let rules = Self.rules(Self.log(log), gates: [status])
                    #expect(
                        rules.refusal(of: MigrationOrder(command)) == (color == .green ? nil : .gates([status])),
                        "\(gate) \(color) \(command)"
                    )
                    #expect(rules.refusal(of: MigrationOrder(command, despite: [gate])) == nil)
                    let others = Set(Gate.allCases).subtracting([gate])
                    #expect(
                        rules.refusal(of: MigrationOrder(command, despite: others))
                            == (color == .green ? nil : .gates([status]))
                    )
                }
            }
        }
    }

    @Test func `holds and returns whatever the gates say`() {
        let rules = Self.rules(
            Self.log([.stage(.mirror), .ramp(share: 5)]),
            gates: Gate.allCases.map { Self.gate($0, .unknown(.notMeasured)) }
        )
        for command in [.hold, .goBack(when: .now, customers: nil)] as [MigrationOrder.Command] {
            #expect(rules.refusal(of: MigrationOrder(command)) == nil)
        }
    }

    @Test func `keeps room for emergencies when the log is long`() {
        func refusal(after entries: Int, _ command: MigrationOrder.Command) -> MigrationRefusal? {
            let actions: [MigrationEntry.Action] =
                [.stage(.mirror)] + (1..<entries).map { MigrationEntry.Action.ramp(share: Double($0 % 7 + 1)) }
            return Self.rules(Self.log(actions)).refusal(of: MigrationOrder(command))
        }
        let (most, all) = (MigrationRules.mostEntries, MigrationRules.mostEntriesOfAll)
        #expect(refusal(after: most - 1, .ramp(share: 50)) == nil)
        #expect(refusal(after: most, .ramp(share: 50)) == .full(limit: most))
        #expect(refusal(after: most, .hold) == nil)
        #expect(refusal(after: all - 1, .goBack(when: .now, customers: nil)) == nil)
        #expect(refusal(after: all, .goBack(when: .now, customers: nil)) == .full(limit: all))
    }

    @Test func `takes what the file says where nothing was ordered`() {
        let rules = MigrationRules(log: MigrationLog(), delivery: .mirror, gates: [], drainedAt: nil, at: Sample.now)
        #expect(rules.refusal(of: MigrationOrder(.ramp(share: 5))) == nil)
        #expect(rules.refusal(of: MigrationOrder(.start(.shadow))) == nil)
    }
}
