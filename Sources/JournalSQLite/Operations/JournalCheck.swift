import Events
package import Foundation
import GRDB
package import Journal
import JournalFormat

/// Reads every chunk, every index and every page of a journal, and names what is damaged. Changes nothing; a gateway may run meanwhile.
package struct JournalCheck: Sendable {
    private let file: JournalFile

    /// Bytes of chunks that are read in one state of the database, so that no state is held for long.
    private static let sliceBytes = 8 << 20
    /// Findings of the database's own check.
    private static let mostMessages = 1000

    /// - Throws: ``StoreError`` if there is no journal that can be read.
    package init(of folder: URL) throws(StoreError) {
        file = try JournalFile(reading: folder)
    }

    /// Blocks until everything is read.
    /// - Parameter progress: is told how many of how many events have been read.
    /// - Throws: ``StoreError`` if the journal cannot be read at all.
    package func run(progress: (_ done: Int64, _ of: Int64) -> Void = { _, _ in }) throws(StoreError) -> CheckReport {
        var report = CheckReport()
        try checkChunks(&report, progress)
        try checkFiles(&report)
        try checkDatabase(&report)
        return report
    }

    // MARK: Chunks

    private func checkChunks(_ report: inout CheckReport, _ progress: (Int64, Int64) -> Void) throws(StoreError) {
        let bounds = try file.read { try JournalBounds(of: $0) }
        var next: Int64? = bounds.oldest
        while let from = next {
            do throws(StoreError) {
                next = try file.read { db in try checkSlice(from: from, &report, db) }
            } catch .failed(let reason) {
                report.add(JournalFault(.database, "events from number \(from) on cannot be read: \(reason)"))
                next = nil
            }
            progress(
                min((next ?? bounds.newest + 1) - bounds.oldest, bounds.newest + 1 - bounds.oldest),
                bounds.newest + 1 - bounds.oldest
            )
        }
    }

    /// - Returns: where the next slice begins; nil after the last one.
    private func checkSlice(
        from: Int64,
        _ report: inout CheckReport,
        _ db: Database
    ) throws -> Int64? {
        // A gateway that runs may have added some since the last slice.
        let names = try file.reader(db).names.current
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT \(ChunkRow.columns) FROM chunks WHERE first >= ? ORDER BY first",
            arguments: [from]
        )
        var bytes = 0
        while let row = try rows.next().map(ChunkRow.init) {
            report.chunks += 1
            report.events += row.count
            bytes += try row.contentBytes()
            if case .failure(let fault) = try row.events(names: names) {
                report.add(JournalFault(.chunk(first: row.first, last: row.last), fault.reason))
            }
            if bytes >= Self.sliceBytes { return row.last + 1 }
        }
        return nil
    }

    // MARK: Files of the indexes

    private func checkFiles(_ report: inout CheckReport) throws(StoreError) {
        let key = try file.read { try MetaTable.hashKey(in: $0) }
        let (runCheck, columnCheck) = (key.hash(IdentityRun.keyText), key.hash(ColumnSegment.keyText))
        check("index", IdentityRun.ending, &report) { try Self.reason(ofRun: $0, runCheck) }
        check("columns", ColumnSegment.ending, &report) { try Self.reason(ofSegment: $0, columnCheck) }
    }

    /// - Parameter body: says what is wrong with a file; nil if nothing is. Throws if there is no such file any more.
    private func check(_ name: String, _ ending: String, _ report: inout CheckReport, _ body: (URL) throws -> String?) {
        let folder = file.folder.appending(path: name)
        // Without the folder there are no files, and the next start makes them.
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        for file in files.filter({ $0.pathExtension == ending }).sorted(by: { $0.path < $1.path }) {
            // A gateway that runs may have put others in its place since the folder was listed.
            guard let reason = try? body(file) else {
                if FileManager.default.fileExists(atPath: file.path) { report.files += 1 }
                continue
            }
            report.files += 1
            report.add(JournalFault(.file("\(name)/\(file.lastPathComponent)"), reason))
        }
    }

    private static func reason(ofRun file: URL, _ keyCheck: UInt64) throws -> String? {
        do throws(IdentityRunFault) {
            let run = try IdentityRun(opening: file, keyCheck: keyCheck)
            for page in run.pages { _ = try run.entries(ofPage: page) }
            return nil
        } catch {
            switch error {
            case .damaged: return "a checksum does not match"
            case .foreign: return "the file belongs to another journal"
            case .unreadable(ENOENT): throw error
            case .unreadable(let number): return "the file cannot be read: \(String(cString: strerror(number)))"
            }
        }
    }

    private static func reason(ofSegment file: URL, _ keyCheck: UInt64) throws -> String? {
        do throws(ColumnFault) {
            try ColumnSegment(opening: file, keyCheck: keyCheck).checkAllParts()
            return nil
        } catch {
            switch error {
            case .damaged: return "a checksum does not match"
            case .foreign: return "the file belongs to another journal"
            case .unreadable(ENOENT): throw error
            case .unreadable(let number): return "the file cannot be read: \(String(cString: strerror(number)))"
            }
        }
    }

    // MARK: The database

    private func checkDatabase(_ report: inout CheckReport) throws(StoreError) {
        let messages: [String]
        do throws(StoreError) {
            messages = try file.read { try String.fetchAll($0, sql: "PRAGMA integrity_check(\(Self.mostMessages))") }
        } catch .failed(let reason) {
            return report.add(JournalFault(.database, reason))
        }
        for message in messages where message != "ok" { report.add(Self.fault(message)) }
    }

    /// What SQLite says of an index can be mended from its table; all else cannot.
    static func fault(_ message: String) -> JournalFault {
        let index =
            message.wholeMatch(of: /row \d+ missing from index (\w+)/)?.1
            ?? message.wholeMatch(of: /wrong # of entries in index (\w+)/)?.1
            ?? message.wholeMatch(of: /non-unique entry in index (\w+)/)?.1
        if let index, !index.hasPrefix("sqlite_autoindex") { return JournalFault(.index(String(index)), message) }
        return JournalFault(.database, message)
    }
}

extension ColumnSegment {
    /// Reads all parts of a file and compares their checksums.
    func checkAllParts() throws(ColumnFault) {
        guard let file else { return }
        let source = try ColumnFile(file)
        for part in header.parts {
            let bytes = try source.read(part.length, at: part.place)
            guard Checksum.of(bytes) == part.checksum else { throw .damaged }
        }
    }
}
