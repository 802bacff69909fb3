import Events
import Testing

@testable import Notifications

/// A message in words.
@Suite struct NotificationMessageTests {
    private static let time = Timestamp(milliseconds: 1_800_000_000_000)

    private func incident(_ status: Incident.Status, _ summary: String = "It broke.", ended: Timestamp? = nil)
        -> Incident
    {
        let condition = Condition(Condition.Key(.parked, "lago"), summary, remedy: "Mend it.")
        return Incident(condition, status, since: Self.time, ended: ended)
    }

    private func message(_ incidents: [Incident]) -> NotificationMessage {
        NotificationMessage(id: "m", at: Self.time + .seconds(60), gateway: "prod", incidents: incidents)
    }

    @Test(arguments: [
        ([Incident.Status.started], "Tollgate prod: 1 new"), ([.continues, .continues], "Tollgate prod: 2 continuing"),
        ([.resolved], "Tollgate prod: 1 resolved"),
        ([.resolved, .started, .continues, .started], "Tollgate prod: 2 new, 1 continuing, 1 resolved"),
    ])
    func `the title counts what is new, what lasts and what is over`(statuses: [Incident.Status], title: String) {
        #expect(message(statuses.map { incident($0) }).title == title)
    }

    @Test func `each incident is one line`() {
        let lines = message([
            incident(.started), incident(.continues), incident(.resolved, ended: Self.time + .seconds(30)),
            incident(.resolved),
        ]).lines
        #expect(
            lines == [
                "NEW It broke. Mend it.", "STILL It broke. Since 2027-01-15T08:00:00.000Z. Mend it.",
                "RESOLVED It broke. From 2027-01-15T08:00:00.000Z until 2027-01-15T08:00:30.000Z.",
                // Without an end of its own it ended when the message was made.
                "RESOLVED It broke. From 2027-01-15T08:00:00.000Z until 2027-01-15T08:01:00.000Z.",
            ]
        )
    }

    @Test func `a test says that nothing has happened`() {
        let test = NotificationMessage.test(id: "m", at: Self.time, gateway: "prod")
        #expect(test.title == "Tollgate prod: test of notifications" && test.incidents.isEmpty && test.omitted == 0)
        #expect(test.lines == ["This is a test. Nothing has happened."])
    }

    @Test(arguments: [(49, 49, 0), (50, 50, 0), (51, 50, 1), (1000, 50, 950)])
    func `fifty incidents are told, and how many more there are`(count: Int, told: Int, omitted: Int) {
        let message = message([Incident](repeating: incident(.started), count: count))
        #expect(message.incidents.count == told && message.omitted == omitted)
        #expect(message.lines.count == told + (omitted > 0 ? 1 : 0))
    }

    /// What a vendor says has no line breaks, no control and no direction characters, and an end.
    @Test(arguments: [
        ("a\r\nb", "a  b"), ("a\u{2028}b\u{2029}c", "a b c"), ("a\u{0}\u{7}\u{1B}b", "a   b"),
        ("a\u{202E}b\u{200B}c", "a b c"),
        ("é e\u{301} 日本", "é e\u{301} 日本"), ("", ""),
    ])
    func `a text from outside becomes one line`(text: String, line: String) {
        let condition = Condition(Condition.Key(.parked, "p"), text, remedy: text)
        #expect(condition.summary.utf8.elementsEqual(line.utf8) && condition.remedy == condition.summary)
    }

    @Test(arguments: ["x", "é", "e\u{301}", "👩‍👩‍👧‍👦"])
    func `a long text is cut after 400 scalars`(character: String) {
        let scalars = character.unicodeScalars.count
        let exact = String(repeating: character, count: 400 / scalars)
        #expect(!SingleLine.text(exact).hasSuffix("…"))
        let cut = SingleLine.text(String(repeating: character, count: 401))
        #expect(cut.hasSuffix("…") && cut.unicodeScalars.count == 401)
    }

    @Test func `what another gateway reports on is known by provider or by kind`() {
        let conditions = Conditions([], providersElsewhere: ["lago"], kindsElsewhere: [.keyExpiry])
        for kind in NotificationKind.allCases {
            let isOfProvider = ![.disk, .keyExpiry].contains(kind)
            #expect(conditions.isElsewhere(Condition.Key(kind, "lago")) == (isOfProvider || kind == .keyExpiry))
            #expect(conditions.isElsewhere(Condition.Key(kind, "polar")) == (kind == .keyExpiry))
        }
    }

    @Test func `kinds are in the order in which a message has them`() {
        #expect(NotificationKind.allCases.shuffled().sorted() == NotificationKind.allCases)
        let keys = [Condition.Key(.disk, "a"), Condition.Key(.parked, "b"), Condition.Key(.parked, "a")]
        #expect(keys.sorted() == [keys[2], keys[1], keys[0]])
    }
}
