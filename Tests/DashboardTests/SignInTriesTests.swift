import Dashboard
import Testing

@Suite struct SignInTriesTests {
    let start = ContinuousClock.now

    @Test func `allows five tries a minute and address`() {
        var tries = SignInTries()
        for second in 0..<5 { #expect(tries.count(from: "a", at: start + .seconds(second)) == nil) }
        #expect(tries.count(from: "a", at: start + .seconds(5)) == .seconds(55))
        #expect(tries.count(from: "b", at: start + .seconds(5)) == nil)
        // The first try is a minute old, the second is not.
        #expect(tries.count(from: "a", at: start + .seconds(60)) == nil)
        #expect(tries.count(from: "a", at: start + .seconds(60)) == .seconds(1))
    }

    @Test func `does not count refused tries`() {
        var tries = SignInTries()
        for _ in 0..<5 { _ = tries.count(from: "a", at: start) }
        for second in 1..<60 { #expect(tries.count(from: "a", at: start + .seconds(second)) != nil) }
        #expect(tries.count(from: "a", at: start + .seconds(60)) == nil)
    }

    @Test func `bounds its memory, and lets many new addresses share one count`() {
        var tries = SignInTries()
        for number in 0..<SignInTries.addressLimit { #expect(tries.count(from: "\(number)", at: start) == nil) }
        for number in 0..<5 { #expect(tries.count(from: "other \(number)", at: start) == nil) }
        #expect(tries.count(from: "another", at: start) != nil)
        // Known addresses have their own still, and a minute later there is room again.
        #expect(tries.count(from: "7", at: start) == nil)
        #expect(tries.count(from: "another", at: start + .seconds(61)) == nil)
    }
}
