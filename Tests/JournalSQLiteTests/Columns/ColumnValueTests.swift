import Events
import Journal
import JournalFormat
import TestSupport
import Testing

@testable import JournalSQLite

/// The values that the search index calculates with, against plain models on random rows.
@Suite struct ColumnValueTests {
    private func rows(_ selection: RowSelection, backwards: Bool = false) -> [Int] {
        var rows: [Int] = []
        selection.forEach(backwards: backwards) { rows.append($0) }
        return rows
    }

    @Test(arguments: [0, 1, 2, 100])
    func `keeps the rows that pass, in their order, however often it is asked`(count: Int) {
        var random = SeededRandom()
        for _ in 0..<200 {
            var selection = RowSelection.all(count)
            var model = Array(0..<count)
            for _ in 0..<4 {
                let divisor = Int.random(in: 1...4, using: &random)
                let rest = Int.random(in: 0..<divisor, using: &random)
                selection.keep { $0 % divisor == rest }
                model.removeAll { $0 % divisor != rest }
                #expect(selection.count == model.count)
                #expect(rows(selection) == model)
                #expect(rows(selection, backwards: true) == model.reversed())
            }
        }
        #expect(rows(.none).isEmpty && RowSelection.none.count == 0)
    }

    @Test func `filters a column by each test as its numbers say, among rows that were chosen before`() {
        var random = SeededRandom()
        for span in [0, 1, 200, 300, 70_000] as [Int64] {
            for _ in 0..<50 {
                let values = (0..<60).map { _ in 3 + Int64.random(in: 0...span, using: &random) }
                let column = PackedColumn(packing: values)
                let chosen = values.indices.filter { _ in Bool.random(using: &random) }
                let bounds = [values[0], values[1], 0, 3, 3 + span, .max, .min]
                let (one, other) = (bounds.randomElement(using: &random)!, bounds.randomElement(using: &random)!)
                let range = min(one, other)...max(one, other)
                let among = (0..<Int.random(in: 0...300, using: &random)).map { _ in Bool.random(using: &random) }
                let tests: [(NumberTest, (Int64) -> Bool)] = [
                    (.equals(one), { $0 == one }), (.within(range), { range.contains($0) }),
                    (.among(among), { $0 < among.count && among[Int($0)] }),
                ]
                for (test, passes) in tests {
                    var selection = RowSelection.all(values.count)
                    selection.keep { chosen.contains($0) }
                    column.filter(&selection, by: test)
                    #expect(
                        rows(selection) == chosen.filter { passes(values[$0]) },
                        "seed \(SeededRandom.seed): \(test)"
                    )
                }
            }
        }
    }

    @Test(arguments: [
        [], [Int64.min], [.max], [.min, .max], [.max, .min, 0], [-1, 0], [0, 0xFF], [0, 0x100], [0, 0xFFFF],
        [0, 0x1_0000],
        [0, 0xFFFF_FFFF], [0, 0x1_0000_0000], [.max - 1, .max], [.min, .min + 1],
    ])
    func `keeps numbers at the ends of each width`(values: [Int64]) {
        let column = PackedColumn(packing: values)
        var read: [Int64] = []
        column.forEach(.all(values.count)) { read.append($1) }
        #expect(read == values)
        let span = (values.max() ?? 0).subtractingReportingOverflow(values.min() ?? 0)
        let least =
            span.partialValue == 0
            ? 0 : (0..<4).first { UInt64(bitPattern: span.partialValue) >> (8 << $0) == 0 || $0 == 3 }.map { 1 << $0 }
        #expect(column.width == least && column.bytes.count == column.width * values.count)
    }

    /// Rows 0, 1, 2 … have the numbers of ascending runs.
    private func sample(_ random: inout SeededRandom) -> (runs: [ColumnBuilder.Run], numbers: [Int64]) {
        var (runs, numbers): ([ColumnBuilder.Run], [Int64]) = ([], [])
        var next: Int64 = 1
        for _ in 0..<Int.random(in: 0...5, using: &random) {
            next += Int64.random(in: 0...4, using: &random)
            runs.append(ColumnBuilder.Run(row: Int64(numbers.count), sequence: next))
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                numbers.append(next)
                next += 1
            }
        }
        return (numbers.isEmpty ? [] : runs, numbers)
    }

    private func header(_ count: Int, _ range: ClosedRange<Int64>) -> ColumnHeader {
        ColumnHeader(range: range, count: count, times: 0...0, onlyTenant: 0, keyCheck: 0, parts: [])
    }

    @Test func `tells the number of each row, how many lie in a range, and where none is`() {
        var random = SeededRandom()
        for _ in 0..<2000 {
            let (runs, numbers) = sample(&random)
            let sequences = RowSequences(runs: runs)
            guard !numbers.isEmpty else { continue }
            #expect(numbers.indices.map { sequences[$0] } == numbers, "seed \(SeededRandom.seed)")
            let from = Int64.random(in: 1...30, using: &random)
            let range = from...(from + Int64.random(in: 0...20, using: &random))
            #expect(sequences.count(in: range, of: numbers.count) == numbers.count { range.contains($0) })
            let holes = sequences.holes(in: range, of: numbers.count).flatMap { Array($0) }
            #expect(holes == range.filter { !numbers.contains($0) }, "seed \(SeededRandom.seed): \(runs)")
        }
    }

    @Test func `takes runs for sound if each row has a number in the range, larger than the one before`() {
        var random = SeededRandom()
        for _ in 0..<3000 {
            var (runs, numbers) = sample(&random)
            let range = 1...Int64(40)
            #expect(RowSequences.areSound(runs, of: header(numbers.count, range)), "seed \(SeededRandom.seed): \(runs)")
            guard let index = runs.indices.randomElement(using: &random) else { continue }
            let extremes = [Int64.min, -1, 0, 41, 42, 1 << 60, .max]
            if Bool.random(using: &random) {
                runs[index].sequence = extremes.randomElement(using: &random)!
            } else {
                runs[index].row = extremes.randomElement(using: &random)!
            }
            // What is taken for sound can be read without a trap, and keeps what it promises.
            guard RowSequences.areSound(runs, of: header(numbers.count, range)) else { continue }
            let read = numbers.indices.map { RowSequences(runs: runs)[$0] }
            #expect(
                read.allSatisfy { range.contains($0) } && zip(read, read.dropFirst()).allSatisfy { $0 < $1 },
                "\(runs)"
            )
        }
    }

    @Test(arguments: [
        (0, 1, 12, true), (0, 1, 11, false), (0, 0, 8, false), (1, 1, 24, false), (1, 2, 28, true), (1, 2, 27, false),
        (0, 3, 100, false),
        (-1, 2, 100, false), (0, -2, 100, false), (2, 4, 48, true), (4, 4, 1000, false), (3, 4, 60, true),
    ])
    func `takes no sizes for a table that none has`(entries: Int, slots: Int, length: Int, isTable: Bool) {
        let layout = TextTable.Layout(entries: entries, slots: slots, length: length)
        #expect((layout != nil) == isTable)
        guard let layout else { return }
        #expect(layout.texts <= length && layout.slot(0) == 8 && layout.entry(0) == 8 + slots * 4)
    }

    /// The table on disk tells the same numbers as the one in memory, for empty texts and equal ones of two tenants as well.
    @Test func `numbers texts in the order in which they come`() {
        var random = SeededRandom()
        var table = TextTable()
        var known: [[UInt8]] = []
        for _ in 0..<5000 {
            let tenant = UInt32.random(in: 1...2, using: &random)
            let text = Array(
                "t\(Int.random(in: 0..<400, using: &random))".utf8.dropFirst(Int.random(in: 0...1, using: &random))
            )
            let key = [UInt8(tenant)] + text
            if !known.contains(key) { known.append(key) }
            let number = text.withUnsafeBytes { table.number(of: $0, tenant: tenant, key: ColumnSegmentTests.key) }
            #expect(known[Int(number) - 1] == key, "seed \(SeededRandom.seed)")
        }
        #expect(table.entries.count == known.count)
        let empty = table.number(
            of: UnsafeRawBufferPointer(start: nil, count: 0),
            tenant: 1,
            key: ColumnSegmentTests.key
        )
        #expect(Int(empty) == known.count + 1)
    }
}
