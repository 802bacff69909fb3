import Events
import TestSupport
import Testing

@Suite struct CorrectionIDTests {
    @Test(arguments: [(1, "correction:evt-1"), (2, "correction-2:evt-1"), (17, "correction-17:evt-1")])
    func `is written so, and read back`(number: Int, text: String) {
        let id = CorrectionID(number: number, of: "evt-1")
        #expect(id.eventID == EventID(text))
        #expect(CorrectionID(EventID(text)) == id)
        #expect(id.earlierKind == nil)
    }

    @Test(arguments: [
        (CorrectionID.Kind.void, 1, "void:evt-1"), (.void, 2, "void-2:evt-1"), (.void, 1, "void-replace:evt-1"),
        (.adjust, 3, "adjust-3-replace:evt-1"), (.adjust, 1, "adjust:evt-1"),
    ])
    func `is read as earlier versions wrote it`(kind: CorrectionID.Kind, number: Int, text: String) throws {
        let id = try #require(CorrectionID(EventID(text)))
        #expect(id.earlierKind == kind && id.number == number && id.original == "evt-1")
        #expect(id.eventID == EventID(text))
        #expect(CorrectionID.all(number: number, of: "evt-1").contains(id))
    }

    @Test(arguments: [
        "evt-1", "void", "void:", "voided:evt-1", "void-1:evt-1", "void-02:evt-1", "void--2:evt-1", "void-x:evt-1",
        "avoid:evt-1", "adjust-:e", "replace:e", ":e", "", "correction", "correction:", "corrections:e",
        "correction-1:e", "correction-02:e", "correction-replace:e", "correction-2-replace:e",
    ])
    func `is none if it is written otherwise`(text: String) {
        #expect(CorrectionID(EventID(text)) == nil)
    }

    // The last three make another character of the colon before them, or of themselves.
    @Test(arguments: [
        "a:b", "void:evt", "ü/ %", "-replace", "adjust-2-replace:void:x", "correction-2:e", ":", "\u{301}e", "\u{200D}",
        "\u{FE0F}:x",
    ])
    func `keeps whatever the original's id holds`(original: String) {
        for number in [1, 2, 17] {
            for id in CorrectionID.all(number: number, of: EventID(original)) {
                #expect(CorrectionID(id.eventID) == id)
                #expect(CorrectionID(id.eventID)?.original == EventID(original))
            }
        }
    }

    @Test func `differs for whatever it is of`() {
        var seen: Set<EventID> = []
        for number in 1...5 {
            for id in CorrectionID.all(number: number, of: "e") {
                #expect(seen.insert(id.eventID).inserted)
            }
        }
        #expect(seen.count == 25)
    }
}
