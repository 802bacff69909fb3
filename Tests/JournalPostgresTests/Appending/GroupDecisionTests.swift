import Events
import Journal
import JournalFormat
import Testing

@testable import JournalPostgres

@Suite struct GroupDecisionTests {
    private let keys = IdentityKeys(key: SipHash(key0: 1, key1: 2))

    private func request(_ events: [AcceptedEvent], _ policy: AppendRequest.Policy = .each) -> PreparedAppend {
        let numbers = [UInt32](repeating: 1, count: events.count)
        return PreparedAppend(AppendRequest(events: events, policy: policy), (numbers, numbers), keys: keys)
    }

    private func key(_ id: String, _ ordinal: Int = 0) -> Int64 { keys.key(of: TestJournal.event(id), ordinal) }

    private func taken(_ id: String, at sequence: Int64, name: String = "api_request", blocks: Bool = true)
        -> GroupDecision.Taken
    {
        GroupDecision.Taken(sequence: sequence, event: TestJournal.event(id, name: name), blocks: blocks)
    }

    @Test func `gives numbers in the order of the events, and the same one to repeats`() {
        let group = [request([TestJournal.event("a"), TestJournal.event("b")]), request([TestJournal.event("a")])]
        let decision = GroupDecision(group, taken: [:], given: [], keys: keys)
        #expect(decision.accepted.map(\.key) == [key("a"), key("b")])
        #expect(decision.results(numbers: [7, 8]) == [[.stored(7), .stored(8)], [.duplicate(of: 7)]])
    }

    @Test func `asks what the database has of a withheld request before it answers`() {
        let events = [TestJournal.event("new"), TestJournal.event("a", name: "x"), TestJournal.event("a")]
        let group = [request(events, .allOrNothing)]
        let unasked = GroupDecision(group, taken: [:], given: [], keys: keys)
        #expect(unasked.accepted.isEmpty)
        #expect(unasked.ends == [key("new"), key("a")])
        let decision = GroupDecision(group, taken: [key("a"): [taken("a", at: 5)]], given: [], keys: keys)
        #expect(
            decision.results(numbers: []) == [[.withheld, .conflict(with: 5, fields: ["name"]), .duplicate(of: 5)]]
        )
    }

    @Test func `stores what a withheld request before it would have stored`() {
        let events = [TestJournal.event("a"), TestJournal.event("b"), TestJournal.event("b", name: "x")]
        let group = [request(events, .allOrNothing), request([TestJournal.event("a")])]
        let decision = GroupDecision(group, taken: [:], given: [], keys: keys)
        let withheld: [AppendResult] = [.withheld, .withheld, .conflict(with: 0, fields: ["name"])]
        #expect(decision.results(numbers: [9]) == [withheld, [.stored(9)]])
    }

    @Test func `answers an event as stored that a try of its own has stored, and its repeat as a duplicate`() {
        let group = [request([TestJournal.event("a"), TestJournal.event("a")])]
        let decision = GroupDecision(group, taken: [key("a"): [taken("a", at: 5)]], given: [5, 6], keys: keys)
        #expect(decision.accepted.isEmpty)
        #expect(decision.results(numbers: []) == [[.stored(5), .duplicate(of: 5)]])
    }

    @Test func `goes to the next key where another event, or one that is gone, has the first`() {
        let gone = GroupDecision.Taken(sequence: 4, event: nil, blocks: true)
        for blocking in [taken("other", at: 3), gone] {
            let decision = GroupDecision(
                [request([TestJournal.event("a")])],
                taken: [key("a"): [blocking]],
                given: [],
                keys: keys
            )
            #expect(decision.accepted.map(\.key) == [key("a", 1)])
        }
    }

    @Test func `stores under the first key that is free, after it has asked for the last that may be taken`() {
        let old = taken("other", at: 3, blocks: false)
        let group = [request([TestJournal.event("a")])]
        let decision = GroupDecision(group, taken: [key("a"): [old]], given: [], keys: keys)
        #expect(decision.accepted.map(\.key) == [key("a")])
        #expect(decision.ends == [key("a", 1)])
        let found = GroupDecision(
            group,
            taken: [key("a"): [old], key("a", 1): [taken("a", at: 8)]],
            given: [],
            keys: keys
        )
        #expect(found.results(numbers: []) == [[.duplicate(of: 8)]])
    }
}
