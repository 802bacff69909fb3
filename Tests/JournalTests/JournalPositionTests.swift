import Events
import Journal
import Testing

@Suite struct JournalPositionTests {
    @Test(arguments: [
        JournalPosition.start, JournalPosition(17), JournalPosition(17).advanced(to: 9, inStream: 3),
        JournalPosition(1, inStream: 1023).advanced(to: SequenceNumber.largest, inStream: 2),
    ])
    func `is the same after it was written and read`(position: JournalPosition) {
        #expect(JournalPosition(position.text) == position)
    }

    @Test(arguments: [
        (JournalPosition(17), "17"), (JournalPosition(17).advanced(to: 9, inStream: 3), "0:17,3:9"), (.start, "0"),
    ])
    func `has a short text`(position: JournalPosition, text: String) {
        #expect(position.text == text)
    }

    @Test(arguments: [
        "", "-1", "+1", " 1", "1 ", "0x1", "1:", ":1", "1:2:3", "1:2,", ",", "1:2,1:3", "65536:1",
        "1:9223372036854775808",
        "9223372036854775807", "1:-2", "a:1", "\u{661}",
    ])
    func `reads nothing that it has not written`(text: String) {
        #expect(JournalPosition(text) == nil)
    }

    @Test func `reads no endless list of streams`() {
        let streams = (0...JournalPosition.streamLimit).map { "\($0):1" }.joined(separator: ",")
        #expect(JournalPosition(streams) == nil)
    }

    @Test func `is behind another only if it is so in each stream`() {
        let early = JournalPosition(5).advanced(to: 9, inStream: 1)
        let late = JournalPosition(7).advanced(to: 9, inStream: 1)
        let other = JournalPosition(6).advanced(to: 10, inStream: 1)
        #expect(early.isCovered(by: late) && !late.isCovered(by: early))
        #expect(!late.isCovered(by: other) && !other.isCovered(by: late))
        #expect(JournalPosition.start.isCovered(by: early) && early.isCovered(by: early))
    }

    @Test func `goes forward only`() {
        #expect(JournalPosition(5).advanced(to: 3) == JournalPosition(5))
        #expect(JournalPosition(5).advanced(to: 8).number() == 8)
    }

    @Test func `leads nowhere in a journal that has not come so far`() {
        let foreign = JournalPosition(50).advanced(to: 7, inStream: 2).advanced(to: 3, inStream: 1)
        let end = JournalPosition(10).advanced(to: 4, inStream: 1)
        #expect(foreign.limited(to: end) == JournalPosition(10).advanced(to: 3, inStream: 1))
    }
}
