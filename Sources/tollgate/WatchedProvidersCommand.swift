import ArgumentParser
import Client
import JSON
import Observability

/// `tollgate providers watched`: what reading events back and canaries have shown.
struct WatchedProvidersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watched",
        abstract: "Show what reading delivered events back and canaries have found at each provider.",
        discussion: """
            Providers without verify and canary in routes.json are left out. Lost events are those that the vendor accepted and did not \
            show in two reads; at most 100 a provider are listed.
            """
    )

    @OptionGroup var response: ResponseOptions

    mutating func run() async throws {
        guard let list = try await response.get("/v1/providers") else { return }
        Terminal.data(Self.text(of: list))
    }

    /// - Parameter list: as `GET /v1/providers` has it.
    static func text(of list: JSONValue) -> String {
        var (checks, canaries, lost): ([[String]], [[String]], [String]) = ([], [], [])
        for provider in list.elements(of: "providers") {
            let name = provider["name"]?.string ?? ""
            if let verify = provider["verify"], verify.kind == .object {
                let figures = ["verified_24h", "different_24h", "missing", "waiting"].map {
                    verify[$0]?.numberText ?? "-"
                }
                checks.append(
                    [name, verify["sample"]?.string ?? ""] + figures + [
                        verify["checked_up_to"]?.string ?? "", verify["last_error"]?.string ?? "-",
                    ]
                )
                lost += verify.elements(of: "lost").map { event in
                    // An event's ID must not forge a line.
                    VisibleText.escaped(
                        "lost at \(name): \(event["event_id"]?.string ?? "") (\(event["name"]?.string ?? "")), delivered at "
                            + (event["delivered_at"]?.string ?? "")
                    )
                }
            }
            guard let canary = provider["canary"], canary.kind == .object else { continue }
            let lags = ["lag_ms_p50", "lag_ms_p99"].map { canary[$0]?.numberText.map { "\($0) ms" } ?? "-" }
            canaries.append(
                [name, canary["visible_at"]?.string ?? "never"] + lags + [
                    canary["alarm"]?["reason"]?.string ?? "-"
                ]
            )
        }
        let tables = [
            (
                ["PROVIDER", "SAMPLE", "VERIFIED 24 H", "DIFFERENT", "LOST", "WAITING", "CHECKED UP TO", "LAST ERROR"],
                checks
            ),
            (["PROVIDER", "CANARY VISIBLE", "LAG P50", "LAG P99", "ALARM"], canaries),
        ]
        let parts =
            tables.filter { !$0.1.isEmpty }.map { Terminal.table([$0.0] + $0.1) }
            + (lost.isEmpty ? [] : [lost.joined(separator: "\n")])
        return parts.isEmpty ? "no provider has verify or canary in routes.json" : parts.joined(separator: "\n\n")
    }
}
