import Events
import Journal
import Logging

/// Translates what was claimed for a provider; what cannot or must not be sent now is settled instead.
struct ClaimTranslation: Sendable {
    let provider: ProviderName
    let adapter: any Adapter
    let logger: Logger

    /// What becomes of claimed deliveries at `now`.
    func translate(_ deliveries: [ClaimedDelivery], at now: Timestamp) -> PipelineMachine.Claimed {
        let name = adapter.traits.adapter
        var translator = Translator(adapter)
        var claimed = PipelineMachine.Claimed()
        claimed.items.reserveCapacity(deliveries.count)
        for delivery in deliveries {
            guard delivery.destination.adapter == name else {
                claimed.settled.append(strange(delivery))
                continue
            }
            do {
                let translated = try translator.translate(delivery.event, for: delivery.destination)
                if delivery.destination.mode == .shadow {
                    claimed.settled.append(skipped(delivery, fault: nil))
                } else if let notBefore = translated.notBefore, notBefore > now {
                    claimed.settled.append(waiting(delivery, until: notBefore))
                } else {
                    claimed.items.append(DeliveryItem(delivery, translated))
                }
            } catch {
                claimed.settled.append(untranslatable(delivery, error))
            }
        }
        return claimed
    }

    private func waiting(_ delivery: ClaimedDelivery, until notBefore: Timestamp) -> SettledDelivery {
        SettledDelivery(
            sequence: delivery.sequence,
            status: .retrying,
            nextAttemptAt: notBefore,
            reachedAt: delivery.reachedAt,
            fault: DeliveryFault(
                code: .timestampInFuture,
                message: "waiting for \(notBefore.rfc3339): the vendor does not accept an event before its timestamp"
            )
        )
    }

    private func skipped(_ delivery: ClaimedDelivery, fault: DeliveryFault?) -> SettledDelivery {
        logger.info(
            "shadow delivery",
            metadata: ["event": "\(delivery.event.id)", "translatable": "\(fault == nil)"]
        )
        return SettledDelivery(sequence: delivery.sequence, status: .skipped, fault: fault)
    }

    /// An event of another account, which had the provider's name before. A `routes.json` that would lead here is refused while such
    /// events wait; what was accepted at that very time, or is retried later, comes here.
    private func strange(_ delivery: ClaimedDelivery) -> SettledDelivery {
        let (planned, present) = (delivery.destination.adapter, adapter.traits.adapter)
        let message =
            "the event was accepted when provider \(provider) had the adapter \(planned); it has \(present) now, which is "
            + "another account; give that another name, or discard the delivery"
        logger.error("a delivery belongs to another account", metadata: ["event": "\(delivery.event.id)"])
        return SettledDelivery(
            sequence: delivery.sequence,
            status: .rejected,
            fault: DeliveryFault(code: .unsupported, message: message)
        )
    }

    private func untranslatable(_ delivery: ClaimedDelivery, _ error: Untranslatable) -> SettledDelivery {
        let fault = DeliveryFault(code: .untranslatable, message: "\(error.field): \(error.message)")
        if delivery.destination.mode == .shadow { return skipped(delivery, fault: fault) }
        logger.warning(
            "event cannot be translated",
            metadata: ["event": "\(delivery.event.id)", "field": "\(error.field)"]
        )
        return SettledDelivery(sequence: delivery.sequence, status: .rejected, fault: fault)
    }
}

extension DeliveryItem {
    fileprivate init(_ delivery: ClaimedDelivery, _ translated: TranslatedEvent) {
        self.init(
            sequence: delivery.sequence,
            id: delivery.event.id,
            acceptedAt: delivery.event.acceptedAt,
            translated: translated,
            attemptsBefore: delivery.attempts,
            reachedAt: delivery.reachedAt
        )
    }
}
