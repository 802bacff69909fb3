import Foundation
import Testing

@testable import Sandbox

/// What a vendor keeps beside events.
@Suite struct RecordsTests {
    private let records = Records()
    private let now = Date(timeIntervalSince1970: 0)

    @Test func `a known id of the application's changes its record, and keeps the rest of it`() {
        let first = records.keep(["a": 1, "b": 2], externalID: "x", at: now)
        let second = records.keep(["b": 3, "c": nil], externalID: "x", at: now.addingTimeInterval(5))
        #expect(second.id == first.id && second.createdAt == now)
        #expect(second.fields == ["a": 1, "b": 3, "c": nil] && records.all.count == 1)
        #expect(records.find(id: first.id)?.fields == second.fields)
    }

    @Test func `records without such an id are all different`() {
        let ids = (0..<3).map { _ in records.keep([:], externalID: nil, at: now).id }
        #expect(Set(ids).count == 3 && records.all.map(\.id) == ids)
        #expect(records.find(externalID: "") == nil)
    }

    @Test func `ids of the application's are compared by bytes`() {
        for id in ["é", "e\u{301}", "E\u{301}", ""] { _ = records.keep([:], externalID: id, at: now) }
        #expect(records.all.count == 4)
        let found = records.find(externalID: "e\u{301}")?.externalID
        #expect(found.map { Array($0.utf8) } == Array("e\u{301}".utf8))
    }

    @Test func `what is removed is gone, and its id free`() {
        let first = records.keep(["a": 1], externalID: "x", at: now)
        _ = records.keep([:], externalID: "y", at: now)
        records.remove(first)
        #expect(records.find(externalID: "x") == nil && records.all.count == 1)
        let again = records.keep(["b": 1], externalID: "x", at: now)
        #expect(again.id != first.id && again.fields == ["b": 1])
        records.forget()
        #expect(records.all.isEmpty)
    }
}

/// Rows by the values that are searched for.
@Suite struct PostingsTests {
    @Test func `the newest row of a key comes first, and keys do not meet`() {
        var postings = Postings()
        for row in 0..<10 as Range<Int32> {
            postings.add(SearchKey("id", row.isMultiple(of: 2) ? "even" : "odd"), row: row)
        }
        #expect(postings.rows(SearchKey("id", "even")) == [8, 6, 4, 2, 0])
        #expect(postings.first(SearchKey("id", "odd")) { $0 < 5 } == 3)
        #expect(postings.first(SearchKey("id", "odd")) { $0 > 9 } == nil)
        #expect(postings.rows(SearchKey("name", "even")) == [] && postings.rows(SearchKey("id", "")) == [])
        let count = postings.add(SearchKey("id", "even"), row: 10)
        #expect(count == 6)
    }

    /// The field and the value are two texts, whatever their bytes.
    @Test func `a key is its field and its value`() {
        #expect(SearchKey("ab", "c") != SearchKey("a", "bc"))
        #expect(SearchKey("a", "é") != SearchKey("a", "e\u{301}") && SearchKey("a", "é") == SearchKey("a", "é"))
        #expect(Fingerprint("é") != Fingerprint("e\u{301}") && Fingerprint("") != Fingerprint("\u{0}"))
    }
}

/// Which event is below which.
@Suite struct FamiliesTests {
    @Test func `knows ancestors from the nearest up, and counts children`() {
        var families = Families()
        families.put(1, below: 0)
        families.put(2, below: 1)
        families.put(3, below: 1)
        #expect(families.ancestors(of: 2) == [1, 0] && families.ancestors(of: 0) == [])
        #expect([0, 1, 2].map { families.children(of: $0) } == [1, 2, 0] && families.parent(of: 3) == 1)
    }

    @Test func `those that wait are taken once, in the order in which they came`() {
        var families = Families()
        #expect(!families.isAnyWaiting)
        for row in [5, 3, 4] as [Int32] { families.wait(row, for: "p") }
        families.wait(9, for: "q")
        let taken = ["p", "p"].map { families.takeWaiting(for: $0) }
        #expect(taken == [[5, 3, 4], []] && families.isAnyWaiting)
        let last = families.takeWaiting(for: "q")
        #expect(last == [9] && !families.isAnyWaiting)
    }
}
