import Events
import Testing

@testable import JournalFormat

/// When the next retry is due, whatever happens while rows are read.
@Suite struct RetryTimesTests {
    private static func time(_ milliseconds: Int64) -> Timestamp { Timestamp(milliseconds: milliseconds) }

    @Test func `is lowered, and raised by a read alone`() {
        var times = RetryTimes(next: Self.time(50))
        times.lower(to: Self.time(70))
        #expect(times.next == Self.time(50))
        times.lower(to: Self.time(30))
        #expect(times.next == Self.time(30))
        times.beginRead()
        times.found(next: Self.time(90), leavesSome: false)
        times.endRead()
        #expect(times.next == Self.time(90))
    }

    @Test func `has none if nothing is found`() {
        var times = RetryTimes(next: nil)
        #expect(times.next == nil)
        times.lower(to: Self.time(30))
        times.beginRead()
        times.found(next: nil, leavesSome: false)
        times.endRead()
        #expect(times.next == nil)
        times.lower(to: Self.time(40))
        times.leave()
        #expect(times.next == nil)
    }

    /// What a read found, what lowered the time meanwhile, and whether rows were left: the earliest counts.
    @Test(arguments: [nil, 20, 60] as [Int64?], [nil, 30, 50] as [Int64?])
    func `is the earliest of what was read and of what happened meanwhile`(found: Int64?, meanwhile: Int64?) {
        for leavesSome in [false, true] {
            var times = RetryTimes(next: Self.time(10))
            times.beginRead()
            if let meanwhile { times.lower(to: Self.time(meanwhile)) }
            times.found(next: found.map(Self.time), leavesSome: leavesSome)
            times.endRead()
            let expected = leavesSome ? 0 : [found, meanwhile].compactMap(\.self).min()
            #expect(times.next?.milliseconds == expected)
        }
    }

    @Test func `forgets what lowered it before a read began`() {
        var times = RetryTimes(next: nil)
        times.lower(to: Self.time(5))
        times.beginRead()
        times.found(next: Self.time(80), leavesSome: false)
        times.endRead()
        #expect(times.next == Self.time(80))
    }

    @Test func `keeps what lowered it until the last of several reads ends`() {
        var times = RetryTimes(next: nil)
        times.beginRead()
        times.lower(to: Self.time(40))
        times.beginRead()
        times.found(next: Self.time(80), leavesSome: false)
        times.endRead()
        #expect(times.next == Self.time(40))
        times.found(next: nil, leavesSome: false)
        times.endRead()
        #expect(times.next == Self.time(40))
    }

    @Test func `remembers rows that change only while they are read`() {
        var times = RetryTimes(next: nil)
        times.noteChange(of: [1])
        #expect(!times.hasChanged(1))
        times.beginRead()
        times.beginRead()
        times.noteChange(of: [2, 3])
        times.endRead()
        #expect(times.hasChanged(2) && times.hasChanged(3) && !times.hasChanged(1))
        times.endRead()
        #expect(!times.hasChanged(2))
    }
}
