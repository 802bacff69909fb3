import Events
import GRDB
import Journal
import JournalFormat

/// Reads identities from the journal again, where the index has lost them or never wrote them down.
struct IdentityRebuild {
    let index: IdentityIndex
    let reader: JournalReader
    /// How many entries a run has that comes straight from memory.
    let unit: Int

    /// Opens the index and brings it up to the newest event.
    /// - Returns: how many events were read again.
    func open(floor: Int64, newest: Int64, in db: Database) throws -> Int {
        var count = 0
        for gap in try index.openRuns(floor: floor, newest: newest) {
            count += try read(gap, in: db) { range, table in
                try index.fill(range, with: table, isNewest: range.upperBound == newest)
            }
        }
        try makeFilter(in: db)
        return count
    }

    /// Reads every run for the filter; one that turns out to be damaged is made again first.
    private func makeFilter(in db: Database) throws {
        var replaced: [ClosedRange<Int64>] = []
        while true {
            do throws(DamagedRun) {
                return try index.makeFilter()
            } catch {
                // What was written just now and cannot be read would be made again forever.
                if replaced.contains(where: { $0.overlaps(error.run.range) }) { throw error.fault }
                replaced.append(error.run.range)
                _ = try replace(error.run, because: error.fault, in: db)
            }
        }
    }

    /// Replaces a damaged run; if that fails, it stays where it is, to be found damaged again.
    /// - Returns: the runs that are in its place.
    func replace(_ run: IdentityRun, because fault: IdentityRunFault, in db: Database) throws -> [IdentityRun] {
        // Somebody else may have found the damage first.
        if index.has(run) {
            var new: [IdentityRun] = []
            _ = try read(run.range, in: db) { range, table in new.append(try index.makeAgain(range, from: table)) }
            index.replace(run, by: new, because: fault)
        }
        return index.runs(in: run.range)
    }

    /// Reads a range into tables of about one unit each, at borders of chunks.
    private func read(
        _ gap: ClosedRange<Int64>,
        in db: Database,
        _ take: (ClosedRange<Int64>, IdentityTable) throws -> Void
    ) throws -> Int {
        var (table, first, total) = (IdentityTable(), gap.lowerBound, 0)
        let names = reader.names.current
        let rows = try JournalReader.rows(from: gap.lowerBound, in: db)
        while let row = try rows.next().map(ChunkRow.init), row.first <= gap.upperBound {
            guard row.last >= gap.lowerBound, case .success(let chunk) = try row.events(names: names) else { continue }
            if table.count >= unit, row.first > first {
                try take(first...(row.first - 1), table)
                (table, first) = (IdentityTable(), row.first)
            }
            total += insert(chunk, within: gap, to: &table)
        }
        try take(first...gap.upperBound, table)
        return total
    }

    private func insert(_ chunk: ChunkEvents, within gap: ClosedRange<Int64>, to table: inout IdentityTable) -> Int {
        var count = 0
        let numbers = reader.names.numbers(for: chunk.events)
        for (offset, identity) in numbers.identities.enumerated() {
            let sequence = chunk.first.rawValue + Int64(offset)
            guard gap.contains(sequence) else { continue }
            table.insert(identity.hash, sequence, isScoped: identity.isScoped)
            count += 1
        }
        return count
    }
}
