import Events
import TestSupport
import Testing

@testable import Vendors

/// The id under which an event goes to a vendor.
@Suite struct EventIdentityTests {
    private func event(_ id: String, scope: String) -> AcceptedEvent { SampleEvent.accepted(id: id, scope: scope) }

    @Test(arguments: [
        ("e", "", nil, "e"), ("e/f", "", nil, "e/f"), ("e", "", "p:", "p:e"), ("e", "s", nil, "s/e"),
        ("e/f", "s", nil, "s/e/f"), ("e", "a/b", nil, "a%2Fb/e"), ("e", "a%2Fb", nil, "a%252Fb/e"),
        ("e", "%", "p", "p%25/e"), ("e", "ü\u{301}", nil, "ü\u{301}/e"), ("%2F", "", nil, "%2F"),
    ])
    func `is the application's own wherever it can be`(id: String, scope: String, prefix: String?, expected: String) {
        #expect(EventIdentity.unscoped(event(id, scope: scope), prefix: prefix) == expected)
    }

    @Test(arguments: [
        ("s", "s", "e"), ("s", "other", "s/e"), ("", "", "e"), ("", "s", "e"), ("é", "e\u{301}", "é/e"),
    ])
    func `has no scope where the vendor keeps that one apart`(scope: String, own: String, expected: String) {
        let identity = EventIdentity.scoped(event("e", scope: scope), by: own, prefix: nil)
        #expect(identity.utf8.elementsEqual(expected.utf8))
    }

    @Test func `two events never get one id, whatever slashes and percent signs they have`() {
        let parts = ["", "/", "%", "%2F", "%25", "a", "a/", "/a", "a%2Fb", "a/b", "%/", "é", "e\u{301}"]
        var seen: Set<[UInt8]> = []
        var count = 0
        for scope in parts where !scope.isEmpty {
            for id in parts {
                count += 1
                seen.insert(Array(EventIdentity.unscoped(event(id, scope: scope), prefix: nil).utf8))
            }
        }
        #expect(seen.count == count)
    }
}

/// UUIDs that follow from what they stand for.
@Suite struct StableUUIDTests {
    private static let numbers: [Int64] = [0, 1, 9, 255, 1 << 32, 1 << 53, (1 << 60) - 1]

    @Test(arguments: numbers)
    func `gives a number back`(number: Int64) {
        let text = StableUUID.holding(number)
        #expect(StableUUID.number(in: text) == number)
        #expect(StableUUID.number(in: text.uppercased()) == number)
        #expect(PolarUUID.isPlain(text))
    }

    @Test func `knows no number in any other text`() {
        let own = StableUUID.holding(7)
        var others = ["", "7", "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11", own + "0", String(own.dropLast()), "{\(own)}"]
        // One digit of the part that is always the same.
        for index in own.indices.prefix(20) where own[index] != "-" {
            var changed = own
            changed.replaceSubrange(index...index, with: own[index] == "f" ? "e" : "f")
            others.append(changed)
        }
        for other in others { #expect(StableUUID.number(in: other) == nil, "\(other)") }
    }

    @Test func `names lists of texts apart`() {
        let lists = [
            [], [""], ["", ""], ["a"], ["a", ""], ["", "a"], ["ab", "c"], ["a", "bc"], ["abc"], ["é"], ["e\u{301}"],
            ["a", "b", "c"], ["c", "b", "a"],
        ]
        let names = lists.map(StableUUID.naming)
        #expect(Set(names).count == lists.count)
        #expect(names == lists.map(StableUUID.naming))
        for name in names { #expect(PolarUUID.isPlain(name), "\(name)") }
    }
}
