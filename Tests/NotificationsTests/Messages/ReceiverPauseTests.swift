import Events
import Testing

@testable import Notifications

/// How long a receiver that fails is left alone, and what is told when conditions and messages cross.
@Suite struct ReceiverPauseTests {
    private let start = NotificationTime(instant: .now, wall: Timestamp(milliseconds: 1_800_000_000_000))
    private let parked = Condition(Condition.Key(.parked, "lago"), "parked", remedy: "mend")

    private func pacing() -> NotificationPacing {
        var pacing = NotificationPacing()
        (pacing.gather, pacing.interval, pacing.settle) = (.zero, .zero, .zero)
        return pacing
    }

    /// 5 s, twice as long after each failure, at most 15 min.
    @Test func `the pause doubles up to a quarter of an hour`() {
        var desk = ReceiverDesk(seed: "s")
        var second = 0
        desk.observe(Conditions([parked]), of: Set(NotificationKind.allCases), at: start)
        for pause in [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900] {
            let due = desk.next(gateway: "g", pacing(), at: start + .seconds(second))
            #expect(due?.id == "msg_s_1", "the same message is tried again")
            desk.failed(at: (start + .seconds(second)).instant)
            let early = desk.next(gateway: "g", pacing(), at: start + .seconds(second + pause) + .milliseconds(-1))
            #expect(early == nil)
            second += pause
        }
        #expect(desk.failures == 11)
        desk.sent(at: (start + .seconds(second)).instant)
        #expect(desk.failures == 0)
    }

    @Test func `no number of failures overflows the pause`() {
        var desk = ReceiverDesk(seed: "s")
        for _ in 0..<200 { desk.failed(at: start.instant) }
        desk.observe(Conditions([parked]), of: [.parked], at: start)
        let early = desk.next(gateway: "g", pacing(), at: start + .seconds(899))
        let due = desk.next(gateway: "g", pacing(), at: start + .seconds(900))
        #expect(early == nil && due != nil)
    }

    @Test func `what ends before it was told is told as resolved alone`() {
        var desk = ReceiverDesk(seed: "s")
        desk.observe(Conditions([parked]), of: [.parked], at: start)
        desk.observe(Conditions(), of: [.parked], at: start + .seconds(1))
        let message = desk.next(gateway: "g", pacing(), at: start + .seconds(1))
        #expect(message?.incidents.map(\.status) == [.resolved])
        #expect(message?.incidents.first?.ended == (start + .seconds(1)).wall)
        desk.sent(at: (start + .seconds(2)).instant)
        #expect(desk.conditionCount == 0)
    }

    /// It began again while the message that it is over was on its way: it is new once more.
    @Test func `what begins again under way is told again`() {
        var desk = ReceiverDesk(seed: "s")
        func observe(_ list: [Condition], _ second: Int) {
            desk.observe(Conditions(list), of: [.parked], at: start + .seconds(second))
        }
        observe([parked], 0)
        _ = desk.next(gateway: "g", pacing(), at: start)
        desk.sent(at: start.instant)
        observe([], 1)
        let over = desk.next(gateway: "g", pacing(), at: start + .seconds(1))
        #expect(over?.incidents.map(\.status) == [.resolved])
        observe([parked], 2)
        desk.sent(at: (start + .seconds(3)).instant)
        let again = desk.next(gateway: "g", pacing(), at: start + .seconds(3))
        #expect(again?.incidents.map(\.status) == [.started] && again?.id != over?.id)
    }

    @Test func `a confirmation of nothing changes nothing`() {
        var desk = ReceiverDesk(seed: "s")
        desk.sent(at: start.instant)
        desk.observe(Conditions([parked]), of: [.parked], at: start)
        #expect(desk.conditionCount == 1)
        let message = desk.next(gateway: "g", pacing(), at: start)
        #expect(message?.incidents.map(\.status) == [.started])
    }
}
