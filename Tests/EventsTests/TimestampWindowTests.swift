import Events
import Testing

@Suite struct TimestampWindowTests {
    private static let now = Timestamp(milliseconds: 1_794_332_206_789)
    private static let day = Duration.seconds(86_400)

    private static let tenYears = Duration.seconds(-3653 * 86_400)

    @Test(
        arguments: [
            (Duration.zero, true), (day, true), (day + .milliseconds(1), false), (tenYears, true),
            (tenYears - .milliseconds(1), false),
        ] as [(Duration, Bool)]
    )
    func `takes what lies within ten years and a day, both ends included`(offset: Duration, isGood: Bool) {
        let timestamp = Self.now + offset
        #expect((TimestampWindow.standard.problem(with: timestamp, at: Self.now) == nil) == isGood)
        #expect(TimestampWindow.standard.range(at: Self.now).contains(timestamp) == isGood)
    }

    @Test(arguments: [
        ("2036-11-20T08:00:00Z", "2036-11-20T08:00:00Z is more than 1 day ahead of the clock"),
        (
            "0001-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z is older than 10 years, the limit for this client; it is Go's zero time"
        ),
        ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z is older than 10 years"),
        ("1970-01-01T00:33:46Z", "1970-01-01T00:33:46Z is older than 10 years"),
        ("1970-01-01T00:33:46Z", "as a number it is 2026: is this a year?"),
        ("1970-01-01T00:00:00.500Z", "as a number it is 0: leave timestamp out"),
        ("1970-08-23T12:00:00Z", "as a number it is 20260800: is this a year or a date?"),
        ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z is more than 1 day ahead"),
    ])
    func `quotes the timestamp, the limit, and what was probably meant`(text: String, words: String) throws {
        let timestamp = try #require(Timestamp(rfc3339: text))
        let refusal = try #require(TimestampWindow.standard.problem(with: timestamp, at: Self.now))
        #expect(refusal.contains(words), "\(refusal)")
    }

    @Test func `says a limit of one's own in words`() {
        let window = TimestampWindow(past: .seconds(35 * 86_400), future: .seconds(300))
        let (early, late) = (Self.now + .seconds(-36 * 86_400), Self.now + .seconds(301))
        #expect(window.problem(with: early, at: Self.now)?.contains("older than 35 days") == true)
        #expect(window.problem(with: late, at: Self.now)?.contains("more than 5 minutes ahead") == true)
        #expect(TimestampWindow.text(.seconds(90)) == "90 seconds")
        #expect(TimestampWindow.text(.seconds(3600)) == "1 hour")
        #expect(TimestampWindow.text(.milliseconds(500)) == "500 milliseconds")
    }

    @Test(arguments: [
        (Duration.seconds(1), "1 second"), (.seconds(59), "59 seconds"), (.seconds(60), "1 minute"),
        (.seconds(61), "61 seconds"), (.seconds(7200), "2 hours"), (.seconds(7260), "121 minutes"),
        (.seconds(86_400), "1 day"), (.seconds(86_400 * 3652), "3652 days"), (.seconds(86_400 * 3653), "10 years"),
        (.seconds(86_400 * 3654), "3654 days"), (.milliseconds(1500), "1500 milliseconds"),
        (.milliseconds(60_001), "60001 milliseconds"), (.zero, "0 milliseconds"),
    ])
    func `says a length in the largest unit that divides it`(duration: Duration, text: String) {
        #expect(TimestampWindow.text(duration) == text)
    }

    @Test func `the widest window has ends that can be told`() {
        let window = TimestampWindow(past: TimestampWindow.widest, future: TimestampWindow.widest)
        #expect(window.problem(with: Timestamp(milliseconds: .max), at: Timestamp(milliseconds: 0)) != nil)
    }
}
