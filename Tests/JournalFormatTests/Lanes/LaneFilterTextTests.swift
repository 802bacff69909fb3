import Events
import Journal
import Testing

@testable import JournalFormat

/// A lane's filter as its row has it.
@Suite struct LaneFilterTextTests {
    private static let full = LaneFilter(
        tenant: "shop",
        names: ["api.*", "a \"b\" \\ /"],
        customerIDs: ["c1", "ü"],
        from: Timestamp(milliseconds: -1),
        until: Timestamp(milliseconds: 253_402_300_799_999)
    )

    @Test func `is read as it was written`() throws {
        for filter in [LaneFilter(), Self.full] {
            #expect(try LaneFilterText.decode(LaneFilterText.encode(filter)) == filter)
        }
    }

    /// Journals have it: another text would be another filter.
    @Test func `keeps its format`() throws {
        #expect(
            String(decoding: try LaneFilterText.encode(LaneFilter()), as: UTF8.self) == #"{"customers":[],"names":[]}"#
        )
        #expect(
            String(decoding: try LaneFilterText.encode(Self.full), as: UTF8.self)
                == #"{"customers":["c1","ü"],"from":-1,"names":["api.*","a \"b\" \\ /"],"tenant":"shop","until":253402300799999}"#
        )
    }

    @Test(arguments: [
        "", "null", "[]", "{}", #"{"names":[]}"#, #"{"customers":[],"names":"a"}"#, #"{"customers":[1],"names":[]}"#,
        #"{"customers":[],"names":[],"from":"now"}"#, #"{"customers":[],"names":[]"#,
    ])
    func `does not take damage for a filter that lets everything through`(text: String) {
        #expect(throws: (any Error).self) { try LaneFilterText.decode(Array(text.utf8)) }
    }
}
