import Access
import ArgumentParser
import Events
import Testing

@testable import tollgate

/// What `tollgate keys` understands of times and IDs, and how it calls a key.
@Suite struct KeyOptionsTests {
    @Test(arguments: [
        "2027-01-31T00:00:00Z", "2027-01-31T01:00:00+01:00", "2027-01-31 00:00:00.000Z", "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999Z",
    ])
    func `takes a time for what it is`(text: String) throws {
        #expect(try #require(KeyTime(argument: text)).timestamp == Timestamp(rfc3339: text))
    }

    @Test(
        arguments: [
            ("1ms", 0), ("30s", 30_000), ("10m", 600_000), ("24h", 86_400_000), ("30d", 2_592_000_000),
        ] as [(String, Int64)]
    )
    func `takes a duration from now on`(text: String, milliseconds: Int64) throws {
        let before = SystemWallClock().now
        let time = try #require(KeyTime(argument: text)).timestamp
        let after = SystemWallClock().now
        #expect(time.milliseconds >= before.milliseconds + milliseconds)
        #expect(time.milliseconds <= after.milliseconds + max(milliseconds, 1))
    }

    /// The last instant that a file can hold, not one that wraps around to the past.
    @Test func `takes a duration beyond the calendar for its end`() throws {
        let time = try #require(KeyTime(argument: "9999999d")).timestamp
        #expect(time.rfc3339 == "9999-12-31T23:59:59.999Z")
    }

    @Test(arguments: [
        "", "now", "tomorrow", "2027", "2027-01-31", "2027-01-31T00:00:00", "2027-02-29T00:00:00Z", "30", "-1d", "1.5h",
        "0s",
        "1w", "1 d", "10000000d", "d", "٣d",
    ])
    func `takes nothing else`(text: String) {
        #expect(KeyTime(argument: text) == nil)
    }

    @Test func `gives a new key the term that was asked for`() throws {
        let options = try NewKeyOptions.parse([
            "--id", "June_2027.v-1", "--not-before", "2027-06-01T00:00:00Z", "--expires", "2027-07-01T00:00:00Z",
        ])
        #expect(options.id == "June_2027.v-1")
        #expect(options.term.notBefore?.rfc3339 == "2027-06-01T00:00:00.000Z")
        #expect(options.term.expires?.rfc3339 == "2027-07-01T00:00:00.000Z")
        let none = try NewKeyOptions.parse([]).term
        #expect(none.notBefore == nil && none.expires == nil)
    }

    @Test(arguments: ["--not-before", "--expires"])
    func `refuses a term that is none`(option: String) {
        #expect(throws: (any Error).self) { try NewKeyOptions.parse([option, "tomorrow"]) }
    }

    @Test func `calls a key by its id, its client and its term`() throws {
        func summary(_ start: Int64?, _ end: Int64?) throws -> String {
            let digest = try #require(KeyDigest(hexadecimal: "3f9a0c12" + String(repeating: "0", count: 56)))
            let key = ClientKey(
                digest: digest,
                notBefore: start.map { Timestamp(milliseconds: $0) },
                expires: end.map { Timestamp(milliseconds: $0) }
            )
            return StoredKey(client: "shop", key: key, created: Timestamp(milliseconds: 0)).summary
        }
        #expect(try summary(nil, nil) == "key 3f9a0c12 of shop")
        #expect(try summary(0, nil) == "key 3f9a0c12 of shop, from 1970-01-01T00:00:00.000Z")
        #expect(try summary(nil, 1000) == "key 3f9a0c12 of shop, until 1970-01-01T00:00:01.000Z")
        #expect(
            try summary(0, 1000)
                == "key 3f9a0c12 of shop, from 1970-01-01T00:00:00.000Z, until 1970-01-01T00:00:01.000Z"
        )
    }
}
