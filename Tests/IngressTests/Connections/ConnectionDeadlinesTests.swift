import Randomness
import Testing

@testable import Ingress

/// Looks are 10 seconds apart unless a test says otherwise.
@Suite struct ConnectionDeadlinesTests {
    private static let look = Duration.seconds(10)

    private func deadlines(first: Duration? = nil, age: Duration? = nil) -> ConnectionDeadlines {
        ConnectionDeadlines(
            ConnectionDeadlines.Limits(interval: Self.look, leastBytes: 100, firstRequest: first, age: age)
        )
    }

    /// What the next looks find.
    private func looks(_ count: Int, _ deadlines: inout ConnectionDeadlines) -> [PatienceEnded?] {
        (0..<count).map { _ in deadlines.look(after: Self.look) }
    }

    @Test func `ends a connection on which no request comes, at its deadline`() {
        var silent = deadlines(first: .seconds(25))
        #expect(silent.untilNextLook == .seconds(10))
        #expect(looks(2, &silent) == [nil, nil])
        #expect(silent.untilNextLook == .seconds(5))
        #expect(silent.look(after: .seconds(5)) == .first)
    }

    @Test(arguments: [true, false])
    func `waits longer once the first request has come, whichever way`(isWhole: Bool) {
        var used = deadlines(first: .seconds(25))
        used.readBegan()
        if isWhole {
            used.requested()
        } else {
            used.received(.head)
            used.received(.end)
        }
        #expect(used.untilNextLook == .seconds(10))
        #expect(looks(8, &used) == Array(repeating: nil, count: 8))
        #expect(used.look(after: Self.look) == .idle)
    }

    @Test func `ends a head that drips, also before the first request is due`() {
        var slow = deadlines(first: .seconds(1000))
        slow.readBegan()
        slow.readCompleted()
        slow.readBegan()
        #expect(looks(3, &slow) == [nil, nil, .head])
    }

    @Test func `ends a body that brings too little, and not one that comes`() {
        var slow = deadlines()
        slow.received(.head)
        slow.readBegan()
        #expect(slow.look(after: Self.look) == nil)
        for _ in 1...5 {
            slow.received(.body(100))
            #expect(slow.look(after: Self.look) == nil)
        }
        slow.received(.body(99))
        #expect(looks(2, &slow) == [nil, .body])
    }

    @Test func `does not blame a client that is not read from`() {
        var waiting = deadlines()
        waiting.received(.head)
        waiting.readCompleted()
        #expect(looks(7, &waiting) == Array(repeating: nil, count: 7))
    }

    @Test func `ends a connection whose output nobody takes, whatever is written meanwhile`() {
        var blocked = deadlines()
        blocked.requested()
        let isFirst = blocked.wrote()
        #expect(isFirst)
        for _ in 1...7 {
            let isFirst = blocked.wrote()
            #expect(!isFirst)
            #expect(blocked.look(after: Self.look) == nil)
        }
        #expect(blocked.look(after: Self.look) == .output)
    }

    @Test func `keeps a connection whose output is taken`() {
        var open = deadlines()
        open.requested()
        for _ in 1...50 {
            let isFirst = open.wrote()
            #expect(isFirst)
            open.sent()
            #expect(open.look(after: Self.look) == nil)
        }
    }

    @Test func `says once that a connection is old`() {
        var old = deadlines(age: .seconds(30))
        var found: [PatienceEnded?] = []
        for _ in 1...6 {
            old.requested()
            found.append(old.look(after: Self.look))
        }
        #expect(found == [nil, nil, .age, nil, nil, nil])
    }

    /// Whatever passes in whatever order.
    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `blames nobody for what moves, and waits for nobody for ever`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        for _ in 0..<200 { live(&random) }
    }

    private func live(_ random: inout SplitMix) {
        var connection = deadlines(first: .seconds(25))
        var (isReading, hadRequest, elapsed, quiet, blocked) = (false, false, Duration.zero, 0, nil as Int?)
        for _ in 0..<200 {
            switch Int.random(in: 0..<12, using: &random) {
            case 0:
                connection.received([.body(10), .body(1000), .end].randomElement(using: &random) ?? .end)
                quiet = 0
            case 1:
                connection.received(.head)
                (hadRequest, quiet) = (true, 0)
            case 2:
                connection.readBegan()
                isReading = true
            case 3:
                connection.readCompleted()
                isReading = false
            case 4:
                connection.requested()
                (hadRequest, quiet) = (true, 0)
            case 5:
                connection.moved()
                quiet = 0
            case 6:
                if connection.wrote() { blocked = 0 }
                quiet = 0
            case 7:
                connection.sent()
                blocked = nil
            default:
                elapsed += Self.look
                quiet += 1
                blocked = blocked.map { $0 + 1 }
                let ended = connection.look(after: Self.look)
                switch ended {
                case .head, .body: #expect(isReading, "a client that is not read from cannot send")
                case .first: #expect(elapsed >= .seconds(25))
                case .idle: #expect(quiet >= ConnectionDeadlines.idleLooks)
                case .output: #expect((blocked ?? 0) >= ConnectionDeadlines.blockedLooks)
                case .age: Issue.record("no age was set")
                case nil:
                    // The look that saw the last movement does not count.
                    #expect(quiet <= ConnectionDeadlines.idleLooks)
                    #expect(hadRequest || elapsed < .seconds(25))
                }
                if ended != nil { return }
            }
        }
    }
}
