import Events
import Journal
import Parity
import Testing

@testable import ParityRuns

/// What was saved of watching a provider, as another version, a damaged file or a clock of yesterday has it.
@Suite struct SavedBooksTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)

    private static func verify(_ members: String) -> VerifyBook? {
        VerifyBook(Array("{\"start\":0,\"walked_to\":0,\(members)}".utf8))
    }

    private static let empty = #""items":[],"lost":[],"hours":[]"#

    // MARK: Verify

    @Test(
        arguments: [
            "", "null", "[]", "{}", "{\"start\":0}", #"{"start":"0","walked_to":0,"items":[],"lost":[],"hours":[]}"#,
            #"{"start":0,"walked_to":0.5,"items":[],"lost":[],"hours":[]}"#,
            #"{"start":0,"walked_to":0,"lost":[],"hours":[]}"#, #"{"start":0,"walked_to":0,"items":[],"hours":[]}"#,
            #"{"start":0,"walked_to":0,"items":[],"lost":[]}"#,
            #"{"start":0,"walked_to":0,"items":[],"lost":[],"hours":["#,
        ]
    )
    func `reading back starts again where the book cannot be read`(text: String) {
        #expect(VerifyBook(Array(text.utf8)) == nil)
    }

    @Test func `leaves out events and losses that are incomplete, and keeps the others`() throws {
        let book = try #require(
            Self.verify(
                #"""
                "items":[{"sequence":1,"tenant":"t","due":5},{"tenant":"t","due":5},{"sequence":2,"due":5},
                 {"sequence":3,"tenant":"t"},{"sequence":"4","tenant":"t","due":5},7,
                 {"sequence":5,"tenant":"t","due":6,"absent_at":3}],
                "lost":[{"sequence":1,"tenant":"t","id":"e","name":"n","delivered_at":1,"found_at":2,"look_at":3},
                 {"sequence":2,"tenant":"t","id":"e","name":"n","delivered_at":1,"found_at":2},null],
                "hours":[{"start":0,"verified":1,"different":0,"lost":0},{"start":0,"verified":1}]
                """#
            )
        )
        #expect(book.items.map(\.sequence) == [1, 5])
        #expect(book.items.map(\.absentAt) == [nil, Timestamp(milliseconds: 3)])
        #expect(book.lost.map(\.sequence) == [1] && book.lost[0].lookAt == Timestamp(milliseconds: 3))
        #expect(book.hours == [VerifyReport.Hour(start: Timestamp(milliseconds: 0), verified: 1)])
        #expect(book.position == nil && book.fault == nil)
    }

    @Test func `keeps no more events and losses than it has room for`() throws {
        let most = VerifyBook.mostItems + VerifyBook.pieceSize
        let items = (0..<most + 9).map { "{\"sequence\":\($0),\"tenant\":\"t\",\"due\":5}" }
        let lost = (0..<VerifyBook.mostLost + 9).map {
            "{\"sequence\":\($0),\"tenant\":\"t\",\"id\":\"e\",\"name\":\"n\",\"delivered_at\":1,\"found_at\":2,\"look_at\":3}"
        }
        let text = "\"items\":[\(items.joined(separator: ","))],\"lost\":[\(lost.joined(separator: ","))],\"hours\":[]"
        let book = try #require(Self.verify(text))
        #expect(book.items.count == most && book.items.first?.sequence == 0)
        #expect(book.lost.count == VerifyBook.mostLost && book.lost.first?.sequence == 9, "the oldest go")
        #expect(!book.hasRoom)
    }

    /// A piece of the journal may fill it far beyond the number at which the walk waits; the walk does not come back to these.
    @Test func `forgets no event of a full book when it is read again`() throws {
        var book = VerifyBook(start: Self.now)
        for number in 0..<Int64(VerifyBook.mostItems + 700) { book.add(SequenceNumber(number), of: "t", due: Self.now) }
        let again = try #require(VerifyBook(book.encoded(at: Self.now)))
        #expect(again == book && again.items.count == VerifyBook.mostItems + 700)
    }

    /// Of another gateway's clock: what it has walked to lies in the future here.
    @Test func `says no more than it knows when it is saved`() throws {
        var book = VerifyBook(start: Self.now)
        book.walkedTo = Self.now + .seconds(60)
        let saved = try #require(VerifyBook(book.encoded(at: Self.now)))
        #expect(saved.walkedTo == Self.now && saved.start == Self.now)
        #expect(book.checkedUpTo(at: Self.now) == Self.now)
    }

    @Test(arguments: ["", "not a position", "7"])
    func `takes a position that it does not understand for the start`(position: String) throws {
        let book = try #require(Self.verify("\"position\":\"\(position)\",\(Self.empty)"))
        #expect(book.position == JournalPosition(position))
    }

    @Test func `tells of losses that nobody has accepted, and counts the others`() throws {
        let lost = ["api", "disk", "api"].enumerated().map {
            "{\"sequence\":\($0.offset),\"tenant\":\"t\",\"id\":\"e\",\"name\":\"\($0.element)\",\"delivered_at\":1,"
                + "\"found_at\":2,\"look_at\":3}"
        }
        let book = try #require(
            Self.verify("\"items\":[],\"lost\":[\(lost.joined(separator: ","))],\"hours\":[],\"fault\":\"HTTP 401\"")
        )
        let report = book.report(oneIn: 100, at: Self.now) { $0 == "api" }
        #expect(report.lost.map(\.name) == ["disk"] && report.accepted == 2 && report.waiting == 0)
        #expect(report.fault == "HTTP 401" && report.oneIn == 100)
    }

    // MARK: Canaries

    private static func canary(_ members: String) -> CanaryBook? { CanaryBook(Array("{\(members)}".utf8)) }

    @Test(
        arguments: [
            "", #""lags":[]"#, #""visible":0,"lost":0,"rejected":0"#, #""lags":[],"visible":0.5,"lost":0,"rejected":0"#,
            #""lags":[],"visible":"0","lost":0,"rejected":0"#, #""lags":[],"lost":0,"rejected":0"#,
        ]
    )
    func `canaries start again where the book cannot be read`(members: String) {
        #expect(Self.canary(members) == nil)
    }

    @Test func `a measurement is within a day, and what is none is left out`() throws {
        let book = try #require(
            Self.canary(#""lags":[-5,0,7,"8",null,1e3,86400001,9223372036854775807],"visible":0,"lost":0,"rejected":0"#)
        )
        let day = CanaryBook.longestLag
        #expect(book.lags == [.zero, .zero, .milliseconds(7), day, day])
        #expect(book.measuredLag == day)
    }

    @Test func `keeps the latest measurements`() throws {
        let lags = (0..<CanaryBook.mostLags + 5).map { "\($0)" }.joined(separator: ",")
        let book = try #require(Self.canary(#""lags":[\#(lags)],"visible":0,"lost":0,"rejected":0"#))
        #expect(book.lags.count == CanaryBook.mostLags && book.lags.first == .milliseconds(5))
    }

    /// One that is on its way, or an alarm, that lacks something: it is forgotten alone.
    @Test func `forgets what is incomplete`() throws {
        let rest = #""lags":[],"visible":2,"lost":1,"rejected":0"#
        let book = try #require(
            Self.canary(#""sent":{"id":"c","sequence":7,"accepted_at":0},"alarm":{"since":5},"slot":9,\#(rest)"#)
        )
        #expect(book.sent == nil && book.alarm == nil && book.slot == Timestamp(milliseconds: 9))
        #expect(book.visible == 2 && book.lost == 1)
    }

    @Test func `forgets one that vanished, and sends the next`() {
        var book = CanaryBook()
        book.sent("c", 7, of: Self.now, at: Self.now)
        book.vanished()
        let next = Self.now + .seconds(600)
        #expect(book.step(slot: Self.now, every: .seconds(600), at: Self.now) == .wait(until: next))
        #expect(book.step(slot: next, every: .seconds(600), at: next) == .send(slot: next))
        #expect(book.lost == 0 && book.rejected == 0 && book.alarm == nil)
    }

    @Test func `says nothing of a look without a canary`() {
        var book = CanaryBook()
        book.notShown(at: Self.now)
        book.undelivered(at: Self.now)
        #expect(book == CanaryBook())
        let isAbandoned = book.judge(lag: .seconds(1), every: .seconds(1), provider: "p", at: Self.now)
        #expect(!isAbandoned && book.alarm == nil)
    }

    @Test func `keeps since when there is an alarm, and tells the newest reason`() {
        var book = CanaryBook()
        book.failed(Self.now, because: "no subscription", at: Self.now)
        book.failed(Self.now + .seconds(600), because: "no customer", at: Self.now + .seconds(600))
        let report = book.report(every: .seconds(600))
        #expect(report.alarm == CanaryReport.Alarm(since: Self.now, reason: "no customer"))
        #expect(report.sentAt == nil && report.visibleAt == nil && report.every == .seconds(600))
    }
}
