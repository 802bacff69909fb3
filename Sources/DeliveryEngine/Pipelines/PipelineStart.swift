import Events
import Journal
import Logging
import Routing

/// How a pipeline starts from what the journal has about its provider.
extension PipelineSteps {
    /// Allows another call to a provider whose credential or account was refused before its settings changed.
    func forgetParking() async {
        do {
            guard let hold = try await ledger.hold(of: settings.provider), hold.isParked else { return }
            try await ledger.hold(nil, under: lease)
        } catch {
            logger.error("a provider's hold could not be ended", metadata: ["error": "\(error)"])
        }
    }

    /// A machine with the journal's state; nil if the lease ended, the pipeline was stopped or the task was cancelled before the journal
    /// could be read.
    func startMachine(unless stop: PipelineStop) async -> PipelineMachine? {
        // Each is claimed only once under a lease, so they are kept in case a later part of the attempt fails.
        var interrupted: [ClaimedDelivery] = []
        while !Task.isCancelled, !stop.isSet {
            do throws(StoreError) {
                let start = clock.now
                // The wall clock may have been set back since the last run.
                try await ledger.makeRetriesDue(
                    of: settings.provider,
                    waitingBeyond: start.wall + settings.longestRetry,
                    at: start.wall
                )
                interrupted += try await ledger.claimInterrupted(under: lease)
                return try await makeMachine(interrupted, at: start)
            } catch .closed, .leaseLost {
                return nil
            } catch {
                logger.error("the journal could not be read", metadata: ["error": "\(error)"])
                await pause(.seconds(1))
            }
        }
        return nil
    }

    private func makeMachine(
        _ interrupted: [ClaimedDelivery],
        at start: ClockReading
    ) async throws(StoreError) -> PipelineMachine {
        var machine = PipelineMachine(
            settings: settings,
            isBackfill: walk != nil,
            hold: try await ledger.hold(of: settings.provider),
            seed: .random(in: .min ... .max),
            at: start,
            since: clock.start
        )
        machine.interrupted(interrupted.map { InterruptedDelivery($0) }, at: clock.now)
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
