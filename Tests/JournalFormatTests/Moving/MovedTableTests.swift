import Testing

@testable import JournalFormat

/// The tables that move from one store to another.
@Suite struct MovedTableTests {
    @Test(arguments: MovedTable.allCases)
    func `have columns of different names, the key's first`(table: MovedTable) {
        let names = table.columns.map(\.name)
        #expect(Set(names).count == names.count)
        #expect((1..<names.count).contains(table.keyCount), "a key, and what it is the key of")
        // A key is compared, and a number without a fraction or a text compares in the same way in both stores.
        let kinds = table.columns.prefix(table.keyCount).map(\.kind)
        #expect(kinds.allSatisfy { [.int2, .int4, .int8, .text].contains($0) })
    }

    @Test func `keep the three columns of a fault together and last`() {
        let fault = ["fault_code", "fault_message", "fault_vendor"]
        for table in MovedTable.allCases where table.columns.contains(where: { $0.name.hasPrefix("fault_code") }) {
            #expect(table.columns.suffix(3).map(\.name) == fault, "\(table)")
        }
    }

    @Test func `know about how large a value is`() {
        #expect([MovedValue.null, .integer(.max), .real(0)].map(\.size) == [8, 8, 8])
        #expect(MovedValue.text("ü").size == 18 && MovedValue.bytes([1, 2, 3]).size == 19)
    }
}
