import Access
import Dashboard
import Events
import Testing

@Suite struct SessionTableTests {
    let start = ContinuousClock.now
    let key = KeyDigest(of: "key")

    private func token(_ number: Int) -> KeyDigest { KeyDigest(of: "token \(number)") }

    @Test func `knows a session until it was unused for half an hour`() {
        var table = SessionTable()
        table.open(token(1), with: key, at: start)
        #expect(table.use(token(1), at: start + .seconds(1799))?.key == key)
        #expect(table.use(token(1), at: start + .seconds(2 * 1799))?.key == key)
        #expect(table.use(token(1), at: start + .seconds(2 * 1799 + 1800)) == nil)
        #expect(table.count == 0)
    }

    @Test func `ends a session after twelve hours of use`() {
        var table = SessionTable()
        table.open(token(1), with: key, at: start)
        for minute in stride(from: 20, to: 720, by: 20) {
            #expect(table.use(token(1), at: start + .seconds(minute * 60)) != nil)
        }
        #expect(table.use(token(1), at: start + .seconds(720 * 60)) == nil)
    }

    @Test func `does not count a look as a use`() {
        var table = SessionTable()
        table.open(token(1), with: key, at: start)
        #expect(table.isOpen(token(1), at: start + .seconds(1799)))
        #expect(!table.isOpen(token(1), at: start + .seconds(1800)))
        #expect(table.use(token(1), at: start + .seconds(1800)) == nil)
    }

    @Test func `goes on with a session that another gateway has opened`() {
        var table = SessionTable()
        table.open(token(1), with: key, at: start, used: start + .seconds(3000))
        #expect(table.open(at: start + .seconds(4000)) == [token(1): start + .seconds(3000)])
        #expect(table.isOpen(token(1), at: start + .seconds(4799)))
        #expect(table.open(at: start + .seconds(4800)).isEmpty)
    }

    @Test func `closes the one that is asked for, and no other`() {
        var table = SessionTable()
        table.open(token(1), with: key, at: start)
        table.open(token(2), with: key, at: start)
        table.close(token(1))
        table.close(token(3))
        #expect(table.use(token(1), at: start) == nil)
        #expect(table.use(token(2), at: start) != nil)
        #expect(!table.isOpen(token(1), at: start))
    }

    @Test func `knows no token that it did not give`() {
        var table = SessionTable()
        #expect(table.use(token(1), at: start) == nil)
        table.open(token(1), with: key, at: start)
        #expect(table.use(token(2), at: start) == nil)
        // The digest of the key is not a token.
        #expect(table.use(key, at: start) == nil)
    }

    @Test func `keeps a thousand, and lets the one go that was unused longest`() {
        var table = SessionTable()
        for number in 0..<SessionTable.limit {
            table.open(token(number), with: key, at: start + .milliseconds(number))
        }
        #expect(table.use(token(0), at: start + .seconds(2)) != nil)
        table.open(token(5000), with: key, at: start + .seconds(3))
        #expect(table.count == SessionTable.limit)
        #expect(table.isOpen(token(0), at: start + .seconds(3)))
        #expect(!table.isOpen(token(1), at: start + .seconds(3)))
        #expect(table.isOpen(token(2), at: start + .seconds(3)))
    }

    @Test func `drops ended ones before open ones`() {
        var table = SessionTable()
        for number in 0..<(SessionTable.limit - 1) { table.open(token(number), with: key, at: start) }
        table.open(token(5000), with: key, at: start + .seconds(1700))
        table.open(token(5001), with: key, at: start + .seconds(1801))
        #expect(table.count == 2)
        #expect(table.isOpen(token(5000), at: start + .seconds(1801)))
    }

    @Test func `makes tokens of 256 bits that differ, and reads nothing else`() throws {
        let tokens = (0..<100).map { _ in SessionToken.make().reveal() }
        #expect(Set(tokens).count == 100)
        #expect(tokens.allSatisfy { $0.utf8.count == 64 })
        #expect(try #require(SessionToken.digest(of: tokens[0])) == KeyDigest(of: tokens[0]))
        for text in ["", "abc", tokens[0].uppercased() + "0", String(tokens[0].dropLast()) + "g", tokens[0] + "0"] {
            #expect(SessionToken.digest(of: text) == nil)
        }
    }
}
