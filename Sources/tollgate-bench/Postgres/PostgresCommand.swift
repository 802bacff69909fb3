import ArgumentParser
import Foundation
import PostgresServer

/// Measures the store that several gateways share, each row beside its baseline in the same run.
struct PostgresCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "postgres",
        abstract: "Measure the shared store on a PostgreSQL server of its own, and print the page."
    )

    @Option(help: "Seconds a measurement; each is made three times where it is compared with another.")
    var seconds = 3.0

    @Option(help: "Measure one row; may be given several times.")
    var only: [PostgresRowName] = []

    @Option(help: "IDs that are stored beforehand in the rows identities and closed-parts; 4 times as many in memory.")
    var ids = 1_000_000

    @Option(help: "Events that are accepted and delivered in the row bloat.")
    var bloatEvents = 1_000_000

    @Option(help: "Seconds that a snapshot is held in the row snapshot.")
    var hold = 10.0

    @Flag(help: "Print the page as JSON.")
    var json = false

    mutating func validate() throws {
        guard seconds > 0, seconds <= 600 else { throw ValidationError("--seconds is a number up to 600") }
        guard hold > 0, hold <= 3600 else { throw ValidationError("--hold is a number up to 3600") }
        guard ids >= 1000, bloatEvents >= 1000 else { throw ValidationError("1000 events are the fewest") }
    }

    func run() async throws {
        try await Scratch.with { try await run(in: $0) }
    }

    private func run(in scratch: Scratch) async throws {
        let database = try await BenchDatabase.start(in: scratch, steady: false)
        let steady = try await BenchDatabase.start(in: scratch, steady: true)
        let rates = try StoreRates(database: steady, seconds: seconds)
        let run = BenchRun(scratch: scratch, seconds: seconds)
        var rows: [Row] = []
        var failures: [String: String] = [:]
        for name in PostgresRowName.allCases where only.isEmpty || only.contains(name) {
            do {
                FileHandle.standardError.write(Data("measuring \(name.rawValue)\n".utf8))
                rows.append(try await measure(name, rates, run, database))
            } catch {
                failures[name.rawValue] = "\(error)"
            }
        }
        let version = try await database.server.run("SHOW server_version").first ?? ""
        let conditions =
            "\(seconds) s a measurement, PostgreSQL \(version) with fsync; what the store does by itself at a server whose flushes take "
            + "\(BenchDatabase.flush), gateways on the disk of the temporary folder; loads, vendors, gateways and database share this machine"
        let page = Page(conditions: conditions, rows: rows, failures: failures)
        print(json ? try page.json : page.text)
        guard failures.isEmpty else { throw ExitCode(1) }
    }

    private func measure(
        _ name: PostgresRowName,
        _ rates: StoreRates,
        _ run: BenchRun,
        _ database: BenchDatabase
    ) async throws -> Row {
        switch name {
        case .appendOne: try await rates.appendOneRow()
        case .appendFour: try await rates.appendFourRow()
        case .appendCopy: try await rates.appendCopyRow()
        case .appendUnique: try await rates.appendUniqueRow()
        case .slots: try await rates.slotsRow()
        case .identities: try await rates.identitiesRow(ids: ids)
        case .closedParts: try await rates.closedPartsRow(ids: ids)
        case .days: try await rates.daysRow()
        case .settling: try await rates.settleRow()
        case .intending: try await rates.intendRow()
        case .log: try await rates.logRow()
        case .snapshot: try await rates.snapshotRow(hold: hold)
        case .takeOver: try await run.takeOverRow(database)
        case .hop: try await run.hopRow(database)
        case .sharedAccept: try await run.sharedAcceptRow(database)
        case .sharedAcceptBatch: try await run.sharedAcceptBatchRow(database)
        case .duplicates: try await run.duplicatesRow(database)
        case .sharedMemory: try await run.sharedMemoryRow(database, rates, ids: 4 * ids)
        case .drain: try await run.sharedDrainRow(database)
        case .sharedHang: try await run.sharedHangRow(database)
        case .sharedReturn: try await run.sharedReturnRow(database)
        case .bloat: try await run.bloatRow(database, events: bloatEvents)
        }
    }
}

/// The rows about the shared store, in their order.
enum PostgresRowName: String, CaseIterable, ExpressibleByArgument {
    case appendOne = "append-1"
    case appendFour = "append-4-streams"
    case appendCopy = "append-copy"
    case appendUnique = "append-unique"
    case slots = "streams"
    case identities
    case closedParts = "closed-parts"
    case days
    case settling = "settle"
    case intending = "intend"
    case log = "wal"
    case snapshot
    case takeOver = "take-over"
    case hop
    case sharedAccept = "accept"
    case sharedAcceptBatch = "accept-batch"
    case duplicates, drain
    case sharedMemory = "memory"
    case sharedHang = "hang"
    case sharedReturn = "return"
    case bloat
}
