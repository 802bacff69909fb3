import ArgumentParser
import Client
import Foundation
import JSON
import Observability

/// `tollgate metrics`: what vendors bill by.
struct MetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics",
        abstract: "Show what vendors bill by.",
        subcommands: [ProposeMetricsCommand.self]
    )
}

/// `tollgate metrics propose`: which metrics of several vendors are the same.
struct ProposeMetricsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "propose",
        abstract: "Propose which metrics of several vendors are the same, for comparisons of usage.",
        discussion: """
            Reads the vendors' catalogues, and pairs metrics of one event name. Exit code 0: each pair is computed in the same way. 1: \
            there are differences, or metrics that another vendor lacks.
            """
    )

    @Option(help: "Providers, separated by commas; the first one's metrics say how an amount is computed.")
    var providers: [String]

    @OptionGroup var proposal: MetricsProposalOptions

    mutating func run() async throws { try await proposal.propose(for: providers) }
}

/// What is done with a proposal of metrics.
struct MetricsProposalOptions: ParsableArguments {
    @Option(help: "Write the pairs to this file, for tollgate parity run --level usage --metrics FILE.")
    var write: String?

    @OptionGroup var response: ResponseOptions

    /// Shows which metrics of the providers are the same.
    /// - Throws: `ExitCode` 1 if there are differences, or metrics without a counterpart.
    func propose(for providers: [String]) async throws {
        var parameters = QueryParameters()
        parameters.add("provider", anyOf: providers)
        let answer = try await response.gateway.get(parameters.appended(to: "/v1/usage/metrics"))
        guard let proposal = answer.json else {
            Terminal.message("the gateway sent an unrecognized response")
            throw ExitCode.failure
        }
        if let write { try save(proposal, to: write) }
        if response.json { Terminal.data(answer.body) } else { Terminal.data(Self.text(proposal)) }
        if !Self.isClean(proposal) { throw ExitCode.failure }
    }

    /// Writes the proposed metrics to a file; fails if there is nothing to write.
    private func save(_ proposal: JSONValue, to path: String) throws {
        guard let metrics = proposal["metrics"], metrics.kind == .object else {
            Terminal.message("\(path) is not written: no metrics were paired")
            throw ExitCode.failure
        }
        do {
            try Data(metrics.raw + [UInt8(ascii: "\n")]).write(to: URL(filePath: path))
        } catch {
            Terminal.message("\(path) cannot be written: \(error.localizedDescription)")
            throw ExitCode.failure
        }
    }

    /// Whether every metric has its counterpart, which is computed in the same way.
    static func isClean(_ proposal: JSONValue) -> Bool {
        let pairs = proposal.elements(of: "pairs")
        return !pairs.isEmpty && proposal.elements(of: "singles").isEmpty
            && pairs.allSatisfy { pair in pair["differences"]?.elements.allSatisfy { _ in false } ?? true }
    }

    /// The proposed pairs with their differences, as a table.
    static func text(_ proposal: JSONValue) -> String {
        var rows = [["EVENT NAME", "AGGREGATE", "PROPERTY", "IDS", "DIFFERENCES"]]
        for pair in proposal.elements(of: "pairs") {
            let ids = pair["ids"]?.members.map { "\($0.name): \($0.value.string ?? "")" } ?? []
            rows.append([
                pair["name"]?.string ?? "", pair["aggregate"]?.string ?? "-", pair["property"]?.string ?? "-",
                ids.joined(separator: ", "),
                pair["differences"]?.elements.compactMap(\.string).joined(separator: " ") ?? "",
            ])
        }
        let singles = proposal.elements(of: "singles").map { single in
            let name = single["event_name"]?.string.map { " for \($0)" } ?? ""
            return
                "\(single["provider"]?.string ?? ""): \(single["id"]?.string ?? "") (\(single["name"]?.string ?? "")), "
                + "a \(single["aggregate"]?.string ?? "")\(name), has no counterpart"
        }
        return ([Terminal.table(rows)] + singles.map { VisibleText.escaped($0) }).joined(separator: "\n")
    }
}
