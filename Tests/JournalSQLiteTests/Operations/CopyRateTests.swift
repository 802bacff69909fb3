import Testing

@testable import JournalSQLite

@Suite struct CopyRateTests {
    private let start = ContinuousClock.now

    @Test func `waits until the rate allows what was copied`() {
        var rate = CopyRate(bytesPerSecond: 1000, from: start)
        #expect(rate.copied(500, at: start) == .milliseconds(500))
        #expect(rate.copied(500, at: start + .milliseconds(500)) == .milliseconds(500))
        #expect(rate.copied(100, at: start + .seconds(9)) == .zero)
    }

    @Test func `does not wait without a rate`() {
        var rate = CopyRate(bytesPerSecond: nil, from: start)
        #expect(rate.copied(.max, at: start) == .zero)
        #expect(rate.copied(.max, at: start) == .zero)
    }
}
