import ArgumentParser
import Client
import Foundation
import Gateway

/// `tollgate doctor`: whether the installation is well.
struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Say whether this installation is well, a line per part.",
        discussion: """
            Looks at the program, the gateway, routes.json, the credentials, the clock, the disk, open files, the journal, its backlog and \
            its damage, and at what verify and canary have found at each provider; give it the options and variables of the gateway. Each \
            vendor that has a list of events is asked for one of them, which costs nothing and shows whether it accepts the key. Nothing is \
            changed. Exits with 0 if all is well, with 1 at a problem, and with 2 if there are only warnings.
            """
    )

    @Option(help: "Configuration file with providers, routes and clients (env: TOLLGATE_ROUTES).")
    var routes: String = ProcessInfo.processInfo.environment["TOLLGATE_ROUTES"] ?? "routes.json"

    @Option(help: "Gateway URL (env: TOLLGATE_URL).")
    var url: String = GatewayOptions.usualURL

    @Option(help: "Additional certificate authorities for vendors, in PEM (env: TOLLGATE_VENDOR_CA).")
    var vendorCa: String?

    @Flag(help: "Allow vendor keys in the file itself, as `serve` does with this flag.")
    var allowInlineSecrets = false

    @Flag(help: "Print JSON.")
    var json = false

    @OptionGroup var retention: RetentionOptions

    @OptionGroup var folder: JournalFolder

    mutating func run() async throws {
        var settings = DoctorSettings(
            routesFile: URL(filePath: routes),
            dataFolder: folder.url,
            environment: ProcessInfo.processInfo.environment,
            gateway: await probe()
        )
        if let shared = try folder.store.shared { settings.store = .shared(shared) }
        settings.allowsInlineSecrets = allowInlineSecrets
        let roots = vendorCa ?? ProcessInfo.processInfo.environment["TOLLGATE_VENDOR_CA"]
        settings.vendorRoots = roots.map { URL(filePath: $0) }
        settings.diskLimitBytes = retention.diskLimitBytes
        settings.retentionDays = retention.days
        let report = await Doctor(settings).examine()
        if json { Terminal.data(report.json) } else { Terminal.data(Self.text(report)) }
        if report.verdict != .well { throw ExitCode(report.verdict == .problem ? 1 : 2) }
    }

    /// Asks the address for its program and readiness. A gateway that does not respond is a finding, not an error.
    private func probe() async -> GatewayProbe {
        let probe = HealthProbe(address: url, timeout: .seconds(3))
        let program = await probe.program()
        var isReady = false
        // A gateway that does not respond to the second question is not ready.
        if program != nil, case .good? = try? await probe.ask(.ready) { isReady = true }
        return GatewayProbe(address: url, version: program?.version, commit: program?.commit, isReady: isReady)
    }

    /// The report as a table, one row per part.
    static func text(_ report: DoctorReport) -> String {
        Terminal.table(report.lines.map { [$0.name, $0.verdict.rawValue, $0.text] })
    }
}
