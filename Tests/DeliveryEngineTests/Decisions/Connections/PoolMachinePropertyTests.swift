import NIOCore
import Randomness
import Testing

@testable import DeliveryEngine

/// Thousands of random lives of a pool, each repeated by its seed.
@Suite struct PoolMachinePropertyTests {
    /// A vendor and callers that do anything that they may do, in any order.
    private struct Life {
        var random: SplitMix
        var pool: PoolMachine
        let most: Int
        var now = NIODeadline.uptimeNanoseconds(1_000_000_000)
        var wake: NIODeadline?
        var connecting = 0
        var nextConnection = 0
        var nextExchange = 0
        var open: [Int: (exchange: Int?, answers: Int)] = [:]
        var waiting: [Int: (mayRepeat: Bool, deadline: NIODeadline)] = [:]
        var ended = 0

        init(seed: UInt64) {
            random = SplitMix(seed: seed)
            most = Int.random(in: 1...4, using: &random)
            pool = PoolMachine(mostConnections: most)
        }

        mutating func live(_ steps: Int) {
            for _ in 0..<steps {
                act(Int.random(in: 0..<8, using: &random))
                carryOut()
            }
            // The vendor answers everything from here on: nothing may be left over.
            for _ in 0..<10_000 where !waiting.isEmpty || open.contains(where: { $0.value.exchange != nil }) {
                if connecting > 0 { act(1) }
                for (connection, state) in open where state.exchange != nil { answer(connection) }
                act(5)
                carryOut()
            }
        }

        private mutating func act(_ action: Int) {
            switch action {
            case 0, 6, 7:
                let mayRepeat = Bool.random(using: &random)
                let deadline = now + .milliseconds(Int64.random(in: 0...5000, using: &random))
                waiting[nextExchange] = (mayRepeat, deadline)
                pool.asked(nextExchange, mayRepeat: mayRepeat, until: deadline)
                nextExchange += 1
            case 1 where connecting > 0:
                connecting -= 1
                open[nextConnection] = (nil, 0)
                pool.connected(nextConnection)
                nextConnection += 1
            case 2 where connecting > 0:
                connecting -= 1
                if let failed = pool.couldNotConnect() { end(failed) }
            case 3:
                if let (connection, _) = open.first(where: { $0.value.exchange != nil }) { answer(connection) }
            case 4:
                guard let (connection, state) = open.randomElement(using: &random) else { return }
                open[connection] = nil
                if state.exchange != nil { ended += 1 }
                pool.ended(connection, byVendor: state.exchange == nil, at: now)
            case 5:
                now = max(now + .milliseconds(Int64.random(in: 0...1, using: &random)), wake ?? now)
                if let due = wake, due <= now {
                    wake = nil
                    pool.woke()
                }
            default: break
            }
        }

        private mutating func answer(_ connection: Int) {
            guard let answers = open[connection]?.answers else { return }
            open[connection] = (nil, answers + 1)
            ended += 1
            pool.answered(connection, at: now)
        }

        private mutating func end(_ exchange: Int) {
            #expect(waiting.removeValue(forKey: exchange) != nil, "an exchange ends once")
            ended += 1
        }

        private mutating func carryOut() {
            while let step = pool.next(at: now) {
                switch step {
                case .connect: connecting += 1
                case .begin(let exchange, let connection):
                    let before = waiting.removeValue(forKey: exchange)
                    #expect(before != nil, "an exchange begins once")
                    #expect(
                        open[connection] != nil && open[connection]?.exchange == nil,
                        "over a connection that is free"
                    )
                    if Int.random(in: 0..<8, using: &random) == 0 {
                        (open[connection], waiting[exchange]) = (nil, before)
                        pool.foundClosed(connection, at: now)
                    } else {
                        open[connection]?.exchange = exchange
                    }
                case .fail(let exchange, let failure):
                    #expect(failure == .timeout && (waiting[exchange]?.deadline ?? .distantFuture) <= now)
                    end(exchange)
                case .wake(let time):
                    #expect(time > now, "a wake is later than what can be done now")
                    wake = time
                }
            }
            #expect(open.count + connecting <= most, "no more connections than allowed")
        }
    }

    @Test(arguments: (0..<64).map { UInt64($0) })
    func `each exchange ends once, no connection carries two, and nothing waits for ever`(seed: UInt64) {
        var life = Life(seed: seed)
        life.live(2000)
        #expect(life.waiting.isEmpty)
        #expect(life.ended == life.nextExchange)
    }
}
