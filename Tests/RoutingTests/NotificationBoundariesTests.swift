import Notifications
import Routing
import Testing

/// The first and the last value that each field of `notifications` takes, and what is said of the next one.
@Suite struct NotificationBoundariesTests {
    /// What the reader says of the notifications, without the place.
    private func faults(_ notifications: String) -> [String] {
        let text = RoutesText.file().replacing(
            "{\"version\": 1,",
            with: "{\"version\": 1, \"notifications\": \(notifications),"
        )
        return RoutesText.faults(in: text).map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    private func faults(ofReceiver receiver: String) -> [String] { faults(#"{"receivers": {"r": \#(receiver)}}"#) }

    private static func addresses(_ count: Int) -> String {
        "[\((0..<count).map { "\"ops\($0)@example.com\"" }.joined(separator: ", "))]"
    }

    private static let slack = #"{"type": "slack", "url": {"env": "S"}}"#

    @Test func `takes twenty receivers, and a mail to twenty addresses`() {
        let receivers = (0..<20).map { #""r\#($0)": \#(Self.slack)"# }.joined(separator: ", ")
        #expect(faults(#"{"receivers": {\#(receivers)}}"#) == [])
        let mail = #"{"type": "mail", "from": "t@example.com", "to": \#(Self.addresses(20))}"#
        #expect(faults(ofReceiver: mail) == [])
        let more = #"{"type": "mail", "from": "t@example.com", "to": \#(Self.addresses(21))}"#
        #expect(faults(ofReceiver: more) == [#""to" has 21 addresses, and at most 20 may be"#])
    }

    @Test(
        arguments: [
            (#"{"type": "slack", "url": {"env": "S"}, "kinds": ["dead_letters", "disk", "disk"]}"#, nil),
            (#"{"type": "slack", "url": {"env": "S"}, "allow_plain_http": true}"#, nil),
            (#"{"type": "mail", "from": "t@example.com", "to": "a@example.com", "program": "/"}"#, nil),
            // One mistake is one fault: the receiver would not be told nothing.
            (
                #"{"type": "slack", "url": {"env": "S"}, "kinds": ["dead_leters"]}"#,
                #"unknown word in kinds "dead_leters" (did you mean "dead_letters"?)"#
            ),
            (
                #"{"type": "slack", "url": {"env": "S"}, "kinds": []}"#,
                #""kinds" is empty, so the receiver would be told nothing; remove it to tell it everything"#
            ),
            (#"{"type": "slack", "url": 7}"#, #""url" must be a string, found 7"#),
            (#"{"type": "mail", "from": 7, "to": "a@example.com"}"#, #""from" must be a string, found 7"#),
            (
                #"{"type": "webhook", "url": "https://x.example", "secret": "whsec"}"#,
                #""secret" must be an object, found a string"#
            ),
            (#"{"type": "slack"}"#, #""url" is missing: the receiver's address"#),
            (#"7"#, #"the receiver "r" must be an object, found a number"#),
            (
                #"{"type": "mail", "from": "t@example.com", "to": "a@example.com", "allow_plain_http": true}"#,
                #""allow_plain_http" does not apply to a receiver of type mail"#
            ),
            (
                #"{"type": "mail", "from": "t@example.com", "to": "a@example.com", "program": "bin/mail"}"#,
                #""program" must be an absolute path"#
            ),
            (
                #"{"type": "mail", "from": "t@example.com", "to": "a@example.com", "program": "/a\u0000"}"#,
                #""program" must be an absolute path"#
            ),
            (
                #"{"type": "mail", "from": "t", "to": "a@example.com"}"#,
                #""t" is not a plain mail address such as ops@example.com"#
            ),
            (
                #"{"type": "mail", "to": "a@example.com"}"#,
                #"a receiver of type mail needs "from" and at least one address in "to""#
            ),
            (
                #"{"type": "mail", "from": "t@example.com", "to": []}"#,
                #"a receiver of type mail needs "from" and at least one address in "to""#
            ),
        ] as [(String, String?)]
    )
    func `a receiver has what its type needs`(receiver: String, message: String?) {
        #expect(faults(ofReceiver: receiver) == [message].compactMap(\.self))
    }

    @Test func `a receiver has a type`() {
        let found = faults(ofReceiver: #"{"url": {"env": "S"}}"#)
        #expect(
            found.count == 1 && found[0].hasPrefix(#""type" is missing in the receiver "r": webhook: JSON that is"#)
        )
    }

    @Test(
        arguments: [
            (#"{"receivers": {}}"#, nil), (#"{"receivers": {}, "name": "a.b-c_9"}"#, nil),
            (#"{"receivers": {}, "gather": "1ms", "settle": "9999999d"}"#, nil),
            (#"{}"#, #""receivers" is missing in "notifications": Who is notified, by name."#),
            (#"{"receivers": []}"#, #""receivers" must be an object, found an array"#),
            (#"7"#, #""notifications" must be an object, found a number"#),
            (
                #"{"receivers": {}, "name": ""}"#,
                #"the gateway's name in notifications has 1 to 64 letters, digits, dots, dashes and underscores; "" does not"#
            ),
            (
                #"{"receivers": {}, "backlog": "0m"}"#,
                #""backlog" must be a time such as "500ms", "30s", "10m", "72h", found "0m""#
            ),
            (
                #"{"receivers": {}, "backlogs": "1m"}"#,
                #"unknown field "backlogs" in "notifications" (did you mean "backlog"?)"#
            ),
            (#"{"receivers": {"r": \#(slack), "r": \#(slack)}}"#, #"the receiver "r" is duplicated"#),
        ] as [(String, String?)]
    )
    func `settings are`(notifications: String, message: String?) {
        #expect(faults(notifications) == [message].compactMap(\.self))
    }
}
