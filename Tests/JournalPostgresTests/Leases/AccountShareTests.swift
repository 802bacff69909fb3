import Events
import Randomness
import Testing

@testable import JournalPostgres

@Suite struct AccountShareTests {
    private typealias Account = AccountShare.Account
    private let start = ContinuousClock.now

    private func accounts(_ holders: [Account.Holder], wanted: Bool = true) -> [Account] {
        holders.enumerated().map { Account(number: Int32($0 + 1), holder: $1, isWanted: wanted) }
    }

    @Test func `takes its share at once, and the rest when nobody has taken it for a second`() {
        var share = AccountShare()
        let free = accounts([.nobody, .nobody, .nobody])
        #expect(share.decide(free, nodes: 2, at: start).take == [1, 2])
        #expect(share.decide(free, nodes: 2, at: start + .milliseconds(999)).take == [1, 2])
        #expect(share.decide(free, nodes: 2, at: start + .seconds(1)).take == [1, 2, 3])
    }

    @Test func `takes nothing that nobody here delivers to`() {
        var share = AccountShare()
        let free = accounts([.nobody, .nobody], wanted: false)
        #expect(share.decide(free, nodes: 1, at: start) == AccountShare.Decision())
        #expect(share.decide(free, nodes: 1, at: start + .seconds(9)) == AccountShare.Decision())
    }

    /// All combinations of holders of four accounts and up to four nodes.
    @Test func `never takes what others hold, nor more than its share before a second has passed`() {
        let holders: [Account.Holder] = [.nobody, .me, .other]
        for code in 0..<81 {
            let chosen = (0..<4).map { holders[code / [1, 3, 9, 27][$0] % 3] }
            for nodes in 0...4 {
                var share = AccountShare()
                let decision = share.decide(accounts(chosen), nodes: nodes, at: start)
                let mine = chosen.count { $0 == .me }
                let fair = (4 + max(1, nodes) - 1) / max(1, nodes)
                #expect(decision.take.allSatisfy { chosen[Int($0) - 1] == .nobody })
                #expect(decision.letGo.allSatisfy { chosen[Int($0) - 1] == .me })
                #expect(decision.take.isEmpty || mine + decision.take.count <= fair)
                #expect(decision.letGo.count <= 1)
                #expect(decision.letGo.isEmpty == !(mine > fair && nodes > 1))
            }
        }
    }

    @Test func `lets one account go at a time, every few seconds`() {
        var share = AccountShare()
        let mine = accounts([.me, .me, .me, .me])
        #expect(share.decide(mine, nodes: 2, at: start).letGo == [4])
        #expect(share.decide(mine, nodes: 2, at: start + .seconds(1)).letGo == [])
        let left = accounts([.me, .me, .me, .other])
        #expect(share.decide(left, nodes: 2, at: start + .seconds(2)).letGo == [])
        #expect(share.decide(left, nodes: 2, at: start + .seconds(3)).letGo == [3])
    }

    @Test func `keeps an account for a minute that has come back because no other node delivers to it`() {
        var share = AccountShare()
        #expect(share.decide(accounts([.me, .me]), nodes: 2, at: start).letGo == [2])
        _ = share.decide(accounts([.me, .nobody]), nodes: 2, at: start + .seconds(1))
        #expect(share.decide(accounts([.me, .nobody]), nodes: 2, at: start + .seconds(2)).take == [2])
        let back = accounts([.me, .me])
        #expect(share.decide(back, nodes: 2, at: start + .seconds(5)).letGo == [1], "the other one is tried next")
        _ = share.decide(accounts([.nobody, .me]), nodes: 2, at: start + .seconds(6))
        for second in 7..<65 { #expect(share.decide(back, nodes: 2, at: start + .seconds(second)).letGo == []) }
        #expect(share.decide(back, nodes: 2, at: start + .seconds(65)).letGo == [2], "after a minute")
    }

    @Test func `gives up everything when an operator wants it`() {
        var share = AccountShare()
        let decision = share.decide(accounts([.me, .nobody, .me]), nodes: 2, isDraining: true, at: start)
        #expect(decision == AccountShare.Decision(take: [], letGo: [1, 3]))
    }

    @Test(arguments: [
        (Account.Holder.nobody, Account.Holder.me, true, [Int32(2)], [Int32]()),
        (.nobody, .me, false, [], []), (.nobody, .other, true, [], []), (.me, .other, true, [], [2]),
        (.me, .me, true, [], []), (.me, .nobody, true, [], []), (.other, .me, true, [], []),
    ])
    private func `brings a lane to where its provider's account is`(
        lane: Account.Holder,
        provider: Account.Holder,
        isWanted: Bool,
        take: [Int32],
        letGo: [Int32]
    ) {
        var share = AccountShare()
        let both = [
            Account(number: 1, holder: provider, isWanted: false),
            Account(number: 2, holder: lane, isWanted: isWanted, provider: 1),
        ]
        #expect(share.decide(both, nodes: 2, at: start) == AccountShare.Decision(take: take, letGo: letGo))
    }

    /// Nodes that come and go, each looking now and then, some with routes of their own.
    @Test(arguments: 1...30)
    func `shares accounts out among nodes, and comes to rest`(seed: UInt64) {
        var town = Town(seed: seed)
        for _ in 0..<400 { town.step() }
        town.settleDown()
        #expect(town.free.isEmpty, "what somebody delivers to is held")
        let counts = town.counts
        let share = (Int(town.count) + town.nodes.count - 1) / town.nodes.count
        if town.allDeliverToAll { #expect(counts.allSatisfy { $0 <= share }, "\(counts)") }
        let changes = town.changes
        for _ in 0..<100 { town.look() }
        #expect(town.changes - changes <= 4, "accounts wander about")
    }
}

/// Some nodes and who holds what, without a database.
private struct Town {
    struct Node {
        var share = AccountShare()
        let wants: Set<Int32>
    }

    var random: SplitMix
    var now = ContinuousClock.now
    var nodes: [Int: Node] = [:]
    var holders: [Int32: Int] = [:]
    var changes = 0
    let count: Int32
    let allDeliverToAll: Bool
    private var nextNode = 0

    init(seed: UInt64) {
        random = SplitMix(seed: seed)
        count = Int32.random(in: 1...9, using: &random)
        allDeliverToAll = seed % 2 == 0
        join()
    }

    var counts: [Int] { nodes.keys.map { node in holders.count { $0.value == node } } }

    var free: [Int32] {
        (1...count).filter { account in
            holders[account] == nil && nodes.values.contains { $0.wants.contains(account) }
        }
    }

    mutating func step() {
        switch Int.random(in: 0..<40, using: &random) {
        case 0 where nodes.count < 5: join()
        case 1 where nodes.count > 1:
            guard let node = nodes.keys.sorted().randomElement(using: &random) else { return }
            nodes[node] = nil
            holders = holders.filter { $0.value != node }
        default: look()
        }
    }

    mutating func settleDown() {
        for _ in 0..<600 { look() }
    }

    private mutating func join() {
        let wants = allDeliverToAll ? Set(1...count) : Set((1...count).filter { _ in Bool.random(using: &random) })
        nodes[nextNode] = Node(wants: wants)
        nextNode += 1
    }

    /// Each node looks once, in some order.
    mutating func look() {
        now += .milliseconds(Int.random(in: 100...300, using: &random))
        for number in nodes.keys.sorted().shuffled(using: &random) {
            guard var node = nodes[number] else { continue }
            let accounts = (1...count).map { account in
                AccountShare.Account(
                    number: account,
                    holder: holders[account].map { $0 == number ? .me : .other } ?? .nobody,
                    isWanted: node.wants.contains(account)
                )
            }
            let decision = node.share.decide(accounts, nodes: nodes.count, at: now)
            nodes[number] = node
            for account in decision.take where holders[account] == nil {
                holders[account] = number
                changes += 1
            }
            for account in decision.letGo {
                holders[account] = nil
                changes += 1
            }
        }
    }
}
