import ArgumentParser
import Foundation
import Gateway

/// `tollgate notifications`: what has to do with the receivers of notifications.
struct NotificationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notifications",
        abstract: "Try the receivers of notifications.",
        subcommands: [TestNotificationsCommand.self]
    )
}

/// `tollgate notifications test`: sends each receiver a message.
struct TestNotificationsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Send a test message to the receivers of routes.json.",
        discussion: """
            Reads routes.json and sends the message itself, without a gateway: run it as the user of the gateway, with the gateway's \
            environment variables. Prints one line per receiver, and exits with 1 if a message was not accepted.
            """
    )

    @Argument(help: "Receiver; all by default.")
    var name: String?

    @Option(help: "Configuration file with the receivers (env: TOLLGATE_ROUTES).")
    var routes: String = ProcessInfo.processInfo.environment["TOLLGATE_ROUTES"] ?? "routes.json"

    @Option(help: "Additional certificate authorities for receivers, in PEM (env: TOLLGATE_VENDOR_CA).")
    var vendorCa: String?

    @Flag(help: "Allow secrets in the file itself, as `serve` does with this flag.")
    var allowInlineSecrets = false

    mutating func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let outcomes: [NotificationTest.Outcome]?
        do {
            outcomes = try await NotificationTest.run(
                URL(filePath: routes),
                receiver: name,
                allowsInlineSecrets: allowInlineSecrets,
                trusting: (vendorCa ?? environment["TOLLGATE_VENDOR_CA"]).map { URL(filePath: $0) },
                environment: environment
            )
        } catch {
            Terminal.message("\(error)")
            throw ExitCode(1)
        }
        guard let outcomes else {
            Terminal.message("\(routes) has no receiver named \"\(name ?? "")\"")
            throw ExitCode(1)
        }
        guard !outcomes.isEmpty else {
            Terminal.message("\(routes) has no receivers: add them to \"notifications\"")
            throw ExitCode(1)
        }
        let rows = outcomes.map { [$0.receiver, $0.failure == nil ? "sent" : "failed", $0.failure ?? ""] }
        Terminal.data(Terminal.table(rows))
        if outcomes.contains(where: { $0.failure != nil }) { throw ExitCode(1) }
    }
}
