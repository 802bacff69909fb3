import Events
import TestSupport
import Testing
import Vendors

/// Sizes that are too large to be written into an exchange.
@Suite struct EventSizeTests {
    private func translate(properties: String, for vendor: AdapterName) throws -> TranslatedEvent {
        let adapter = try #require(VendorRegistry.adapter(named: vendor))
        return try adapter.translate(
            SampleEvent.accepted(properties: properties),
            for: SampleEvent.destination(adapter)
        )
    }

    @Test func `an event that the queue behind Flexprice would lose is untranslatable`() throws {
        let long = #"{"text":"\#(String(repeating: "x", count: 900_000))"}"#
        let fault = #expect(throws: Untranslatable.self) { try translate(properties: long, for: "flexprice") }
        #expect(fault?.field == "properties")
        #expect(fault?.message.contains("1 MB") ?? false)
        let shorter = #"{"text":"\#(String(repeating: "x", count: 890_000))"}"#
        #expect(try translate(properties: shorter, for: "flexprice").bytes.count > 890_000)
    }

    @Test(arguments: VendorRegistry.all.map(\.traits.adapter))
    func `deep properties overflow no stack`(vendor: AdapterName) throws {
        let deep = #"{"a":"# + String(repeating: "[", count: 31) + "1e5" + String(repeating: "]", count: 31) + "}"
        let adapter = try #require(VendorRegistry.adapter(named: vendor))
        for nested in ["flatten", "stringify"] {
            let destination = SampleEvent.destination(adapter, settings: DestinationSettings(["nested": .text(nested)]))
            let translated = try? adapter.translate(SampleEvent.accepted(properties: deep), for: destination)
            // Names that grow beyond a vendor's limit are refused, and that is an answer too.
            #expect(translated?.bytes.isEmpty != true)
        }
    }
}
