import Events
import OfRecord
import Testing

/// What a migration's log says beside who is of record.
@Suite struct MigrationLogTests {
    private static func log(_ actions: MigrationEntry.Action...) -> MigrationLog {
        MigrationLog(
            actions.enumerated().map { number, action in
                MigrationEntry(number: number + 1, at: Timestamp(milliseconds: Int64(number)), action: action)
            }
        )
    }

    @Test func `says what the new provider gets`() {
        #expect(Self.log().delivery == nil)
        #expect(Self.log(.hold, .ramp(share: 5)).delivery == nil)
        #expect(Self.log(.stage(.shadow), .hold).delivery == .shadow)
        #expect(Self.log(.stage(.shadow), .stage(.mirror), .close).delivery == .mirror)
        #expect(Self.log(.stage(.mirror), .stage(.shadow)).delivery == .shadow)
    }

    @Test func `is held until it is resumed, whatever else is ordered`() {
        let between: [MigrationEntry.Action] = [
            .stage(.mirror), .ramp(share: 5), .cut(at: Timestamp(milliseconds: 9)),
            .goBack(when: .now, customers: nil), .close,
        ]
        #expect(!Self.log().isHeld && !Self.log(.resume).isHeld)
        for action in between {
            #expect(Self.log(.hold, action).isHeld)
            #expect(!Self.log(.hold, .resume, action).isHeld)
        }
    }

    @Test func `is closed for good`() {
        #expect(!Self.log(.stage(.mirror), .cut(at: Timestamp(milliseconds: 9))).isClosed)
        #expect(Self.log(.close).isClosed && Self.log(.close, .hold).isClosed)
    }
}
