import Randomness
import Testing

@testable import Ingress

@Suite struct HTTP2LifetimeTests {
    private static let limits = HTTP2Lifetime.Limits(
        firstStream: .seconds(10),
        idle: .seconds(120),
        age: .seconds(3600),
        acknowledgement: .seconds(5),
        drain: .seconds(15)
    )

    private func second(_ number: Int) -> Duration { .seconds(number) }

    @Test func `ends a connection that opens no stream`() {
        var life = HTTP2Lifetime(Self.limits)
        #expect(life.deadline == second(10))
        #expect(life.look(at: second(9)) == [])
        #expect(life.look(at: second(10)) == [.goAway(lastStream: 0), .close])
        #expect(life.deadline == nil)
    }

    @Test func `ends an idle connection in two steps`() {
        var life = HTTP2Lifetime(Self.limits)
        life.opened(1)
        #expect(life.isBusy && life.deadline == second(3600))
        #expect(life.closed(1, at: second(20)) == [])
        #expect(!life.isBusy && life.deadline == second(140))
        #expect(life.look(at: second(140)) == [.announceEnd])
        #expect(life.acknowledged() == [.goAway(lastStream: 1), .close])
    }

    @Test func `does not wait for a PING that never comes back`() {
        var life = HTTP2Lifetime(Self.limits)
        life.opened(1)
        _ = life.closed(1, at: second(1))
        #expect(life.end(at: second(2)) == [.announceEnd])
        #expect(life.look(at: second(6)) == [])
        #expect(life.look(at: second(7)) == [.close])
    }

    @Test(arguments: [true, false])
    func `lets streams end, for a while`(isAcknowledged: Bool) {
        var life = HTTP2Lifetime(Self.limits)
        life.opened(1)
        life.opened(5)
        #expect(life.end(at: second(100)) == [.announceEnd])
        #expect(life.end(at: second(101)) == [])
        if isAcknowledged { #expect(life.acknowledged() == [.goAway(lastStream: 5)]) }
        #expect(life.closed(1, at: second(103)) == [])
        #expect(life.look(at: second(114)) == [])
        #expect(life.look(at: second(115)) == [.close])
    }

    @Test func `closes behind the last stream when all are known`() {
        var life = HTTP2Lifetime(Self.limits)
        life.opened(3)
        _ = life.end(at: second(100))
        #expect(life.acknowledged() == [.goAway(lastStream: 3)])
        #expect(life.acknowledged() == [])
        #expect(life.closed(3, at: second(104)) == [.close])
        #expect(life.failed() == [])
    }

    @Test func `ends an old connection, however busy`() {
        var life = HTTP2Lifetime(Self.limits)
        life.opened(1)
        #expect(life.look(at: second(3599)) == [])
        #expect(life.look(at: second(3600)) == [.announceEnd])
    }

    /// Whatever happens: a connection that is asked at its deadlines ends within the drain time of its age, closes once, and does nothing
    /// afterwards.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `ends whatever the client does`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var life = HTTP2Lifetime(Self.limits)
        var (now, next, open, closes) = (Duration.zero, 1, Set<Int>(), 0)
        while let deadline = life.deadline {
            let actions: [HTTP2Lifetime.Action]
            switch Int.random(in: 0..<8, using: &random) {
            case 0, 1:
                life.opened(next)
                open.insert(next)
                next += 2
                actions = []
            case 2, 3:
                actions = open.popFirst().map { life.closed($0, at: now) } ?? []
            case 4 where Int.random(in: 0..<20, using: &random) == 0: actions = life.acknowledged()
            default:
                let step = Duration.seconds(Int.random(in: 0..<60, using: &random))
                now = min(now + step, max(now, deadline))
                actions = life.look(at: now)
            }
            closes += actions.count { $0 == .close }
            #expect(now <= second(3615))
        }
        #expect(closes == 1)
        #expect(life.look(at: now + second(99)) == [] && life.end(at: now) == [] && life.acknowledged() == [])
    }
}
