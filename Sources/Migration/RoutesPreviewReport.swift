package import Events

/// What new routes would do to recorded events.
package struct RoutesPreviewReport: Sendable, Equatable {
    package internal(set) var events = 0
    /// How many of them were translated: a sample, or all.
    package internal(set) var translated = 0
    /// The earliest and the latest timestamp among the events; nil if there are none.
    package internal(set) var first: Timestamp?
    package internal(set) var last: Timestamp?
    package internal(set) var customers = DistinctCount()
    /// Events that no route matches, by name.
    package internal(set) var unrouted = GroupedCount<ExactText>()
    /// Events that their client is not allowed to send.
    package internal(set) var forbidden = GroupedCount<ForbiddenEvents>()
    /// What each provider would get, or would get no more: in the order of the new file, then those that it does not have.
    package internal(set) var destinations: [DestinationPreview] = []

    package init() {}

    mutating func count(_ event: AcceptedEvent, customer: Int?) {
        events += 1
        first = min(first ?? event.timestamp, event.timestamp)
        last = max(last ?? event.timestamp, event.timestamp)
        customers.add(customer)
    }

    /// Whether every event would get what it got.
    package var changesNothing: Bool {
        unrouted.count == 0 && forbidden.count == 0 && destinations.allSatisfy(\.changesNothing)
    }
}

/// What one provider would get.
package struct DestinationPreview: Sendable, Equatable {
    package let provider: ProviderName
    /// Nil if the new routes do not have the provider.
    package let adapter: AdapterName?
    /// How many events it would get, or translate only in the mode `shadow`.
    package internal(set) var events = 0
    package internal(set) var customers = DistinctCount()
    /// Events that did not go there before.
    package internal(set) var added = 0
    /// Events that went there, and would not any more.
    package internal(set) var removed = 0
    package internal(set) var modeChanges: [ModeChange: Int] = [:]
    /// How many of the events were translated.
    package internal(set) var translated = 0
    /// Events that the vendor would get in another form.
    package internal(set) var changed = 0
    /// What would be different in them.
    package internal(set) var changedFields = FieldChanges()
    /// Events that cannot be translated.
    package internal(set) var untranslatable = GroupedCount<UntranslatableReason>()
    /// Events that could not be translated with the settings they were accepted with, and can be now.
    package internal(set) var nowTranslatable = 0
    /// The busiest minute; nil if nothing would be sent.
    package internal(set) var peak: RequestPeak.Result?
    /// What it would take to send the vendor the events that it was not sent before; nil if there are none.
    package internal(set) var backfill: BackfillEstimate?
    /// What it would take to compare what the vendor would get; nil if that is nothing, or if the vendor cannot be read.
    package internal(set) var comparison: ComparisonEstimate?

    init(provider: ProviderName, adapter: AdapterName?) {
        self.provider = provider
        self.adapter = adapter
    }

    /// Whether the vendor would get what it got.
    package var changesNothing: Bool {
        added == 0 && removed == 0 && changed == 0 && nowTranslatable == 0 && modeChanges.isEmpty
    }
}

/// A destination's mode before and after.
package struct ModeChange: Sendable, Hashable {
    package let from: DeliveryMode
    package let to: DeliveryMode
}

/// Events that their client is not allowed to send under the new routes.
package struct ForbiddenEvents: Sendable, Hashable {
    /// Why not.
    package enum Reason: String, Sendable {
        /// The file does not have the client.
        case noClient = "no_client"
        /// The client is not allowed to send this name.
        case name
        /// The client is not allowed to use the route that matches the event.
        case route
    }

    package let client: ClientName
    package let name: ExactText
    package let reason: Reason
}

/// Why events cannot be translated.
package struct UntranslatableReason: Sendable, Hashable {
    /// The canonical field, as a path.
    package let field: String
    package let message: String
}
