import ArgumentParser
import Foundation

/// Runs the rows and prints the page.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Measure rows and print the page (default)."
    )

    @Option(help: "Seconds a load.")
    var seconds = 5.0

    @Option(help: "Measure one row; may be given several times.")
    var only: [RowName] = []

    @Flag(help: "Measure the cost over time too.")
    var long = false

    @Option(help: "Events stored beforehand in the row long.")
    var longEvents = 20_000_000

    @Option(help: "Events that wait in the row memory.")
    var waitingEvents = 1_000_000

    @Option(
        help:
            "Events stored beforehand in the rows simulators, plan, backfill, backfill-live, ledger and dashboard; a tenth in parity."
    )
    var storedEvents = 1_000_000

    @Flag(help: "Print the page as JSON.")
    var json = false

    mutating func validate() throws {
        guard seconds > 0, seconds <= 600 else { throw ValidationError("--seconds is a number up to 600") }
        guard longEvents >= 1000, waitingEvents >= 1000, storedEvents >= 1000 else {
            throw ValidationError("1000 events are the fewest")
        }
    }

    func run() async throws {
        try await Scratch.with { try await run(in: $0) }
    }

    private func run(in scratch: Scratch) async throws {
        let run = BenchRun(scratch: scratch, seconds: seconds)
        var rows: [Row] = []
        var failures: [String: String] = [:]
        for name in RowName.allCases where isWanted(name) {
            do {
                FileHandle.standardError.write(Data("measuring \(name.rawValue)\n".utf8))
                rows.append(try await measure(name, in: run))
            } catch {
                failures[name.rawValue] = "\(error)"
            }
        }
        let conditions =
            "\(seconds) s a load over \(run.connections) connections; loads, vendors and gateway share this machine"
        let page = Page(conditions: conditions, rows: rows, failures: failures)
        print(json ? try page.json : page.text)
        guard failures.isEmpty else { throw ExitCode(1) }
    }

    /// Rows that take long are only measured if they are named, or with `--long`.
    private func isWanted(_ name: RowName) -> Bool {
        if !only.isEmpty { return only.contains(name) }
        return !RowName.optional.contains(name) || long
    }

    /// Measures one row; a failed row is reported and does not end the others.
    private func measure(_ name: RowName, in run: BenchRun) async throws -> Row {
        switch name {
        case .noop: try await run.noopRow()
        case .writer: try await run.writerRow()
        case .accept: try await run.acceptRow()
        case .acceptWithoutLog: try await run.acceptWithoutLogRow()
        case .acceptBatch: try await run.acceptBatchRow()
        case .deliver: try await run.deliverRow()
        case .backlog: try await run.backlogRow()
        case .single: try await run.singleRow()
        case .hang: try await run.hangRow()
        case .passed: try await run.passedRow()
        case .memory: try await run.memoryRow(events: waitingEvents)
        case .disk: try await run.diskRow()
        case .long: try await run.longRow(events: longEvents)
        case .simulators: try await run.simulatorsRow(events: storedEvents)
        case .plan: try await run.planRow(events: storedEvents)
        case .backfill: try await run.backfillRow(events: storedEvents)
        case .backfillBesideLive: try await run.backfillBesideLiveRow(events: storedEvents)
        case .ledger: try await run.ledgerRow(events: storedEvents)
        case .parity: try await run.parityRow(events: storedEvents / 10)
        case .goBack: try await run.returnRow()
        case .dashboard: try await run.dashboardRow(events: storedEvents)
        }
    }
}
