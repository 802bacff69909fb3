import Events
import Journal
import Logging

/// How a pipeline takes up what the journal knows of its provider.
extension PipelineSteps {
    /// Lets a provider be tried whose credential or account was refused before its settings changed.
    func forgetParking() async {
        do {
            guard let hold = try await ledger.hold(of: settings.provider), hold.isParked else { return }
            try await ledger.hold(settings.provider, nil)
        } catch {
            logger.error("a provider's hold could not be lifted", metadata: ["error": "\(error)"])
        }
    }

    /// A machine that starts where the journal stands; nil if the task was cancelled before the journal could be read.
    func startMachine() async -> PipelineMachine? {
        // Claimed once, and named by no later claim: kept over attempts of which a later part fails.
        var interrupted: [ClaimedDelivery] = []
        while !Task.isCancelled {
            do {
                interrupted += try await ledger.claimInterrupted(for: settings.provider)
                return try await makeMachine(interrupted)
            } catch {
                logger.error("the journal could not be read", metadata: ["error": "\(error)"])
                await pause(.seconds(1))
            }
        }
        return nil
    }

    private func makeMachine(_ interrupted: [ClaimedDelivery]) async throws(StoreError) -> PipelineMachine {
        var machine = PipelineMachine(
            settings: settings,
            hold: try await ledger.hold(of: settings.provider),
            seed: .random(in: .min ... .max),
            at: clock.now
        )
        machine.interrupted(interrupted.map(\.sequence), at: clock.now)
        if let order = try await ledger.operatorHold(of: settings.provider) { machine.held(by: order, at: clock.now) }
        if !interrupted.isEmpty {
            logger.warning(
                "deliveries were interrupted by a crash",
                metadata: ["events": "\(interrupted.count)", "policy": "\(settings.onUncertain.rawValue)"]
            )
        }
        return machine
    }
}
