import Events
import Testing

@testable import Notifications

/// Clients that will soon have no key.
@Suite struct KeyExpiryTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)
    private static let week = Duration.seconds(7 * 86_400)

    private static func key(_ client: ClientName, _ id: String, _ end: Timestamp?) -> MeasuredKey {
        MeasuredKey(client: client, id: id, expires: end)
    }

    private func told(_ keys: [MeasuredKey]) -> [String] {
        KeyExpiry.conditions(keys, warning: Self.week, at: Self.now).map(\.summary)
    }

    @Test(
        arguments: [
            (now + week, true), (now + week + .milliseconds(1), false), (now, true), (now + .milliseconds(-1), true),
            (nil, false),
        ] as [(Timestamp?, Bool)]
    )
    func `a key is warned of a week ahead, and for ever after`(end: Timestamp?, isTold: Bool) {
        let told = told([Self.key("app", "k1", end)])
        #expect(told.count == (isTold ? 1 : 0))
        guard let end, isTold else { return }
        let verb = end <= Self.now ? "expired" : "expires"
        #expect(told == ["The last key of the client app, k1, \(verb) at \(end.rfc3339)."])
    }

    /// The one that is valid longest counts, in whichever order they are told.
    @Test func `only the last key of a client counts`() {
        let short = Self.key("app", "short", Self.now + .seconds(60))
        let long = Self.key("app", "long", Self.now + .seconds(120))
        for keys in [[short, long], [long, short]] { #expect(told(keys).map { $0.contains(", long, ") } == [true]) }
        #expect(told([short, Self.key("app", "ever", nil)]) == [])
        #expect(told([Self.key("app", "ever", nil), short]) == [])
    }

    @Test func `clients are told in the order of their names, and none for no key`() {
        let end = Self.now + .seconds(60)
        let subjects = KeyExpiry.conditions(
            [Self.key("b", "k", end), Self.key("a", "k", end), Self.key("c", "k", end)],
            warning: Self.week,
            at: Self.now
        ).map(\.key)
        #expect(subjects == ["a", "b", "c"].map { Condition.Key(.keyExpiry, $0) })
        #expect(told([]) == [])
    }

    /// At the ends of the calendar nothing overflows.
    @Test func `times at the ends of the calendar are compared`() {
        let (first, last) = (Timestamp(milliseconds: .min), Timestamp(milliseconds: .max))
        #expect(KeyExpiry.conditions([Self.key("a", "k", last)], warning: Self.week, at: last).count == 1)
        #expect(KeyExpiry.conditions([Self.key("a", "k", first)], warning: Self.week, at: first).count == 1)
    }
}
