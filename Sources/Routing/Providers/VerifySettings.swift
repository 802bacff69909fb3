import ConfigurationFile
package import Events
import JSON

/// How many of a provider's delivered events are read back.
package struct VerifySettings: Sendable, Equatable {
    /// One of so many events.
    package let oneIn: Int

    /// - Precondition: `oneIn` is positive.
    package init(oneIn: Int) {
        precondition(oneIn > 0, "no sample is larger than all events")
        self.oneIn = oneIn
    }

    /// Reads `1/2000`.
    /// - Returns: nil if the text is something else.
    init?(_ text: String) {
        guard text.hasPrefix("1/"), let number = Int(text.dropFirst(2)), Self.numbers.contains(number),
            "1/\(number)" == text
        else { return nil }
        self.init(oneIn: number)
    }

    /// `1/2000`.
    package var text: String { "1/\(oneIn)" }

    /// Whether an event belongs to the sample. A pure function of what identifies the event, so that all gateways read the same ones
    /// back, before and after a restart.
    package func takes(_ event: AcceptedEvent) -> Bool {
        var hash = StableHash()
        for part in [event.tenant.rawValue, event.idScope, event.id.rawValue] {
            hash.add(part)
            // No text has this byte, so that parts do not run into each other.
            hash.add(0xFF)
        }
        return hash.value % UInt64(oneIn) == 0
    }

    static let numbers = 1...1_000_000_000

    static let fields = [
        Field(
            "sample",
            .text,
            required: true,
            "Which part of the delivered events is read back, as one of a number: 1/2000. Each costs one read, two if the vendor does "
                + "not show it at first."
        )
    ]

    /// - Returns: nil if there is a fault.
    static func read(_ value: JSONValue, of provider: ReadableProvider, _ fields: inout FieldReader) -> Self? {
        let members = fields.members(of: value, Self.fields, in: "\"verify\"")
        if let reason = provider.reasonNotFound {
            fields.fault(value, "\"verify\" cannot be used: \(reason); remove it")
            return nil
        }
        guard let sample = members["sample"], let text = sample.string else { return nil }
        guard let settings = VerifySettings(text) else {
            fields.fault(
                sample,
                "\"sample\" must be 1/ and a number from 1 to \(numbers.upperBound), such as \"1/2000\", found \"\(text)\""
            )
            return nil
        }
        return settings
    }
}

/// Whether single events can be read back from a provider's vendor.
struct ReadableProvider {
    private let adapter: any Adapter

    init(_ adapter: any Adapter) {
        self.adapter = adapter
    }

    /// Why not; nil if they can.
    var reasonNotFound: String? {
        let isReadable = adapter.traits.reads != nil && adapter.reader?.abilities.contains(.find) ?? false
        return isReadable ? nil : "\(adapter.traits.vendor) does not show the events that it has"
    }
}

extension ProviderConfiguration {
    /// Why neither reading back nor canaries can be set for it; nil if they can.
    package var reasonNotWatched: String? { ReadableProvider(adapter).reasonNotFound }
}
