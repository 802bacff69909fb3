import Access
import Dashboard
import Events
import Randomness
import Testing

/// Sessions and sign-ins beside lists of all that has happened.
@Suite struct SessionModelTests {
    private let start = ContinuousClock.now

    /// DASHBOARD.md, section 5: 30 minutes idle, 12 hours at most, signing out ends one.
    private struct Known {
        let key: KeyDigest
        let opened: Int
        var used: Int

        func isOpen(at now: Int) -> Bool { now - used < 30 * 60 && now - opened < 12 * 3600 }
    }

    private func instant(_ second: Int) -> ContinuousClock.Instant { start + .seconds(second) }

    @Test(arguments: 1...30)
    func `a session is open for half an hour after its last use, and for twelve hours at most`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var (table, model, now) = (SessionTable(), [Int: Known](), 0)
        for step in 0..<600 {
            now += Int.random(in: 0...900, using: &random)
            let number = Int.random(in: 0..<12, using: &random)
            let token = KeyDigest(of: "token \(number)")
            switch Int.random(in: 0..<10, using: &random) {
            case 0, 1:
                let key = KeyDigest(of: "key \(step)")
                table.open(token, with: key, at: instant(now))
                model[number] = Known(key: key, opened: now, used: now)
            case 2:
                table.close(token)
                model[number] = nil
            case 3:
                // Another gateway has opened it, and has seen it used until now.
                let opened = now - Int.random(in: 0...1000, using: &random)
                let key = KeyDigest(of: "key \(step)")
                table.open(token, with: key, at: instant(opened), used: instant(now))
                model[number] = Known(key: key, opened: opened, used: now)
            case 4, 5, 6:
                let used = table.use(token, at: instant(now))
                let isOpen = model[number]?.isOpen(at: now) ?? false
                #expect((used != nil) == isOpen)
                #expect(used?.key == (isOpen ? model[number]?.key : nil))
                if isOpen { model[number]?.used = now }
            default:
                #expect(table.isOpen(token, at: instant(now)) == (model[number]?.isOpen(at: now) ?? false))
            }
            let open = model.filter { $0.value.isOpen(at: now) }
            let shown = table.open(at: instant(now))
            #expect(shown.count == open.count)
            for (number, known) in open {
                #expect(shown[KeyDigest(of: "token \(number)")] == instant(known.used))
            }
        }
    }

    @Test(arguments: 1...10)
    func `has a thousand sessions at most, whatever happens`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var (table, now) = (SessionTable(), 0)
        for step in 0..<3000 {
            now += Int.random(in: 0...3, using: &random)
            let token = KeyDigest(of: "token \(step)")
            table.open(token, with: KeyDigest(of: "key"), at: instant(now))
            #expect(table.isOpen(token, at: instant(now)), "the newest is there")
            #expect(table.count <= 1000)
        }
        #expect(table.count == 1000)
    }

    /// DASHBOARD.md, section 5: five tries a minute and address.
    @Test(arguments: 1...30)
    func `an address has five tries in any minute`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        var (tries, allowed, now) = (SignInTries(), [String: [Int]](), 0)
        for _ in 0..<400 {
            now += Int.random(in: 0...20, using: &random)
            let address: String? = ["a", "b", "::1", nil].randomElement(using: &random) ?? nil
            let recent = allowed[address ?? "", default: []].filter { now - $0 < 60 }
            let wait = tries.count(from: address, at: instant(now))
            if recent.count < 5 {
                #expect(wait == nil)
                allowed[address ?? "", default: []].append(now)
            } else {
                // As long as the oldest of the five still counts.
                #expect(wait == .seconds(60 - (now - recent[0])))
            }
        }
    }

    /// Whoever has many addresses gets no more tries by that, and locks nobody out who has tried before.
    @Test func `addresses beyond a thousand share one count`() {
        var tries = SignInTries()
        for number in 0..<1000 { #expect(tries.count(from: "address \(number)", at: start) == nil) }
        var allowed = 0
        for number in 1000..<2000 where tries.count(from: "address \(number)", at: start) == nil { allowed += 1 }
        #expect(allowed == 5)
        for _ in 0..<4 { #expect(tries.count(from: "address 7", at: start) == nil) }
        #expect(tries.count(from: "address 7", at: start) == .seconds(60))
        // A minute later all are forgotten.
        #expect(tries.count(from: "address 5000", at: start + .seconds(60)) == nil)
    }
}
