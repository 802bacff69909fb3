import Events
import Notifications
import Testing

/// What one receiver is told, and when.
@Suite struct ReceiverDeskTests {
    private let start = NotificationTime(instant: .now, wall: Timestamp(milliseconds: 1_800_000_000_000))
    private let pacing = NotificationPacing()

    private func condition(_ kind: NotificationKind, _ subject: String = "lago") -> Condition {
        Condition(Condition.Key(kind, subject), "\(kind.rawValue) at \(subject).", remedy: "Look.")
    }

    /// A desk and its clock.
    private final class Stage {
        var desk = ReceiverDesk(seed: "s")
        var conditions = Conditions()
        var seconds = 0
        let start: NotificationTime
        let pacing: NotificationPacing
        var kinds = Set(NotificationKind.allCases)

        init(_ start: NotificationTime, _ pacing: NotificationPacing) {
            self.start = start
            self.pacing = pacing
        }

        /// Goes to a time, and asks for the message that is due then.
        func next(at seconds: Int, sending: Bool = true) -> NotificationMessage? {
            self.seconds = seconds
            let now = start + .seconds(seconds)
            desk.observe(conditions, of: kinds, at: now)
            guard let message = desk.next(gateway: "test", pacing, at: now) else { return nil }
            if sending { desk.sent(at: now.instant) } else { desk.failed(at: now.instant) }
            return message
        }

        func told(at seconds: Int) -> [String]? {
            next(at: seconds)?.incidents.map { "\($0.status.rawValue) \($0.condition.key.kind.rawValue)" }
        }
    }

    @Test func `gathers what begins together, tells it once, repeats it after hours, and tells its end`() {
        let stage = Stage(start, pacing)
        stage.conditions.list = [condition(.parked)]
        #expect(stage.told(at: 0) == nil)
        stage.conditions.list = [condition(.parked), condition(.backlog)]
        #expect(stage.told(at: 9) == nil)
        #expect(stage.told(at: 10) == ["started parked", "started backlog"])
        #expect(stage.told(at: 11) == nil)
        #expect(stage.told(at: 10 + 4 * 3600 - 1) == nil)
        // The repetition is gathered as well.
        #expect(stage.told(at: 10 + 4 * 3600) == nil)
        #expect(stage.told(at: 20 + 4 * 3600) == ["continues parked", "continues backlog"])
        stage.conditions.list = [condition(.backlog)]
        #expect(stage.told(at: 15_000) == nil)
        #expect(stage.told(at: 15_119) == nil)
        #expect(stage.told(at: 15_120) == nil)
        #expect(stage.told(at: 15_130) == ["resolved parked"])
        stage.conditions.list = []
        #expect(stage.told(at: 15_140) == nil)
        #expect(stage.told(at: 15_260) == nil)
        #expect(stage.told(at: 15_430) == ["resolved backlog"])
        #expect(stage.desk.conditionCount == 0)
    }

    @Test func `takes a condition that comes and goes for one incident`() {
        let stage = Stage(start, pacing)
        stage.conditions.list = [condition(.circuitOpen)]
        _ = stage.told(at: 0)
        #expect(stage.told(at: 10) == ["started circuit_open"])
        for second in stride(from: 20, to: 3600, by: 20) {
            stage.conditions.list = second % 40 == 0 ? [condition(.circuitOpen)] : []
            #expect(stage.told(at: second) == nil)
        }
        stage.conditions.list = []
        let times = (3600..<4000).filter { stage.told(at: $0) == ["resolved circuit_open"] }
        #expect(times.count == 1)
    }

    @Test func `sends at most one message in an interval`() {
        let stage = Stage(start, pacing)
        stage.conditions.list = [condition(.parked)]
        _ = stage.told(at: 0)
        #expect(stage.told(at: 10) == ["started parked"])
        stage.conditions.list.append(condition(.backlog, "polar"))
        stage.conditions.list.append(condition(.disk, "/data"))
        #expect((11..<310).compactMap { stage.told(at: $0) } == [])
        #expect(stage.told(at: 310) == ["started backlog", "started disk"])
    }

    @Test func `sends the same message until the receiver has it`() throws {
        let stage = Stage(start, pacing)
        stage.conditions.list = [condition(.parked)]
        _ = stage.next(at: 0)
        let first = try #require(stage.next(at: 10, sending: false))
        #expect(stage.next(at: 14, sending: false) == nil)
        #expect(stage.next(at: 15, sending: false) == first)
        #expect(stage.next(at: 24, sending: false) == nil)
        #expect(stage.next(at: 25) == first)
        #expect(stage.next(at: 26) == nil)
        #expect(first.id == "msg_s_1")
    }

    @Test func `makes another message of what has changed meanwhile`() throws {
        let stage = Stage(start, pacing)
        stage.conditions.list = [condition(.parked)]
        _ = stage.next(at: 0)
        let first = try #require(stage.next(at: 10, sending: false))
        stage.conditions.list.append(condition(.backlog))
        let second = try #require(stage.next(at: 15))
        #expect(second.incidents.count == 2)
        #expect(second.id != first.id)
    }

    @Test func `leaves what another gateway reports on to that gateway`() {
        let stage = Stage(start, pacing)
        stage.conditions.list = [condition(.parked), condition(.keyExpiry, "app"), condition(.disk, "/data")]
        _ = stage.told(at: 0)
        #expect(stage.told(at: 10) == ["started parked", "started disk", "started key_expiry"])
        stage.conditions = Conditions([], providersElsewhere: ["lago"], kindsElsewhere: [.keyExpiry])
        #expect((11..<1000).compactMap { stage.told(at: $0) } == [["resolved disk"]])
    }

    @Test func `tells a receiver what it wants alone`() {
        let stage = Stage(start, pacing)
        stage.kinds = [.disk]
        stage.conditions.list = [condition(.parked), condition(.disk, "/data")]
        _ = stage.told(at: 0)
        #expect(stage.told(at: 10) == ["started disk"])
    }

    @Test func `costs little while a receiver fails for a day, and then says all in one message`() throws {
        let stage = Stage(start, pacing)
        let providers = (0..<20).map { "p\($0)" }
        var attempts = 0
        var most = 0
        let tick = 5
        for second in stride(from: 0, to: 86_400, by: tick) {
            // Each provider fails for ten minutes of every hour, one after another.
            stage.conditions.list = providers.enumerated().filter { index, _ in (second + index * 180) % 3600 < 600 }
                .map { condition(.backlog, $1) }
            if stage.next(at: second, sending: false) != nil { attempts += 1 }
            most = max(most, stage.desk.conditionCount)
        }
        #expect((90...110).contains(attempts))
        #expect(most <= providers.count)
        stage.conditions.list = [condition(.backlog, "p0")]
        let messages = stride(from: 86_400, to: 90_000, by: tick).compactMap { stage.next(at: $0) }
        let message = try #require(messages.first)
        #expect(message.incidents.count + (messages.dropFirst().first?.incidents.count ?? 0) == providers.count)
        #expect(messages.count <= 2)
        #expect(message.incidents.filter { $0.status == .resolved }.allSatisfy { $0.ended != nil })
        // What the receiver knows now is what is so.
        #expect(stage.desk.conditionCount == 1)
    }
}
