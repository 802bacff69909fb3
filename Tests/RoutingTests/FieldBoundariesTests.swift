import ConfigurationFile
import Events
import Routing
import Testing

/// The first and the last value that each field of `routes.json` takes, and what is said of the next one.
@Suite struct FieldBoundariesTests {
    /// What the reader says of the provider's fields, without the place.
    private func faults(_ text: String) -> [String] {
        RoutesText.faults(in: text).map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    private static let x64 = String(repeating: "x", count: 64)
    private static let x65 = String(repeating: "x", count: 65)

    @Test(
        arguments: [
            #""batch": 1"#, #""batch": 100"#, #""concurrency": 1"#, #""concurrency": 1024"#,
            #""breaker": {"failures": 1}"#, #""breaker": {"failures": 1000}"#, #""breaker": {"pause": "1ms"}"#,
            #""breaker": {"parked_pause": "9999999d"}"#, #""breaker": {}"#, #""retry": {}"#,
            #""retry": {"base": "1ms", "cap": "1ms"}"#, #""retry": {"base": "600s"}"#, #""retry": {"cap": "1s"}"#,
            #""retry": {"give_up_after": "1ms", "max_retry_after": "9999999d"}"#, #""reads": {"share": 1}"#,
            #""reads": {"share": 90}"#, #""reads": {"share": 89.9999}"#, #""reads": {"share": 9e1}"#, #""reads": {}"#,
            #""timeout": "1ms""#, #""timeout": "9999999d""#, #""rate_limit": "1/h""#, #""rate_limit": "9999999/s""#,
            #""space": "!""#, #""space": "\#(String(repeating: "~", count: 255))""#, #""allow_plain_http": false"#,
            #""base_url": "http://127.0.0.1""#, #""_comment": []"#,
        ]
    )
    func `a provider takes`(fields: String) {
        #expect(faults(RoutesText.file(provider: fields)) == [])
    }

    @Test(
        arguments: [
            (#""batch": -1"#, #""batch" must be an integer from 1 to 100000, found -1"#),
            (#""batch": 100001"#, #""batch" must be an integer from 1 to 100000, found 100001"#),
            (#""batch": 1.0"#, #""batch" must be an integer from 1 to 100000, found 1.0"#),
            (#""batch": "1""#, #""batch" must be an integer from 1 to 100000, found "1""#),
            (#""batch": 100000"#, #""batch" is 100000, but Acme gets at most 100 events in a request"#),
            (#""concurrency": 1025"#, #""concurrency" must be an integer from 1 to 1024, found 1025"#),
            (#""concurrency": null"#, #""concurrency" must be an integer from 1 to 1024, found null"#),
            (#""breaker": {"failures": 1001}"#, #""failures" must be an integer from 1 to 1000, found 1001"#),
            (#""breaker": []"#, #""breaker" must be an object, found an array"#),
            (
                #""retry": {"base": "10m1s"}"#,
                #""base" must be a time such as "500ms", "30s", "10m", "72h", found "10m1s""#
            ),
            (#""retry": {"base": "601s"}"#, #""cap" is shorter than "base""#),
            (#""retry": {"cap": "999ms"}"#, #""cap" is shorter than "base""#),
            (#""reads": {"share": 0.9999}"#, #""share" must be a number from 1 to 90, found 0.9999"#),
            (#""reads": {"share": 90.0001}"#, #""share" must be a number from 1 to 90, found 90.0001"#),
            (#""reads": {"share": 1e400}"#, #""share" must be a number from 1 to 90, found 1e400"#),
            (#""reads": {"share": "30"}"#, #""share" must be a number from 1 to 90, found "30""#),
            (
                #""timeout": "10000000s""#,
                #""timeout" must be a time such as "500ms", "30s", "10m", "72h", found "10000000s""#
            ),
            (#""rate_limit": 5"#, #""rate_limit" must be a rate such as "50/s", "400/min", "1000/h", found 5"#),
            (
                #""rate_limit": "10000000/s""#,
                #""rate_limit" must be a rate such as "50/s", "400/min", "1000/h", found "10000000/s""#
            ),
            (#""allow_plain_http": "true""#, #""allow_plain_http" must be true or false, found "true""#),
            (
                #""webhook_key": {"env": "W"}"#,
                #""webhook_key" is of no use: Acme sends no webhooks that are read here"#
            ),
            (
                #""on_uncertain": "probe""#,
                #""on_uncertain" cannot be "probe": Acme shows no events; use hold, retry or accept"#
            ),
            (#""on_uncertain": 1"#, #""on_uncertain" must be one of hold, retry, accept, probe, found 1"#),
            (
                #""space": "\#(String(repeating: "~", count: 256))""#,
                #""space" must be 1 to 255 ASCII characters without spaces"#
            ),
            (#""space": "\u007f""#, #""space" must be 1 to 255 ASCII characters without spaces"#),
        ]
    )
    func `a provider refuses`(fields: String, message: String) {
        #expect(faults(RoutesText.file(provider: fields)) == [message])
    }

    @Test(
        arguments: [
            #""share": 0"#, #""share": 100"#, #""share": 0.0001"#, #""detail": 1"#, #""detail": 9"#, #""rename": {}"#,
            #""rename": {"": "x"}"#, #""rename": {"a": "\#(String(repeating: "ü", count: 128))"}"#, #""account": """#,
            #""account": "{customer_id}{subscription_id}""#, #""mode": "off""#,
            #""from": "0000-01-01T00:00:00Z", "until": "9999-12-31T23:59:59.999Z""#,
        ]
    )
    func `a destination takes`(fields: String) {
        let found = faults(RoutesText.file(routes: #"[{"name": "r", "to": [{"provider": "p", \#(fields)}]}]"#))
        #expect(found.allSatisfy { $0.hasPrefix("warning: events of the route") }, "\(found)")
    }

    @Test(
        arguments: [
            (#""share": -0.1"#, #""share" must be a number from 0 to 100, found -0.1"#),
            (#""share": 100.0001"#, #""share" must be a number from 0 to 100, found 100.0001"#),
            (#""detail": 0"#, #""detail" must be an integer from 1 to 9, found 0"#),
            (#""detail": 10"#, #""detail" must be an integer from 1 to 9, found 10"#),
            (#""rename": {"a": ""}"#, #""rename" must give a name of 1 to 128 characters for "a""#),
            (
                #""rename": {"a": "\#(String(repeating: "x", count: 129))"}"#,
                #""rename" must give a name of 1 to 128 characters for "a""#
            ),
            (#""rename": {"a": null}"#, #""rename" must give a name of 1 to 128 characters for "a""#),
            (
                #""from": "2027-01-01T00:00:00Z", "until": "2027-01-01T01:00:00+01:00""#,
                #""until" must be after "from"; no event would go there"#
            ),
            (
                #""accepted_from": "2027-01-01T00:00:00.001Z", "accepted_until": "2027-01-01T00:00:00Z""#,
                #""accepted_until" must be after "accepted_from"; no event would go there"#
            ),
            (
                #""from": "2027-01-01""#,
                #""from" must be a timestamp with its offset such as "2027-01-31T00:00:00Z", found "2027-01-01""#
            ),
            (#""mode": "Primary""#, #"unknown mode "Primary" (did you mean "primary"?)"#),
            (#""mode": "x""#, #"unknown mode "x"; it is one of primary, mirror, shadow, off"#),
        ]
    )
    func `a destination refuses`(fields: String, message: String) {
        let found = faults(RoutesText.file(routes: #"[{"name": "r", "to": [{"provider": "p", \#(fields)}]}]"#))
        #expect(found.contains(message) && found.count == 1, "\(found)")
    }

    @Test(
        arguments: [
            (#"[{"name": "\#(x64)", "to": [{"provider": "p"}]}]"#, nil),
            (
                #"[{"name": "\#(x65)", "to": [{"provider": "p"}]}]"#,
                "a route's name has 1 to 64 letters, digits, dots, dashes and underscores; \"\(x65)\" does not"
            ),
            (#"[]"#, "there is no route, so no event would be accepted; add one"),
            (#"{}"#, #""routes" must be an array, found an object"#),
            (#"[7]"#, #"an element of "routes" must be an object, found a number"#),
            (
                #"[{"name": "r", "to": []}]"#,
                #"the route "r" goes nowhere; add a destination, or set its mode to "off""#
            ),
            (
                #"[{"name": "r", "match": {"client": []}, "to": [{"provider": "p"}]}]"#,
                #""client" is empty; remove it to match every event"#
            ),
            (
                #"[{"name": "r", "match": {"name": [1]}, "to": [{"provider": "p"}]}]"#,
                #""name" must be a string or an array of strings, found an array"#
            ),
        ] as [(String, String?)]
    )
    func `routes are`(routes: String, message: String?) {
        #expect(faults(RoutesText.file(routes: routes)) == [message].compactMap(\.self))
    }
}
