import Events
import Testing

@testable import Dashboard

@Suite struct TryPageTests {
    @Test func `begins with an example that a reader takes`() {
        let page = TryPage(text: nil, clients: [], names: [], maySend: true)
        #expect(page.isEmpty && !page.hasClients && !page.hasFaults)
        let batch = EventReader().read(Array(page.text.utf8), as: .json)
        #expect(batch.faults.isEmpty && batch.events.count == 1)
    }

    @Test func `keeps what was written beside its faults`() {
        let fault = EventFault(index: 0, field: "customer_id", code: .required, message: "is required")
        let page = TryPage(text: "{\"a\": 1}", clients: [], names: [], maySend: false, faults: [fault])
        #expect(page.text == "{\"a\": 1}" && page.hasFaults && !page.isEmpty)
        #expect(page.faults.first?.field == "customer_id")
    }
}
