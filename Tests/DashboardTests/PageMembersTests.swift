import Testing

@testable import Dashboard

@Suite struct PageMembersTests {
    private struct Row: Sendable {
        let name: String
        let note: String?
    }

    private struct Page: Sendable {
        let title: String
        let note: String?
        let rows: [Row]
        let isOpen: Bool
        let count: Int
        let single: Row?
        let unit: Named
    }

    private struct Named: Sendable, CustomStringConvertible {
        let raw: Int
        var description: String { "named \(raw)" }
    }

    private let members = PageMembers(
        of: Page(
            title: "t",
            note: nil,
            rows: [Row(name: "a", note: "n"), Row(name: "b", note: nil)],
            isOpen: true,
            count: 3,
            single: Row(name: "c", note: nil),
            unit: Named(raw: 1)
        )
    )

    @Test func `has texts, booleans and numbers by their names`() {
        #expect(members.child(named: "title") as? String == "t")
        #expect(members.child(named: "isOpen") as? Bool == true)
        #expect(members.child(named: "count") as? Int == 3)
        #expect(members.child(named: "other") == nil)
    }

    @Test func `has what is inside lists, structs and optionals`() throws {
        let rows = try #require(members.child(named: "rows") as? [Any])
        #expect(rows.count == 2)
        let first = try #require(rows.first as? PageMembers)
        #expect(first.child(named: "name") as? String == "a" && first.child(named: "note") as? String == "n")
        let single = try #require(members.child(named: "single") as? PageMembers)
        #expect(single.child(named: "name") as? String == "c")
    }

    @Test func `leaves out what is nil, so that a section of it is not shown`() throws {
        #expect(members.child(named: "note") == nil)
        let last = try #require((members.child(named: "rows") as? [Any])?.last as? PageMembers)
        #expect(last.child(named: "note") == nil)
    }

    @Test func `leaves a value that describes itself as it is`() {
        #expect((members.child(named: "unit") as? Named)?.raw == 1)
    }
}
