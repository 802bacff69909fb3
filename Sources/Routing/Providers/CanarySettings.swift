import ConfigurationFile
package import Events
import JSON

/// The test event that the gateway sends to a provider from time to time.
package struct CanarySettings: Sendable, Equatable {
    /// How often.
    package let every: Duration
    /// The event's name at the vendor.
    package let name: String
    package let customerID: String
    /// Where the vendor bills by subscription.
    package let subscriptionID: String?

    /// - Precondition: `every` is at least ``shortest``.
    package init(every: Duration, name: String, customerID: String, subscriptionID: String? = nil) {
        precondition(every >= Self.shortest, "a canary is sent every second at most")
        self.every = every
        self.name = name
        self.customerID = customerID
        self.subscriptionID = subscriptionID
    }

    /// When the canary was due that is due at a time: all gateways have the same times.
    package func slot(at now: Timestamp) -> Timestamp {
        let length = every.wholeMilliseconds
        let rest = now.milliseconds % length
        return Timestamp(milliseconds: now.milliseconds - (rest < 0 ? rest + length : rest))
    }

    /// The canary of a slot. Its ID follows from the provider and the slot, so that of two gateways that send it the journal keeps one.
    /// - Parameters:
    ///   - destination: how events are sent to the provider; see ``Routes/canaryDestination(at:)``.
    ///   - now: when it is accepted.
    package func event(of slot: Timestamp, to destination: Destination, at now: Timestamp) -> AcceptedEvent {
        let plan = Plan(route: nil, destinations: [destination])
        return AcceptedEvent(
            Submission(tenant: .canary, client: .canary, acceptedAt: now, plan: plan),
            id: EventID("canary:\(destination.provider):\(slot.milliseconds)"),
            name: name,
            customerID: customerID,
            subscriptionID: subscriptionID,
            timestamp: now,
            timestampWasGiven: false,
            source: nil,
            properties: nil,
            vendor: nil
        )
    }

    // MARK: - In routes.json

    static let shortest = Duration.seconds(1)

    private static let standardEvery = DefaultedField.duration(
        "every",
        default: .seconds(600),
        "How often a canary is sent; from a second to a day. None is sent while another is on its way."
    )
    private static let standardName = "tollgate_canary"
    private static let standardCustomer = "tollgate-canary"

    static let fields = [
        standardEvery.field,
        Field(
            "name",
            .text,
            default: .text(standardName),
            "The event's name at the vendor, which nothing else may use and no metric may count."
        ),
        Field(
            "customer_id",
            .text,
            default: .text(standardCustomer),
            "The event's customer, which must not be billed. A vendor that refuses unknown customers must have it."
        ),
        Field(
            "subscription_id",
            .text,
            "The event's subscription, at a vendor that bills by subscription; by default as the first destination at the provider gives it."
        ),
    ]

    /// - Returns: nil if there is a fault.
    static func read(_ value: JSONValue, of provider: ReadableProvider, _ fields: inout FieldReader) -> Self? {
        let members = fields.members(of: value, Self.fields, in: "\"canary\"")
        if let reason = provider.reasonNotFound {
            fields.fault(value, "\"canary\" cannot be used: \(reason); remove it")
            return nil
        }
        let every = standardEvery.value(in: members)
        if let value = members["every"], !(shortest...Duration.seconds(86_400)).contains(every) {
            fields.fault(value, "\"every\" must be from 1s to 1d")
            return nil
        }
        func text(_ name: String, _ most: Int) -> String? {
            guard let value = members[name], let text = value.string else { return nil }
            guard (1...most).contains(text.utf8.count) else {
                fields.fault(value, "\"\(name)\" must have 1 to \(most) bytes")
                return nil
            }
            return text
        }
        return CanarySettings(
            every: every,
            name: text("name", 128) ?? standardName,
            customerID: text("customer_id", 255) ?? standardCustomer,
            subscriptionID: text("subscription_id", 255)
        )
    }
}

extension Routes {
    /// How canaries are sent to a provider: as the first destination there sends events.
    package func canaryDestination(at provider: ProviderConfiguration) -> Destination {
        let routed = routes.lazy.flatMap { $0.destinations + $0.inactive }.map(\.destination)
        let plain = Destination(provider: provider.name, adapter: provider.traits.adapter, mode: .mirror)
        return (routed.first { $0.provider == provider.name } ?? plain).forCanaries
    }

    /// Why a provider's canaries cannot be written in its vendor's format; nil if they can, or if there are none.
    func canaryFault(at provider: ProviderConfiguration) -> Untranslatable? {
        guard let canary = provider.canary else { return nil }
        let start = Timestamp.start(ofYear: 2030)
        let destination = canaryDestination(at: provider)
        do throws(Untranslatable) {
            _ = try provider.adapter.translate(canary.event(of: start, to: destination, at: start), for: destination)
            return nil
        } catch {
            return error
        }
    }
}
