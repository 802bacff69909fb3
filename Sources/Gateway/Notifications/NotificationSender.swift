import Access
import Events
import Notifications
import Posting
import Programs
import Routing

/// Sends one message to one receiver, once.
struct NotificationSender: Sendable {
    /// How an attempt ended.
    enum End: Sendable, Equatable {
        case sent
        /// The text says why, without secrets.
        case failed(String)
    }

    let poster: HTTPPoster
    let credentials: any CredentialResolving
    /// The environment from which a mail program gets the usual variables.
    let environment: [String: String]
    let clock: any WallClock

    private static let programLimit = Duration.seconds(30)

    /// Returns within half a minute, whatever the receiver does.
    func send(_ message: NotificationMessage, to receiver: Receiver) async -> End {
        do throws(CredentialUnavailable) {
            switch receiver.channel {
            case .webhook(let address, _): return try await webhook(message, receiver.name, address)
            case .slack(let address): return try await slack(message, receiver.name, address)
            case .mail(let settings): return await mail(message, settings)
            }
        } catch {
            return .failed(error.message)
        }
    }

    /// Signs the body by the Standard Webhooks scheme with the receiver's secret.
    private func webhook(_ message: NotificationMessage, _ name: String, _ address: ReceiverAddress)
        async throws(CredentialUnavailable) -> End
    {
        let kept = try await credentials.credential(of: ReceiverCredentials.name(name, .secret))
        let secret: WebhookSecret
        do {
            secret = try WebhookSecret(kept)
        } catch {
            return .failed("\(error)")
        }
        let body = WebhookFormat.body(of: message)
        let fields = secret.fields(id: message.id, seconds: clock.now.milliseconds / 1000, body: body)
        return await post(body, to: try await text(of: address, name), address, fields)
    }

    private func slack(_ message: NotificationMessage, _ name: String, _ address: ReceiverAddress)
        async throws(CredentialUnavailable) -> End
    {
        await post(SlackFormat.body(of: message), to: try await text(of: address, name), address, [])
    }

    private func text(of address: ReceiverAddress, _ name: String) async throws(CredentialUnavailable) -> String {
        switch address.source {
        case .text(let text): text
        case .credential: try await credentials.credential(of: ReceiverCredentials.name(name, .url)).reveal()
        }
    }

    private func post(
        _ body: [UInt8],
        to text: String,
        _ address: ReceiverAddress,
        _ fields: [(name: String, value: String)]
    ) async -> End {
        if let fault = address.fault(in: text) { return .failed("its url \(fault)") }
        switch await poster.post(body, to: text, [("Content-Type", "application/json")] + fields) {
        case .answered(200..<300): return .sent
        case .answered(let status): return .failed("it responded with status \(status)")
        case .failed(let reason): return .failed("no response: \(reason)")
        }
    }

    /// Hands the message to a program such as `sendmail`. Recipients are arguments, not header fields.
    private func mail(_ message: NotificationMessage, _ settings: MailSettings) async -> End {
        let program = ChildProgram(
            // A dot on a line of its own does not end the mail; the recipients are not read from its head.
            arguments: [settings.program, "-i", "-f", settings.from, "--"] + settings.to,
            environment: environment.filter { CredentialCommand.usualVariables.contains($0.key) },
            input: MailFormat.text(of: message, from: settings.from, to: settings.to),
            limit: Self.programLimit
        )
        switch await program.run() {
        case .success: return .sent
        case .failure(let failure): return .failed("the program \(settings.program) \(failure.reason)")
        }
    }
}
