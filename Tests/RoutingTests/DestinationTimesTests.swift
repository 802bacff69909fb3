import Testing

/// `from` and `until` of destinations.
@Suite struct DestinationTimesTests {
    private func faults(_ destinations: String) -> [String] {
        RoutesText.faults(in: RoutesText.file(routes: #"[{"name": "r", "to": [\#(destinations)]}]"#))
    }

    @Test func `take a provider several times if its times do not overlap, and cover all time`() {
        let found = faults(
            #"{"provider": "p", "until": "2027-01-01T00:00:00Z"}, {"provider": "p", "from": "2027-01-01T00:00:00Z"}"#
        )
        #expect(found.isEmpty, "\(found)")
    }

    @Test(arguments: [
        (
            #"{"provider": "p", "until": "2027-01-01T00:00:01Z"}, {"provider": "p", "from": "2027-01-01T00:00:00Z"}"#,
            #"f:3:99: the provider "p" is duplicated in this route from 2027-01-01T00:00:00.000Z until 2027-01-01T00:00:01.000Z; "#
                + "one event would be billed twice"
        ),
        (
            #"{"provider": "p"}, {"provider": "p", "from": "2027-01-01T00:00:00Z"}"#,
            #"f:3:66: the provider "p" is duplicated in this route from 2027-01-01T00:00:00.000Z; one event would be billed twice"#
        ),
        (
            #"{"provider": "p", "from": "2027-01-01T00:00:00Z", "until": "2027-01-01T01:00:00+01:00"}"#,
            #"f:3:93: "until" must be after "from"; no event would go there"#
        ),
        (
            #"{"provider": "p", "accepted_from": "2027-01-02T00:00:00Z", "accepted_until": "2027-01-02T00:00:00Z"}"#,
            #"f:3:111: "accepted_until" must be after "accepted_from"; no event would go there"#
        ),
        (
            #"{"provider": "p", "from": "2027-01-01"}"#,
            #"f:3:60: "from" must be a timestamp with its offset such as "2027-01-31T00:00:00Z", found "2027-01-01""#
        ),
    ])
    func `are refused with line and column`(destinations: String, expected: String) {
        let found = faults(destinations)
        #expect(found.contains(expected), "\(found)")
    }

    @Test func `take a provider twice if no event is both of a time and accepted at a time of both`() {
        let late =
            #"{"provider": "p", "until": "2027-01-01T00:00:00Z", "accepted_until": "2027-02-01T00:00:00Z"}, "#
            + #"{"provider": "p", "until": "2027-01-01T00:00:00Z", "accepted_from": "2027-02-01T00:00:00Z"}, "#
            + #"{"provider": "p", "from": "2027-01-01T00:00:00Z"}"#
        #expect(faults(late) == [])
        let twice = faults(
            #"{"provider": "p", "until": "2027-01-01T00:00:00Z"}, {"provider": "p", "accepted_from": "2027-02-01T00:00:00Z"}"#
        )
        #expect(
            twice.contains(
                #"f:3:99: the provider "p" is duplicated in this route until 2027-01-01T00:00:00.000Z "#
                    + #"accepted from 2027-02-01T00:00:00.000Z; one event would be billed twice"#
            ),
            "\(twice)"
        )
    }

    @Test func `leave a gap only with a warning`() {
        let found = faults(
            #"{"provider": "p", "until": "2027-01-01T00:00:00Z"}, {"provider": "p", "from": "2027-02-01T00:00:00Z"}, "#
                + #"{"provider": "p", "mode": "off", "from": "2027-01-01T00:00:00Z", "until": "2027-02-01T00:00:00Z"}"#
        )
        let time = "from 2027-01-01T00:00:00.000Z until 2027-02-01T00:00:00.000Z"
        #expect(
            found == [
                #"f:3:33: warning: events of the route "r" \#(time) go to no provider; add a destination for that time if they should"#
            ]
        )
    }
}
