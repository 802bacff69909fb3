import Events
import TestSupport
import Testing

@testable import Facades

/// Which events a list takes: texts are told by their bytes, as everywhere.
@Suite struct PolarSelectionTests {
    private static let composed = "é"
    private static let decomposed = "e\u{301}"

    private func takes(_ event: AcceptedEvent, _ change: (inout PolarSelection) -> Void) -> Bool {
        var selection = PolarSelection()
        change(&selection)
        return selection.filter.takes(event)
    }

    private func event(customer: String? = "c", metadata: String? = nil, own: String? = nil) -> AcceptedEvent {
        SampleEvent.accepted(
            customer: customer,
            properties: metadata,
            vendor: own.map { #"{"polar":\#($0)}"# }
        )
    }

    @Test func `customers of two normal forms are two, also beside an id of Polar's`() {
        let id = "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"
        for own in [[], [id]] {
            for (customer, isTaken) in [(Self.composed, true), (Self.decomposed, false)] {
                let isFound = takes(event(customer: customer)) {
                    $0.customers = own
                    $0.externalCustomers = [Self.composed]
                }
                #expect(isFound == isTaken)
            }
        }
        #expect(!takes(event(customer: nil)) { $0.externalCustomers = ["c"] })
        // An event of a customer of Polar's own is none of the application's.
        let owned = event(customer: id, own: #"{"customer_id":"\#(id)"}"#)
        #expect(takes(owned) { $0.customers = [id] } && !takes(event()) { $0.customers = [id] })
    }

    @Test func `values of metadata are alternatives of one key, told by bytes`() {
        let shown = event(metadata: #"{"a":"\#(Self.composed)","n":5,"e":""}"#)
        func matches(_ filters: [(key: String, values: [String])]) -> Bool { takes(shown) { $0.metadata = filters } }
        #expect(matches([("a", [Self.composed])]) && !matches([("a", [Self.decomposed])]))
        #expect(matches([("a", ["x", Self.composed])]) && !matches([("a", ["x"])]))
        // Only text has the value of a parameter; what is missing is an empty text.
        #expect(!matches([("n", ["5"])]) && matches([("none", [""])]) && matches([("e", [""])]))
        #expect(!matches([("a", [Self.composed]), ("none", ["x"])]))
    }

    @Test func `parents are told by bytes, and UUIDs in either case`() {
        func matches(_ parent: String, _ wanted: String) -> Bool {
            takes(event(own: #"{"parent_id":"\#(parent)"}"#)) { $0.parents = [wanted.exact] }
        }
        #expect(matches(Self.composed, Self.composed) && !matches(Self.composed, Self.decomposed))
        let id = "7f0c4c9e-6a0e-4a57-9d5b-0d0f6a3a8d11"
        #expect(matches(id.uppercased(), id) && matches(id, id) && !matches("p", "P"))
        #expect(!takes(event()) { $0.parents = ["p".exact] })
        #expect(takes(event()) { $0.isRootsOnly = true })
        #expect(!takes(event(own: #"{"parent_external_id":"p"}"#)) { $0.isRootsOnly = true })
    }

    /// Neither end of the window belongs to it, to the millisecond that the gateway keeps.
    @Test(arguments: [(-1, 1, true), (0, 1, false), (-1, 0, false)])
    func `both ends are exclusive`(start: Int64, end: Int64, isTaken: Bool) {
        let event = event()
        let isFound = takes(event) {
            $0.start = event.timestamp + .milliseconds(start)
            $0.end = event.timestamp + .milliseconds(end)
        }
        #expect(isFound == isTaken)
    }

    @Test func `all events are of the source user`() {
        #expect(takes(event()) { $0.sources = ["user"] } && !takes(event()) { $0.sources = ["system"] })
        #expect(takes(event()) { $0.sources = ["system", "user"] })
    }
}
