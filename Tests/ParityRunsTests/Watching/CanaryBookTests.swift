import Events
import Journal
import Parity
import Testing

@testable import ParityRuns

/// How canaries go on, told the time.
@Suite struct CanaryBookTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)
    private static let every = Duration.seconds(600)

    private static func at(_ seconds: Double) -> Timestamp { start + .milliseconds(Int(seconds * 1000)) }

    private static func slot(_ now: Timestamp) -> Timestamp {
        Timestamp(milliseconds: now.milliseconds - now.milliseconds % 600_000)
    }

    private static func step(_ book: CanaryBook, at seconds: Double) -> CanaryBook.Step {
        book.step(slot: slot(at(seconds)), every: every, at: at(seconds))
    }

    private static func judge(_ book: inout CanaryBook, at seconds: Double, lag: Duration = .seconds(5)) -> Bool {
        book.judge(lag: lag, every: every, provider: "p", at: at(seconds))
    }

    /// A canary that was delivered a second after it was sent.
    private static func delivered() -> CanaryBook {
        var book = CanaryBook()
        book.sent("c", 7, of: start, at: start)
        book.delivered(at: at(1))
        return book
    }

    @Test func `sends one a slot, follows it until it is shown, and measures from the vendor's success`() {
        var book = CanaryBook()
        #expect(Self.step(book, at: 3) == .send(slot: Self.start))
        book.sent("c", 7, of: Self.start, at: Self.at(3))
        guard case .readJournal(let sent) = Self.step(book, at: 4) else {
            Issue.record("another step")
            return
        }
        #expect(sent.sequence == 7)
        book.undelivered(at: Self.at(4))
        #expect(Self.step(book, at: 4.1) == .wait(until: Self.at(4.5)))
        book.delivered(at: Self.at(5))
        guard case .look = Self.step(book, at: 6) else {
            Issue.record("another step")
            return
        }
        book.notShown(at: Self.at(6))
        guard case .wait = Self.step(book, at: 6.1) else {
            Issue.record("another step")
            return
        }
        let lag = book.shown(at: Self.at(8))
        #expect(lag == .seconds(3))
        #expect(book.measuredLag == .seconds(3) && book.visible == 1 && book.sent == nil)
        #expect(Self.step(book, at: 9) == .wait(until: Self.at(600)))
        #expect(Self.step(book, at: 600) == .send(slot: Self.at(600)))
    }

    @Test func `sends none while another is on its way, and none of a slot twice when the clock is set back`() {
        let book = Self.delivered()
        guard case .look = Self.step(book, at: 601) else {
            Issue.record("another step")
            return
        }
        var done = book
        _ = done.shown(at: Self.at(2))
        #expect(Self.step(done, at: -5000) == .wait(until: Self.at(600)))
    }

    @Test func `looks less and less often, and once a minute at last`() {
        var book = Self.delivered()
        var now = 2.0
        for _ in 0..<60 {
            book.notShown(at: Self.at(now))
            now = Double((book.sent!.lookAt - Self.start).wholeMilliseconds) / 1000
        }
        book.notShown(at: Self.at(now))
        #expect(book.sent!.lookAt == Self.at(now + 60))
    }

    @Test func `raises an alarm after ten minutes or five times the lag, and ends it with the next that is shown`() {
        var book = Self.delivered()
        let early = Self.judge(&book, at: 600)
        #expect(!early && book.alarm == nil)
        let isGivenUp = Self.judge(&book, at: 600.1)
        #expect(isGivenUp, "the next one is due")
        #expect(book.alarm?.reason == "the canary of \(Self.start.rfc3339) was not shown by p")
        #expect(book.lost == 1 && book.sent == nil)
        book.sent("d", 8, of: Self.at(600), at: Self.at(601))
        book.delivered(at: Self.at(602))
        #expect(book.alarm?.since == Self.at(600.1))
        _ = book.shown(at: Self.at(603))
        #expect(book.alarm == nil)

        var slow = Self.delivered()
        let slowly = Self.judge(&slow, at: 2999, lag: .seconds(600))
        #expect(!slowly && slow.alarm == nil)
        _ = Self.judge(&slow, at: 3001, lag: .seconds(600))
        #expect(slow.alarm != nil)
    }

    @Test func `keeps one that is not delivered, which others would only wait behind`() {
        var book = CanaryBook()
        book.sent("c", 7, of: Self.start, at: Self.start)
        let isGivenUp = Self.judge(&book, at: 5000)
        #expect(!isGivenUp && book.sent != nil)
        #expect(book.alarm?.reason == "the canary of \(Self.start.rfc3339) was not delivered to p")
    }

    @Test func `raises an alarm at once when the vendor refuses it or it cannot be sent`() {
        var book = Self.delivered()
        book.refused(because: "Lago did not accept the canary: 422", at: Self.at(2))
        #expect(book.rejected == 1 && book.sent == nil && book.alarm?.since == Self.at(2))
        var unsent = CanaryBook()
        unsent.failed(Self.start, because: "no subscription", at: Self.at(1))
        #expect(unsent.alarm?.reason == "no subscription")
        #expect(Self.step(unsent, at: 2) == .wait(until: Self.at(600)))
    }

    @Test func `measures by the nearest rank, and forgets the oldest`() {
        var book = CanaryBook()
        for number in 1...CanaryBook.mostLags + 500 {
            book.sent("c", 7, of: Self.start, at: Self.start)
            book.delivered(at: Self.start)
            _ = book.shown(at: Self.start + .milliseconds(number))
        }
        #expect(book.lags.count == CanaryBook.mostLags)
        #expect(book.measuredLag == .milliseconds(1499))
        #expect(book.report(every: Self.every).lag(perMille: 500) == .milliseconds(1000))
        #expect(book.patience(.seconds(9999)) == .seconds(600), "what is measured counts, not what was configured")
    }

    @Test func `survives a restart`() {
        var book = Self.delivered()
        book.notShown(at: Self.at(2))
        #expect(CanaryBook(book.encoded) == book)
        _ = Self.judge(&book, at: 601)
        #expect(CanaryBook(book.encoded) == book)
        _ = book.shown(at: Self.at(602))
        #expect(CanaryBook(book.encoded) == book)
        #expect(CanaryBook([]) == nil)
    }

    @Test(arguments: ["visible", "lost", "rejected", "looks"], [-1, 1 << 50 + 1, Int64.max, .min])
    func `starts again where a saved count cannot be right`(name: String, count: Int64) throws {
        func saved(_ count: Int64) -> [UInt8] {
            func member(_ member: String) -> String { "\"\(member)\":\(member == name ? count : 1)" }
            let sent = #"{"id":"c","sequence":7,"accepted_at":0,"look_at":0,\#(member("looks"))}"#
            let counts = ["visible", "lost", "rejected"].map(member).joined(separator: ",")
            return Array("{\"sent\":\(sent),\"lags\":[],\(counts)}".utf8)
        }
        var book = try #require(CanaryBook(saved(1 << 50)))
        #expect(book.sent != nil)
        book.delivered(at: Self.start)
        // What is kept can be added to.
        book.notShown(at: Self.at(1))
        _ = book.shown(at: Self.at(2))
        // One that was sent is forgotten alone.
        if name == "looks" {
            #expect(try #require(CanaryBook(saved(count))).sent == nil)
        } else {
            #expect(CanaryBook(saved(count)) == nil)
        }
    }

    @Test func `tells the nearest rank of few`() {
        #expect(CanaryReport.lag(perMille: 999, of: []) == nil)
        #expect(CanaryReport.lag(perMille: 1, of: [.seconds(1), .seconds(2)]) == .seconds(1))
        #expect(CanaryReport.lag(perMille: 501, of: [.seconds(1), .seconds(2)]) == .seconds(2))
    }
}
