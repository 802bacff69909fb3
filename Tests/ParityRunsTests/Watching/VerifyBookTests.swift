import Events
import Journal
import Parity
import Randomness
import Testing

@testable import ParityRuns

/// How reading events back goes on, told the time.
@Suite struct VerifyBookTests {
    private static let start = Timestamp(milliseconds: 1_800_000_000_000)
    private static let lag = Duration.seconds(60)

    private static func at(_ seconds: Int) -> Timestamp { start + .seconds(seconds) }

    private static func event(_ number: Int64, foundAt time: Timestamp) -> LostEvent {
        LostEvent(
            sequence: SequenceNumber(number),
            tenant: "t",
            eventID: EventID("e\(number)"),
            name: "n",
            deliveredAt: start,
            foundAt: time,
            lookAt: time + .seconds(600)
        )
    }

    private static func note(
        _ sighting: VerifyBook.Sighting,
        _ number: Int64 = 1,
        at seconds: Int,
        in book: inout VerifyBook
    ) -> LostEvent? {
        guard let item = book.items.first(where: { $0.sequence.rawValue == number }) else { return nil }
        return book.note(sighting, of: item, event(number, foundAt: at(seconds)), lag: lag, at: at(seconds))
    }

    private func expectNoLoss(_ event: LostEvent?) { #expect(event == nil) }

    private static func book() -> VerifyBook {
        var book = VerifyBook(start: start)
        book.add(1, of: "t", due: at(60))
        book.walkedTo = at(1_000_000)
        return book
    }

    @Test func `takes an event for lost when the vendor does not show it in two looks a lag apart`() {
        var book = Self.book()
        #expect(book.due(at: Self.at(59), limit: 9).isEmpty)
        #expect(book.due(at: Self.at(60), limit: 9).map(\.sequence) == [1])
        expectNoLoss(Self.note(.shown(.nothing), at: 60, in: &book))
        #expect(book.lost.isEmpty && book.due(at: Self.at(119), limit: 9).isEmpty)
        let lost = Self.note(.shown(.nothing), at: 120, in: &book)
        #expect(lost?.eventID == "e1")
        #expect(book.items.isEmpty && book.lost.map(\.eventID) == ["e1"])
        let report = book.report(oneIn: 7, at: Self.at(130)) { _ in false }
        #expect(report.lost(since: Self.at(120)) == 1 && report.lost(since: Self.at(121)) == 0)
        #expect(report.verified(since: Self.at(0)) == 1 && report.oneIn == 7)
        let accepted = book.report(oneIn: 7, at: Self.at(130)) { $0 == "n" }
        #expect(accepted.lost.isEmpty && accepted.accepted == 1)
    }

    @Test(arguments: [LookupSighting.same, .other])
    func `is content with an event that is shown, at the first look or the second`(what: LookupSighting) {
        for isLate in [false, true] {
            var book = Self.book()
            if isLate { expectNoLoss(Self.note(.shown(.nothing), at: 60, in: &book)) }
            expectNoLoss(Self.note(.shown(what), at: 120, in: &book))
            #expect(book.items.isEmpty && book.lost.isEmpty)
            let report = book.report(oneIn: 1, at: Self.at(120)) { _ in false }
            #expect(report.verified(since: Self.start) == 1)
            #expect(report.different(since: Self.start) == (what == .other ? 1 : 0))
        }
    }

    @Test func `waits for the delivery and for the lag after it, and is not late meanwhile`() {
        var book = Self.book()
        expectNoLoss(Self.note(.undelivered, at: 60, in: &book))
        #expect(book.due(at: Self.at(100), limit: 9).isEmpty && book.checkedUpTo(at: Self.at(100)) == Self.at(100))
        expectNoLoss(Self.note(.tooYoung(until: Self.at(500)), at: 120, in: &book))
        #expect(book.due(at: Self.at(499), limit: 9).isEmpty && !book.due(at: Self.at(500), limit: 9).isEmpty)
        #expect(book.checkedUpTo(at: Self.at(499)) == Self.at(499))
        expectNoLoss(Self.note(.nothingToRead, at: 500, in: &book))
        #expect(book.items.isEmpty)
    }

    @Test func `is behind while the vendor cannot be read, tries again after a pause, and says why`() {
        var book = Self.book()
        expectNoLoss(Self.note(.unread("401"), at: 60, in: &book))
        #expect(book.fault == "401" && book.due(at: Self.at(64), limit: 9).isEmpty)
        #expect(book.due(at: Self.at(65), limit: 9).count == 1)
        #expect(book.checkedUpTo(at: Self.at(5000)) == Self.at(60))
        let report = book.report(oneIn: 1, at: Self.at(5000)) { _ in false }
        let problem = "events of p were read back up to \(Self.at(60).rfc3339) only: 401"
        #expect(report.problem(at: "p", now: Self.at(5000)) == problem)
        expectNoLoss(Self.note(.shown(.same), at: 5000, in: &book))
        #expect(book.fault == nil && book.checkedUpTo(at: Self.at(5001)) == Self.at(5001))
    }

    @Test func `is behind while the walk is`() {
        var book = VerifyBook(start: Self.start)
        #expect(book.checkedUpTo(at: Self.at(9)) == Self.start)
        book.walkedTo = Self.at(5)
        #expect(book.checkedUpTo(at: Self.at(9)) == Self.at(5))
    }

    @Test func `asks again for a lost event, and forgets it once it is shown`() {
        var book = Self.book()
        _ = Self.note(.shown(.nothing), at: 60, in: &book)
        _ = Self.note(.shown(.nothing), at: 120, in: &book)
        let lost = book.lost[0]
        #expect(book.dueLost(at: Self.at(719), limit: 9).isEmpty && book.dueLost(at: Self.at(720), limit: 9) == [lost])
        let isThere = book.note(.shown(.nothing), ofLost: lost, lag: Self.lag, at: Self.at(720))
        #expect(!isThere)
        #expect(book.dueLost(at: Self.at(1319), limit: 9).isEmpty)
        let isBack = book.note(.shown(.same), ofLost: lost, lag: Self.lag, at: Self.at(1320))
        #expect(isBack)
        #expect(book.lost.isEmpty)
    }

    @Test func `has room for a limited number of events, and keeps a limited number of losses and hours`() {
        var book = VerifyBook(start: Self.start)
        for number in 1...Int64(VerifyBook.mostItems) { book.add(SequenceNumber(number), of: "t", due: Self.start) }
        #expect(!book.hasRoom)
        for hour in 0..<VerifyBook.mostHours + 50 {
            for _ in 0..<2 {
                let number = Int64(1_000_000 + hour)
                book.add(SequenceNumber(number), of: "t", due: Self.start)
                let item = book.items.last!
                _ = book.note(
                    .shown(.nothing),
                    of: item,
                    Self.event(number, foundAt: Self.start),
                    lag: Self.lag,
                    at: Self.at(hour * 3600)
                )
            }
        }
        #expect(book.hours.count == VerifyBook.mostHours && book.lost.count <= VerifyBook.mostLost)
    }

    /// What is read of what was written continues in the same way.
    @Test(arguments: 0..<50 as Range<UInt64>)
    func `survives a restart in any state`(seed: UInt64) throws {
        var random = SplitMix(seed: seed)
        var book = VerifyBook(start: Self.start)
        book.position = JournalPosition(SequenceNumber(Int64(seed) + 1), inStream: UInt16(seed % 3))
        for step in 0..<40 {
            let now = Self.at(step * 400)
            book.walkedTo = now
            book.add(SequenceNumber(Int64(step) + 1), of: "a\"b", due: now)
            for item in book.due(at: now, limit: 3) {
                let sightings: [VerifyBook.Sighting] = [
                    .nothingToRead, .undelivered, .tooYoung(until: now + .seconds(5)), .shown(.nothing),
                    .shown(.nothing), .shown(.same), .shown(.other),
                ]
                let event = Self.event(item.sequence.rawValue, foundAt: now)
                _ = book.note(sightings.randomElement(using: &random)!, of: item, event, lag: Self.lag, at: now)
            }
        }
        let now = Self.at(40 * 400)
        #expect(VerifyBook(book.encoded(at: now)) == book)
        #expect(VerifyBook(Array("{}".utf8)) == nil && VerifyBook([]) == nil)
    }

    /// Counts of a file or a database that somebody else has written must not stop the gateway when they are added up.
    @Test(arguments: ["verified", "different", "lost"], [-1, 1 << 50 + 1, Int64.max, .min])
    func `leaves out a saved hour whose counts cannot be right`(name: String, count: Int64) throws {
        func saved(_ count: Int64) -> [UInt8] {
            let counts = ["verified", "different", "lost"].map { "\"\($0)\":\($0 == name ? count : 1)" }
            let hour = "{\"start\":\(Self.start.milliseconds),\(counts.joined(separator: ","))}"
            return Array("{\"start\":0,\"walked_to\":0,\"items\":[],\"lost\":[],\"hours\":[\(hour),\(hour)]}".utf8)
        }
        #expect(try #require(VerifyBook(saved(count))).hours.isEmpty)
        let report = try #require(VerifyBook(saved(1 << 50))).report(oneIn: 1, at: Self.start) { _ in false }
        #expect(report.verified(since: Self.start) == (name == "verified" ? 1 << 51 : 2))
    }

    @Test func `reads no more hours than it keeps`() throws {
        let hours = (0..<VerifyBook.mostHours + 1).map {
            "{\"start\":\($0 * 3_600_000),\"verified\":\(Int64(1) << 50),\"different\":0,\"lost\":0}"
        }
        let text = "{\"start\":0,\"walked_to\":0,\"items\":[],\"lost\":[],\"hours\":[\(hours.joined(separator: ","))]}"
        let book = try #require(VerifyBook(Array(text.utf8)))
        #expect(book.hours.count == VerifyBook.mostHours && book.hours.first?.start.milliseconds == 3_600_000)
        let report = book.report(oneIn: 1, at: Self.start) { _ in false }
        #expect(report.verified(since: Timestamp(milliseconds: 0)) == VerifyBook.mostHours << 50)
    }
}
