import Events
import Notifications
import Randomness
import Testing

/// Whatever happens, a receiver that has all messages knows what is so.
@Suite struct ReceiverDeskPropertyTests {
    private let start = NotificationTime(instant: .now, wall: Timestamp(milliseconds: 1_800_000_000_000))

    /// What a person who reads the messages believes.
    private struct Reader {
        var open: Set<Condition.Key> = []
        var ids: [String: [Incident]] = [:]
        var faults: [String] = []

        mutating func read(_ message: NotificationMessage) {
            if let known = ids[message.id] {
                // A repeated message, which is recognized.
                if known != message.incidents { faults.append("\(message.id) has two contents") }
                return
            }
            ids[message.id] = message.incidents
            for incident in message.incidents {
                let key = incident.condition.key
                switch incident.status {
                case .started: if !open.insert(key).inserted { faults.append("\(key) started twice") }
                case .continues: if !open.contains(key) { faults.append("\(key) continues without a start") }
                case .resolved: open.remove(key)
                }
            }
        }
    }

    @Test(arguments: 0..<40)
    func `a reader of all messages knows what is so, once it is quiet`(seed: Int) {
        var random = SplitMix(seed: UInt64(seed))
        var (desk, reader) = (ReceiverDesk(seed: "s"), Reader())
        let (keys, pacing) = (keys, NotificationPacing())
        var lasting: Set<Condition.Key> = []
        var seconds = 0
        func step(quiet: Bool) {
            seconds += Int.random(in: 1...60, using: &random)
            if !quiet, Int.random(in: 0..<4, using: &random) == 0, let key = keys.randomElement(using: &random) {
                if lasting.remove(key) == nil { lasting.insert(key) }
            }
            let now = start + .seconds(seconds)
            let list = lasting.sorted().map { Condition($0, "Something.", remedy: "Look.") }
            desk.observe(Conditions(list), of: Set(NotificationKind.allCases), at: now)
            guard let message = desk.next(gateway: "g", pacing, at: now) else { return }
            let fate = quiet ? 2 : Int.random(in: 0..<3, using: &random)
            if fate == 2 { reader.read(message) }
            if fate == 2 { desk.sent(at: now.instant) } else { desk.failed(at: now.instant) }
        }
        for _ in 0..<2000 { step(quiet: false) }
        for _ in 0..<200 { step(quiet: true) }
        #expect(reader.faults == [], "seed \(seed)")
        #expect(reader.open == lasting, "seed \(seed)")
        #expect(desk.conditionCount == lasting.count, "seed \(seed)")
    }

    private var keys: [Condition.Key] {
        NotificationKind.allCases.flatMap { kind in ["a", "b"].map { Condition.Key(kind, $0) } }
    }
}
