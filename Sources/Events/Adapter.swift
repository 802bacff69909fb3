/// One vendor's format: how an event is written in it, and what its responses mean.
///
/// A value without state that does no I/O, knows no clock and never sees a credential. The engine batches, sends, retries and
/// settles by what ``traits`` and ``verdict(of:for:)`` say.
package protocol Adapter: Sendable {
    /// Limits, deduplication, and where the credential goes, as data the engine acts on.
    var traits: VendorTraits { get }

    /// What the adapter prepares from a destination's settings, once for all events that go there; by default the settings themselves.
    associatedtype Settings: Sendable = DestinationSettings

    /// Prepares the settings of a destination.
    /// - Parameter settings: already checked against ``VendorTraits/settings``, with defaults filled in.
    func prepare(_ settings: DestinationSettings) -> Settings

    /// Writes one event in the vendor's format. A retry sends the same bytes, so the result depends on the arguments alone.
    /// - Throws: ``Untranslatable`` with the field, the reason, and the setting that would help.
    func translate(_ event: AcceptedEvent, for destination: PreparedDestination<Settings>) throws(Untranslatable)
        -> TranslatedEvent

    /// One request that carries these events in this order: joined, not translated again.
    /// - Parameter events: at least one, at most what ``RequestTraits/batch`` allows.
    func request(carrying events: [TranslatedEvent]) -> VendorRequest

    /// One outcome per event, or "one of these, and the vendor does not say which". A response that is not understood is never
    /// ``Outcome/delivered(deduplicated:)``.
    func verdict(of answer: VendorAnswer, for events: [TranslatedEvent]) -> Verdict

    /// What can be read from the vendor; nil by default.
    var reader: (any VendorReader)? { get }

    /// Reads the messages that the vendor sends on its own (webhooks); nil by default.
    var hook: (any VendorHook)? { get }

    /// What the vendor does with events from the past; nil if that is not known.
    var pastUsage: PastUsage? { get }
}

extension Adapter {
    package var pastUsage: PastUsage? { nil }

    package var reader: (any VendorReader)? { nil }

    package var hook: (any VendorHook)? { nil }

    /// A destination with its settings prepared.
    package func prepare(_ destination: Destination) -> PreparedDestination<Settings> {
        PreparedDestination(
            destination: destination,
            settings: prepare(destination.settings.completed(by: traits.settings))
        )
    }

    /// Translates one event. To translate many, prepare their destination once, or use a ``Translator``.
    package func translate(_ event: AcceptedEvent, for destination: Destination) throws(Untranslatable)
        -> TranslatedEvent
    {
        try translate(event.asSent(to: destination), for: prepare(destination))
    }
}

extension Adapter where Settings == DestinationSettings {
    package func prepare(_ settings: DestinationSettings) -> DestinationSettings { settings }
}

/// A destination with its settings as its adapter prepared them.
package struct PreparedDestination<Settings: Sendable>: Sendable {
    package let destination: Destination
    package let settings: Settings

    /// The name under which an event of this name is sent.
    package func name(for name: String) -> String { destination.name(for: name) }
}

/// Translates events one after another, and prepares a destination's settings only when the destination changes: neighbouring events
/// mostly share a plan.
package struct Translator: Sendable {
    private let adapter: any Adapter
    private var latest: (any Translating)?

    package init(_ adapter: any Adapter) {
        self.adapter = adapter
    }

    /// The result of ``Adapter/translate(_:for:)``.
    package mutating func translate(_ event: AcceptedEvent, for destination: Destination) throws(Untranslatable)
        -> TranslatedEvent
    {
        if let latest, latest.destination == destination { return try latest.translate(event) }
        let translation = adapter.translation(for: destination)
        latest = translation
        return try translation.translate(event)
    }
}

/// The translation for one destination, with its settings prepared.
package protocol Translating: AnyObject, Sendable {
    var destination: Destination { get }
    /// The result of ``Adapter/translate(_:for:)``.
    func translate(_ event: AcceptedEvent) throws(Untranslatable) -> TranslatedEvent
}

extension Adapter {
    /// The translation for a destination.
    package func translation(for destination: Destination) -> any Translating {
        Translation(adapter: self, prepared: prepare(destination))
    }
}

/// A class, because a closure that captures settings of any adapter's type looks that type up for each event.
private final class Translation<Vendor: Adapter>: Translating {
    private let adapter: Vendor
    private let prepared: PreparedDestination<Vendor.Settings>
    /// Whether events replace others. Computed once, because every event passes here.
    private let isReplacing: Bool

    init(adapter: Vendor, prepared: PreparedDestination<Vendor.Settings>) {
        self.adapter = adapter
        self.prepared = prepared
        isReplacing = prepared.destination.correction == .replacing
    }

    var destination: Destination { prepared.destination }

    func translate(_ event: AcceptedEvent) throws(Untranslatable) -> TranslatedEvent {
        try adapter.translate(isReplacing ? event.asSent(to: prepared.destination) : event, for: prepared)
    }
}

/// An event that cannot be written in a vendor's format. It ends as `rejected` at that vendor with code `untranslatable`.
package struct Untranslatable: Error, Sendable, Equatable {
    /// The canonical field that cannot be translated, as a path: `properties.tags`.
    package let field: String
    /// Why, and which setting or field would help.
    package let message: String

    package init(field: String, message: String) {
        self.field = field
        self.message = message
    }
}

/// One event in a vendor's format.
package struct TranslatedEvent: Sendable, Equatable {
    /// The event as it is in a request body, alone or between commas.
    package let bytes: [UInt8]
    /// What the vendor tells events apart by; where ``BatchLimit/oneIdentityOnce`` holds, no two of a batch share it.
    package let identity: String
    /// The vendor refuses the event before this timestamp; nil if it never does.
    package let notBefore: Timestamp?

    package init(bytes: [UInt8], identity: String, notBefore: Timestamp? = nil) {
        self.bytes = bytes
        self.identity = identity
        self.notBefore = notBefore
    }
}

/// A request to a vendor, without its credential, so that it may be printed anywhere.
package struct VendorRequest: Sendable, Equatable {
    package let method: String
    /// Path below the provider's base URL, with a leading slash.
    package let path: String
    package let contentType: String
    package let body: [UInt8]

    package init(method: String = "POST", path: String, contentType: String = "application/json", body: [UInt8]) {
        self.method = method
        self.path = path
        self.contentType = contentType
        self.body = body
    }
}

/// A vendor's response.
package struct VendorAnswer: Sendable {
    package let status: Int
    /// Header fields in order; look one up with ``header(_:)``.
    package let headers: [(name: String, value: String)]
    /// The body, cut at the engine's limit for responses.
    package var body: [UInt8]
    /// Removes the request's credential from everything that is taken from the response.
    package var redaction = Redaction(of: nil)

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The value of the first header field of this name, whatever its case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
}
