import Events
import Journal
import Logging

/// Translates claimed deliveries. Those that cannot or must not be sent now are settled instead.
struct ClaimTranslation: Sendable {
    let provider: ProviderName
    let adapter: any Adapter
    let logger: Logger

    /// What to do with claimed deliveries at `now`.
    func translate(_ deliveries: [ClaimedDelivery], at now: Timestamp) -> PipelineMachine.Claimed {
        let name = adapter.traits.adapter
        var translator = Translator(adapter)
        var shadows = ShadowTranslation(adapter, at: now)
        var claimed = PipelineMachine.Claimed()
        claimed.items.reserveCapacity(deliveries.count)
        for delivery in deliveries {
            guard delivery.destination.adapter == name else {
                claimed.settled.append(strange(delivery))
                continue
            }
            if delivery.destination.mode == .shadow {
                shadows.add(delivery)
                continue
            }
            do {
                let translated = try translator.translate(delivery.event, for: delivery.destination)
                if let notBefore = translated.notBefore, notBefore > now {
                    claimed.settled.append(waiting(delivery, until: notBefore))
                } else {
                    let item = DeliveryItem(delivery, translated, followsShadow: shadows.endRun())
                    claimed.items.append(item)
                }
            } catch {
                claimed.settled.append(untranslatable(delivery, error))
            }
        }
        (claimed.skipped, claimed.shadow) = shadows.end()
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
                message: "waiting until \(notBefore.rfc3339): the vendor does not accept an event before its timestamp"
            )
        )
    }

    /// An event of another account that had the provider's name before. A `routes.json` that would cause this is refused while such
    /// events wait; events that were accepted at the same time, or are retried later, get here.
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
        logger.warning(
            "event cannot be translated",
            metadata: ["event": "\(delivery.event.id)", "field": "\(error.field)"]
        )
        return SettledDelivery(sequence: delivery.sequence, status: .rejected, fault: fault)
    }
}

extension DeliveryItem {
    fileprivate init(_ delivery: ClaimedDelivery, _ translated: TranslatedEvent, followsShadow: Bool) {
        self.init(
            sequence: delivery.sequence,
            id: delivery.event.id,
            acceptedAt: delivery.event.acceptedAt,
            translated: translated,
            attemptsBefore: delivery.attempts,
            reachedAt: delivery.reachedAt,
            followsShadow: followsShadow
        )
    }
}
