import Events
import Journal
import Randomness
import Testing

@testable import JournalPostgres

@Suite struct DatabaseClockTests {
    private static let sent = Timestamp(milliseconds: 1_790_000_000_000)

    @Test func `agrees with this machine until it has been measured`() {
        let clock = DatabaseClock()
        #expect(clock.ahead == 0 && clock.difference == .small)
    }

    /// The database reads its clock somewhere between the question and the answer.
    @Test(arguments: 1...30)
    func `is as far from the truth as half of the call took, at most`(seed: UInt64) {
        var random = SplitMix(seed: seed)
        let clock = DatabaseClock()
        for _ in 0..<100 {
            let ahead = Int64.random(in: -100_000...100_000, using: &random)
            let took = Int64.random(in: 0...5000, using: &random)
            let read = Int64.random(in: 0...took, using: &random)
            clock.measured(
                database: Self.sent.milliseconds + read + ahead,
                sent: Self.sent,
                received: Self.sent + .milliseconds(took)
            )
            #expect(abs(clock.ahead - ahead) <= took / 2 + took % 2)
            // What may be the call's length alone is no difference: one second is noticeable, 30 are too many.
            let certain = abs(clock.ahead) - took
            switch clock.difference {
            case .small: #expect(certain < 1000)
            case .noticeable(let difference):
                #expect((1000..<30_000).contains(certain) && difference == .milliseconds(clock.ahead))
            case .large(let difference): #expect(certain >= 30_000 && difference == .milliseconds(clock.ahead))
            }
        }
    }

    @Test func `shows its own time by this machine's clock and the difference`() {
        let clock = DatabaseClock()
        let before = SystemWallClock().now
        clock.measured(database: before.milliseconds + 3_600_000, sent: before, received: before)
        let (shown, after) = (clock.now, SystemWallClock().now)
        #expect(shown >= before + .seconds(3600) && shown <= after + .seconds(3600))
    }

    /// This machine's clock may be set back between the question and the answer.
    @Test func `counts an answer that arrives before its question as one that took no time`() {
        let clock = DatabaseClock()
        clock.measured(database: 31_000, sent: Timestamp(milliseconds: 2000), received: Timestamp(milliseconds: 0))
        #expect(clock.ahead == 30_000 && clock.difference == .large(.seconds(30)))
    }

    @Test(arguments: [Int64.min, Int64.min + 1, Int64.max - 1, Int64.max])
    func `survives any answer, and shows a time of the calendar`(database: Int64) {
        for sent in [Timestamp(milliseconds: .min), Timestamp(milliseconds: 0), Timestamp(milliseconds: .max)] {
            for received in [Timestamp(milliseconds: .min), Timestamp(milliseconds: 0), Timestamp(milliseconds: .max)] {
                let clock = DatabaseClock()
                clock.measured(database: database, sent: sent, received: received)
                #expect(Timestamp.range.contains(clock.now.milliseconds))
            }
        }
    }

    @Test func `keeps what it knows if an answer cannot be right`() {
        let clock = DatabaseClock()
        clock.measured(database: Self.sent.milliseconds + 7, sent: Self.sent, received: Self.sent)
        clock.measured(database: .min, sent: Self.sent, received: Self.sent)
        #expect(clock.ahead == 7)
    }
}
