import Events
import TestSupport
import Testing

/// When a vendor may be called again, for any number and any date that it sends.
@Suite struct RetryAfterPropertyTests {
    /// The unit of a timestamp is told by its size; each limit, and its neighbours.
    @Test(
        arguments: [
            ("0", .delay(.zero)), ("0.001", .delay(.milliseconds(1))), ("0.0010001", .delay(.milliseconds(2))),
            ("604800", .delay(.seconds(604_800))), ("604800.5", .delay(.seconds(604_800))),
            ("999999999.9", .delay(.seconds(604_800))), ("1000000000", .at(Timestamp(milliseconds: 1_000_000_000_000))),
            ("1000000000.25", .at(Timestamp(milliseconds: 1_000_000_000_250))),
            ("99999999999", .at(Timestamp(milliseconds: 99_999_999_999_000))),
            ("100000000000", .at(Timestamp(milliseconds: 100_000_000_000))),
            ("99999999999000", .at(Timestamp(milliseconds: 99_999_999_999_000))),
            ("100000000000000", .at(Timestamp(milliseconds: 100_000_000_000))),
            ("100000000000000000", .at(Timestamp(milliseconds: 100_000_000_000))),
            ("100000000000000000000", .delay(.seconds(604_800))), ("007", .delay(.seconds(7))),
            ("\t 7 \t", .delay(.seconds(7))),
        ] as [(String, RetryAfter)]
    )
    func `reads a number by its size`(text: String, meaning: RetryAfter) {
        #expect(RetryAfter(number: text) == meaning)
    }

    @Test(arguments: [
        "1 2", "6 0", "1\t0", "- 5", "+5", "1,5", "5s", "0x10", "1e3", ".", "", " ", "\u{661}", "5\u{301}", "5\u{0}",
        "infinity", "nan", "1_000",
    ])
    func `reads no number that is none`(text: String) {
        #expect(RetryAfter(number: text) == nil)
        #expect(RetryAfter(header: text) == nil)
    }

    @Test(arguments: ExtremeNumbers.texts)
    func `never waits longer than a week, nor ends the program`(text: String) {
        for read in [RetryAfter(number: text), RetryAfter(header: text)] {
            switch read {
            case .delay(let delay)?: #expect((.zero...RetryAfter.longestDelay).contains(delay))
            case .at(let time)?: #expect(time.milliseconds >= 0)
            case nil: break
            }
        }
    }

    /// A wait is rounded up, so that the call after it is not early.
    @Test func `a delay is never shorter than it was asked for, and at most a millisecond longer`() throws {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let microseconds = Int64.random(in: 0...604_800_000_000, using: &random)
            let digits = String(microseconds % 1_000_000 + 1_000_000).dropFirst()
            guard case .delay(let delay)? = RetryAfter(number: "\(microseconds / 1_000_000).\(digits)") else {
                Issue.record("\(microseconds) is no delay")
                return
            }
            let difference = delay - .microseconds(microseconds)
            #expect(
                (.zero...Duration.milliseconds(1)).contains(difference),
                "seed \(SeededRandom.seed): \(microseconds)"
            )
        }
    }

    /// The three forms of RFC 9110, each of the same time.
    @Test func `reads each form of an HTTP date as the same time`() {
        var random = SeededRandom()
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        for _ in 0..<1000 {
            // The years that two digits can mean.
            let year = Int.random(in: 1976...2075, using: &random)
            let month = Int.random(in: 1...12, using: &random)
            let day = Int.random(in: 1...CivilDate.days(inMonth: month, of: year), using: &random)
            let clock = (0..<3).map { Int.random(in: 0..<[24, 60, 60][$0], using: &random) }.map { two($0) }
                .joined(separator: ":")
            let expected = Timestamp(rfc3339: "\(year)-\(two(month))-\(two(day))T\(clock)Z")
            let name = days.randomElement(using: &random) ?? "Mon"
            let forms = [
                "\(name), \(two(day)) \(months[month - 1]) \(year) \(clock) GMT",
                "\(name)day, \(two(day))-\(months[month - 1])-\(two(year % 100)) \(clock) GMT",
                "\(name) \(months[month - 1]) \(day < 10 ? " \(day)" : "\(day)") \(clock) \(year)",
            ]
            for form in forms { #expect(Timestamp(httpDate: form) == expected, "seed \(SeededRandom.seed): \(form)") }
        }
    }

    private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

    @Test(arguments: [
        "Sun, 06 nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49 GMT",
        "Sun, 30 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 994 08:49:37 GMT",
        "06-Nov-94 08:49:37 GMT", "Sun, 006 Nov 1994 08:49:37 GMT", "Sun Nov 6 08:49:37 94",
        "Sun, 06 Nov 1994 08:49:37 GMT GMT", "Sun, 06 Nov 1994 08:49:37+01:00 GMT",
    ])
    func `reads no date in another form`(text: String) {
        #expect(Timestamp(httpDate: text) == nil)
    }

    @Test func `a rate limit resets by the first field that has a number`() {
        func reset(_ headers: [(name: String, value: String)]) -> RetryAfter? {
            VendorAnswer(status: 429, headers: headers, body: []).rateLimitReset
        }
        #expect(reset([]) == nil)
        #expect(reset([("X-RateLimit-Reset", "3"), ("RateLimit-Reset", "9")]) == .delay(.seconds(3)))
        #expect(reset([("ratelimit-reset", "9"), ("x-ratelimit-reset", "soon")]) == .delay(.seconds(9)))
        #expect(reset([("Retry-After", "9")]) == nil)
        #expect(VendorAnswer(status: 503, headers: [("Retry-After", "soon")], body: []).retryAfter == nil)
        #expect(
            VendorAnswer(status: 503, headers: [("a", "1"), ("RETRY-AFTER", "9"), ("Retry-After", "8")], body: [])
                .retryAfter == .delay(.seconds(9))
        )
    }
}
