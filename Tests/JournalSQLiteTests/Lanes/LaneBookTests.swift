import Events
import Journal
import JournalFormat
import Testing

@testable import JournalSQLite

@Suite struct LaneBookTests {
    @Test func `what was read for a backfill is kept until it has ended`() throws {
        let account = LaneAccount(lane: LaneNumber(1), number: 7, provider: "polar", adapter: "polar")
        let entry = LaneBook.Entry(account: account, filter: LaneFilter(), first: 0, state: .running)
        let book = LaneBook([entry])
        book.keep(LaneStretch(after: 0), followedBy: nil, of: account.name)
        book.change(account.name, to: .paused, through: 9)
        #expect(book.entry(of: account.name)?.prepared != nil)
        book.change(account.name, to: .done, through: 9)
        #expect(book.entry(of: account.name)?.prepared == nil)
        #expect(book.entry(of: account.name)?.state == .done)
    }
}
