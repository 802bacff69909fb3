import Events
import Programs

/// Caches the credentials that programs print, so that a program runs once per refresh interval, not once per request.
///
/// After the refresh interval it runs again. Until it has ended, calls use the previous credential; they also do when the program
/// fails, since the vendor rejects a key that is no longer valid.
actor ProgramCredentials {
    private struct Kept {
        var secret: Secret?
        var fault: CredentialUnavailable?
        /// When the program may run again.
        var dueAt: ContinuousClock.Instant
    }

    /// How long a failed program is not run again.
    private static let pauseAfterFailure = Duration.seconds(5)

    private let environment: [String: String]
    private let limit: Duration
    /// What the programs print, for messages: "the vendor's key".
    private let holding: String
    private var kept: [CredentialCommand: Kept] = [:]
    /// Those who wait for a first run.
    private var waiting: [CredentialCommand: [CheckedContinuation<Void, Never>]] = [:]

    init(environment: [String: String], limit: Duration, holding: String) {
        self.holding = holding
        self.environment = environment
        self.limit = limit
    }

    /// What a program prints, or has printed within its refresh interval.
    func credential(
        of command: CredentialCommand,
        checked: @Sendable ([UInt8]) throws(CredentialUnavailable) -> Secret
    ) async throws(CredentialUnavailable) -> Secret {
        let known = kept[command]
        if known.map({ ContinuousClock.now < $0.dueAt }) ?? false { return try Self.value(known) }
        if waiting[command] != nil {
            // It runs right now.
            if let secret = known?.secret { return secret }
            await withCheckedContinuation { waiting[command, default: []].append($0) }
            return try Self.value(kept[command])
        }
        waiting[command] = []
        let names = CredentialCommand.usualVariables + command.variables
        let program = ChildProgram(
            arguments: command.arguments,
            environment: environment.filter { names.contains($0.key) },
            limit: limit
        )
        kept[command] = outcome(await program.run(), command, known?.secret, checked)
        for waiter in waiting.removeValue(forKey: command) ?? [] { waiter.resume() }
        return try Self.value(kept[command])
    }

    private func outcome(
        _ result: Result<[UInt8], ChildProgram.Failure>,
        _ command: CredentialCommand,
        _ before: Secret?,
        _ checked: ([UInt8]) throws(CredentialUnavailable) -> Secret
    ) -> Kept {
        let now = ContinuousClock.now
        do throws(CredentialUnavailable) {
            switch result {
            case .success(let printed): return Kept(secret: try checked(printed), dueAt: now + command.refresh)
            case .failure(let failure):
                throw CredentialUnavailable(
                    message: "the program \(command.arguments[0]) \(failure.reason); it must print \(holding)"
                )
            }
        } catch {
            return Kept(secret: before, fault: error, dueAt: now + Self.pauseAfterFailure)
        }
    }

    private static func value(_ kept: Kept?) throws(CredentialUnavailable) -> Secret {
        if let secret = kept?.secret { return secret }
        throw kept?.fault ?? CredentialUnavailable(message: "the program was not run")
    }
}
