import Events
import Testing

@testable import Migration

@Suite struct FieldChangesTests {
    @Test func `keeps a bounded number of fields, and counts the rest`() {
        var changes = FieldChanges()
        for number in 0..<300 {
            changes.add(FieldDifference(path: "p.\(number)", before: nil, after: "1"), in: "e")
        }
        #expect(changes.mostFrequentFirst.count == FieldChanges.mostFields)
        #expect(changes.others == 300 - FieldChanges.mostFields)
    }
}
