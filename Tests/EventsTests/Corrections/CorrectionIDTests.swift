import Events
import TestSupport
import Testing

@Suite struct CorrectionIDTests {
    @Test(arguments: [
        (CorrectionID.Kind.void, 1, false, "void:evt-1"), (.void, 2, false, "void-2:evt-1"),
        (.void, 1, true, "void-replace:evt-1"), (.adjust, 3, true, "adjust-3-replace:evt-1"),
        (.adjust, 1, false, "adjust:evt-1"),
    ])
    func `is written so, and read back`(kind: CorrectionID.Kind, number: Int, replaces: Bool, text: String) {
        let id = CorrectionID(kind, number: number, replaces: replaces, of: "evt-1")
        #expect(id.eventID == EventID(text))
        #expect(CorrectionID(EventID(text)) == id)
    }

    @Test(arguments: [
        "evt-1", "void", "void:", "voided:evt-1", "void-1:evt-1", "void-02:evt-1", "void--2:evt-1", "void-x:evt-1",
        "avoid:evt-1", "adjust-:e", "replace:e", ":e", "",
    ])
    func `is none if it is written otherwise`(text: String) {
        #expect(CorrectionID(EventID(text)) == nil)
    }

    @Test(arguments: ["a:b", "void:evt", "ü/ %", "-replace", "adjust-2-replace:void:x"])
    func `keeps whatever the original's id holds`(original: String) {
        for kind in CorrectionID.Kind.allCases {
            for number in [1, 2, 17] {
                for replaces in [true, false] {
                    let id = CorrectionID(kind, number: number, replaces: replaces, of: EventID(original))
                    #expect(CorrectionID(id.eventID) == id)
                }
            }
        }
    }

    @Test func `differs for whatever it is of`() {
        var seen: Set<EventID> = []
        for kind in CorrectionID.Kind.allCases {
            for number in 1...5 {
                for replaces in [true, false] {
                    let id = CorrectionID(kind, number: number, replaces: replaces, of: "e")
                    #expect(seen.insert(id.eventID).inserted)
                }
            }
        }
    }
}
