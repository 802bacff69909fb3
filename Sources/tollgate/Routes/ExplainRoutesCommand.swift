import ArgumentParser
import Events
import Foundation
import Gateway
import OfRecord
import Routing

/// `tollgate routes explain`: what the migrations of a `routes.json` compile to.
struct ExplainRoutesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Print what migrations compile to: which provider gets which events, and whose bill they are on.",
        discussion: """
            Reads the file alone; nothing is sent or changed. With --cut or --share, prints when a customer would move if that were \
            ordered now.
            """
    )

    @Argument(help: "Configuration file.")
    var file: String = "routes.json"

    @Option(help: "Migration to explain; all by default.")
    var migration: String?

    @Option(help: "Customers whose move is printed, separated by commas.")
    var customerID: String?

    @Option(help: "Suppose that all customers move at their first boundary from this time on.")
    var cut: String?

    @Option(help: "Suppose that this share of the customers, in percent, moves from now on.")
    var share: Double?

    @Flag(help: "Allow vendor keys in the file itself, as `serve` does with this flag.")
    var allowInlineSecrets = false

    mutating func validate() throws {
        if let share, !(0...100).contains(share) { throw ValidationError("--share is a number from 0 to 100") }
        if let cut, Timestamp(rfc3339: cut) == nil {
            throw ValidationError("--cut is a timestamp with its offset such as 2027-01-01T00:00:00Z")
        }
        if cut != nil, share != nil { throw ValidationError("give --cut or --share, not both") }
    }

    mutating func run() async throws {
        do {
            let routes = try RoutesFile.read(URL(filePath: file), allowsInlineSecrets: allowInlineSecrets).routes
            let migrations = routes.migrations.filter { migration == nil || $0.name.rawValue == migration }
            guard !migrations.isEmpty else {
                Terminal.message(
                    migration.map { "\(file) has no migration \"\($0)\"" } ?? "\(file) has no migration"
                )
                throw ExitCode(1)
            }
            let text = MigrationText(routes: routes, log: log, customers: customers)
            Terminal.data(migrations.map { text.explanation(of: $0) }.joined(separator: "\n\n"))
        } catch let fault as GatewayFault {
            Terminal.message("\(fault)")
            throw ExitCode(1)
        }
    }

    private var customers: [CustomerID] {
        customerID.map { $0.split(separator: ",").map { CustomerID(String($0)) } } ?? []
    }

    /// What is supposed to be ordered; nil for nothing.
    private var log: MigrationLog? {
        let now = Timestamp(milliseconds: Int64(Date().timeIntervalSince1970 * 1000))
        let action: MigrationEntry.Action? =
            cut.flatMap { Timestamp(rfc3339: $0) }.map { .cut(at: $0) } ?? share.map { .ramp(share: $0) }
        return action.map { MigrationLog([MigrationEntry(number: 1, at: now, action: $0)]) }
    }
}
