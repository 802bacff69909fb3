import ArgumentParser
import Foundation
import Journal
import JournalFormat
import JournalPostgres
import JournalSQLite
import Logging
import Synchronization

/// `tollgate journal move --from ./data --to postgresql://…`: moves an embedded journal into a database.
struct MoveJournalCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "move",
        abstract: "Move a journal from its data folder to PostgreSQL.",
        discussion: """
            Events keep their numbers and ids, and so do outcomes, history, backfills and holds; repeated events are recognized as before. \
            While a gateway has the folder open, its events are copied; stop the gateway when the command says so, and it moves the rest. \
            An interrupted move continues where it was. In the end both sides are compared, and the data folder is marked: no gateway \
            opens it again. Client keys stay in keys.json.
            """
    )

    @Option(help: "Data folder of the gateway.")
    var from: String

    @Option(name: .customLong("to"), help: "Address of the PostgreSQL store (default: --store, or TOLLGATE_STORE).")
    var target: String?

    @Flag(help: "Print how much there is to move, and change nothing.")
    var dryRun = false

    @OptionGroup var store: StoreOptions

    mutating func validate() throws {
        guard let target else { return }
        guard store.store == nil || store.store == target else {
            throw ValidationError("--to and --store name different addresses; leave one of them out")
        }
        store.store = target
        try store.validate()
    }

    mutating func run() async throws {
        let (folder, isDry) = (URL(filePath: from), dryRun)
        guard FileManager.default.fileExists(atPath: folder.appending(path: "journal.sqlite").path) else {
            Terminal.note("\(from) has no journal: there is no file journal.sqlite in it")
            throw ExitCode(1)
        }
        // Before the folder is opened: a missing address or password is known at once.
        if !isDry { _ = try store.database() }
        if isDry { return try await preview(folder) }
        let source = try await openStopped(folder)
        do {
            try await move(source)
        } catch {
            await source.close()
            throw error
        }
        await source.close()
    }

    /// The journal, once no gateway has it open. Until then its events are copied.
    private func openStopped(_ folder: URL) async throws -> SQLiteEventStore {
        let opened = Mutex<SQLiteEventStore?>(nil)
        let openIfFree: @Sendable () throws(StoreError) -> Bool = { () throws(StoreError) in
            let source = try Self.openIfFree(folder)
            opened.withLock { $0 = source }
            return source != nil
        }
        if try reported(openIfFree) == false { try await copy(folder, until: openIfFree) }
        guard let source = opened.withLock({ $0 }) else { throw ExitCode(1) }
        return source
    }

    /// - Returns: nil while a gateway has it open.
    private static func openIfFree(_ folder: URL) throws(StoreError) -> SQLiteEventStore? {
        do throws(StoreError) {
            return try SQLiteEventStore(opening: folder, toMove: true, logger: logger)
        } catch {
            if case .folderInUse = error { return nil }
            throw error
        }
    }

    /// Copies events while a gateway has the journal open, until it has stopped, so that the move itself takes less time.
    private func copy(_ folder: URL, until isOver: @Sendable () throws(StoreError) -> Bool) async throws {
        let running = try reported { () throws(StoreError) in try RunningJournal(reading: folder) }
        defer { running.close() }
        Terminal.message("a gateway has \(from) open: copying its events while it runs")
        let progress = MoveProgressBar()
        try await store.run { (settings) throws(StoreError) in
            try await EventCopy(from: running, to: settings, logger: Self.logger).run(
                { progress.show($0) },
                isUp: {
                    progress.end()
                    Terminal.message("the copy is up to date: stop the gateway now, and the move goes on by itself")
                },
                until: isOver
            )
        }
        progress.end()
    }

    /// Prints what would be moved. Changes nothing.
    private func preview(_ folder: URL) async throws {
        let contents: MovedContents
        if let source = try reported({ () throws(StoreError) in try Self.openIfFree(folder) }) {
            contents = try await source.contents()
            await source.close()
        } else {
            let running = try reported { () throws(StoreError) in try RunningJournal(reading: folder) }
            defer { running.close() }
            contents = try await running.contents()
        }
        let rows = contents.rows.values.reduce(0, +)
        Terminal.line(
            "\(contents.events) events in \(contents.chunks) chunks, \(contents.runs) delivered runs and \(rows) other rows to move; about "
                + RoughDuration.text(seconds: Self.estimate(contents.events, rows + contents.runs))
        )
    }

    /// What a step with the folder gives, or the end of the command with what went wrong.
    private func reported<Value>(_ step: () throws(StoreError) -> Value) throws -> Value {
        do throws(StoreError) {
            return try step()
        } catch {
            Terminal.message(StoreText.message(error, at: from))
            throw ExitCode(1)
        }
    }

    /// About 100,000 events and 50,000 rows a second.
    private static func estimate(_ events: Int, _ rows: Int) -> Int64 {
        Int64(1 + events / 100_000 + rows / 50_000)
    }

    /// Moves the journal of a stopped gateway, and shows the progress.
    private func move(_ source: SQLiteEventStore) async throws {
        let progress = MoveProgressBar()
        let report = try await store.run { (settings) throws(StoreError) in
            try await JournalMove(from: source, to: settings, logger: Self.logger).run { progress.show($0) }
        }
        progress.end()
        if report.damagedChunks > 0 {
            Terminal.message(
                "\(report.damagedChunks) damaged chunks were moved as they are; their events cannot be read"
            )
        }
        Terminal.line(
            "moved \(report.events) events in \(report.chunks) chunks, with \(report.backlog) deliveries that wait; start gateways with "
                + "--store, and import the client keys"
        )
    }

    /// The move reports its progress itself; a log would write over the bar.
    private static let logger = Logger(label: "tollgate.journal") { _ in SwiftLogNoOpLogHandler() }
}

/// Shows how far a move has come.
final class MoveProgressBar: Sendable {
    private let line = ProgressLine()

    func show(_ progress: MoveProgress) {
        line.show("\(progress.phase)", Self.text(progress), part: progress.part)
    }

    /// Ends the line of the bar.
    func end() { line.end() }

    /// `moving events: 1200 of 5000`.
    static func text(_ progress: MoveProgress) -> String {
        let what =
            switch progress.phase {
            case .events: "moving events"
            case .outcomes: "moving outcomes"
            case .deliveries: "moving deliveries"
            case .comparing: "comparing chunks"
            }
        return "\(what): \(progress.done) of \(progress.total)"
    }
}
