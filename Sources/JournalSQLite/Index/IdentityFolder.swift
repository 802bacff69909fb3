import Foundation
import JournalFormat

/// The folder of the identity index: a file a run.
typealias IdentityFolder = IndexFolder<IdentityRun>

extension IdentityRun: IndexFile {
    static let index = "the identity index"
    static let keyText = "tollgate identity run"
    static let ending = "run"

    var place: URL? { file }
}

extension IndexFolder<IdentityRun> {
    /// Writes a table as a run.
    func write(_ table: IdentityTable, range: ClosedRange<Int64>) throws -> IdentityRun {
        var writer = try IdentityRunWriter(folder: folder, range: range, keyCheck: keyCheck)
        for entry in table.sorted { try writer.append(entry) }
        let file = writer.file
        try writer.finish()
        return try IdentityRun(opening: file, keyCheck: keyCheck)
    }

    /// Writes one run with the entries of several, but for those of removed events.
    func merge(_ runs: ArraySlice<IdentityRun>, floor: Int64, removed: SequenceRanges) throws -> IdentityRun {
        let file = try IdentityMerge.merge(runs, floor: floor, removed: removed, folder: folder, keyCheck: keyCheck)
        return try IdentityRun(opening: file, keyCheck: keyCheck)
    }
}
