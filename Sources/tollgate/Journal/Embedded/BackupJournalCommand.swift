import ArgumentParser
import Events
import Foundation
import Gateway
import JournalSQLite

/// `tollgate journal backup TARGET`: copies the journal while the gateway runs.
struct BackupJournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Back up the embedded journal into a folder, also while the gateway runs.",
        discussion: """
            Copies events piece by piece, then one state of the rest, keys.json, and SHA-256 checksums of all. If it is interrupted, run it \
            again: it continues. The next backup into the same folder copies only what is new; use two folders in turn, so that one is \
            complete at any time. Copy routes.json and the vendors' keys yourself.
            """
    )

    @Argument(help: "Folder of the backup; it is created if it is missing.")
    var target: String

    @Option(help: "Maximum megabytes per second, from 1 to 100000.")
    var rate: Int = 50

    @OptionGroup var folder: JournalFolder

    mutating func validate() throws {
        guard (1...100_000).contains(rate) else { throw ValidationError("--rate must be from 1 to 100000") }
    }

    mutating func run() async throws {
        try folder.requireEmbedded { schema in
            """
            back it up with PostgreSQL's own tools: pg_basebackup with an archive of the write-ahead log, or \
            pg_dump --format=custom --schema=\(schema)
            """
        }
        let backup = JournalBackup(
            of: folder.url,
            to: URL(filePath: target),
            bytesPerSecond: rate * 1_000_000
        )
        let line = ProgressLine()
        let report = try await BackupText.run(at: folder.data) { () throws(BackupFault) in
            try backup.run(at: SystemWallClock().now) { line.show("copying events", $0.done, of: $0.total) }
        }
        line.end()
        for fault in report.damaged { Terminal.note("damaged in the journal: \(FaultText.line(fault).dropFirst(2))") }
        let bytes = report.manifest.files.reduce(0) { $0 + $1.bytes }
        Terminal.line(
            "\(target) has \(report.manifest.events) events (\(ByteText.text(bytes))) as of \(report.manifest.takenAt); "
                + "\(ByteText.text(report.copiedBytes)) were copied"
        )
        // The copy is complete, and its source is not well.
        if !report.damaged.isEmpty { throw ExitCode(1) }
    }
}

/// Why a backup or a restoration failed, for people.
enum BackupText {
    /// Runs work that blocks, and ends the command with the reason if it fails.
    static func run<Value: Sendable>(
        at data: String,
        _ work: @escaping @Sendable () throws(BackupFault) -> Value
    ) async throws -> Value {
        do throws(BackupFault) {
            return try await BlockingWork.run(work)
        } catch {
            Terminal.message(message(error, at: data))
            throw ExitCode(1)
        }
    }

    /// What stopped the backup, and how to continue.
    static func message(_ fault: BackupFault, at data: String) -> String {
        switch fault {
        case .journal(let error): StoreText.message(error, at: data)
        case .targetFull(let path):
            "the disk of \(path) is full; free some space and run the command again: it continues"
        case .target(let path, let reason): "\(path) cannot be used: \(reason)"
        case .otherJournal(let path): "\(path) has a backup of another journal; use another folder"
        case .otherHistory(let path):
            "\(path) has events that the journal never had, as after restoring an older backup; use another folder"
        case .unfinished(let path):
            "\(path) has no complete backup: there is no file manifest.json; run `tollgate journal backup` again, which continues"
        case .damaged(let path, let file):
            "\(path) is damaged: \(file) is not what the backup wrote (see the checksum in manifest.json); use another backup"
        case .notEmpty(let path):
            "\(path) is not empty; restore into an empty folder, and keep the old one until the restored gateway runs"
        }
    }
}
