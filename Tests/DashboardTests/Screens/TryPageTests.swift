import Events
import Testing

@testable import Dashboard

@Suite struct TryPageTests {
    @Test func `begins with an example that a reader takes`() {
        let page = TryPage(TryPage.Draft(text: nil), clients: [], names: [], maySend: true)
        #expect(page.isEmpty && !page.hasClients && !page.hasFaults)
        let batch = EventReader().read(Array(page.text.utf8), as: .json)
        #expect(batch.faults.isEmpty && batch.events.count == 1)
    }

    @Test func `keeps what was written beside its faults`() {
        let fault = EventFault(index: 0, field: "customer_id", code: .required, message: "is required")
        let page = TryPage(
            TryPage.Draft(text: "{\"a\": 1}"),
            clients: [],
            names: [],
            maySend: false,
            outlook: TryPage.Outlook(faults: [fault])
        )
        #expect(page.text == "{\"a\": 1}" && page.hasFaults && !page.isEmpty)
        #expect(page.faults.first?.field == "customer_id")
    }

    @Test func `shows what a vendor would charge, exactly`() throws {
        let shown = EstimateView(SamplePages.estimate("EUR"))
        #expect(shown.total == "3.00 EUR" && shown.refusal == nil)
        #expect(shown.charges.map(\.amount) == ["2.50"] && shown.charges.map(\.taxes) == ["0.50"])
        #expect(EstimateView(.failure(EstimateRefusal("why"))).refusal == "why")
    }

    @Test func `says how a simulated vendor behaves`() {
        func simulator(chosen: Int?) -> TryPage.Simulator {
            let choices = ["works", "unavailable"].enumerated().map { Choice($1, isChosen: $0 == chosen) }
            return TryPage.Simulator(name: "lago", received: 12_408, billed: 7, behaviours: choices)
        }
        #expect(simulator(chosen: 0).style == "ok" && simulator(chosen: 0).received == "12,408")
        #expect(simulator(chosen: 1).style == "bad" && simulator(chosen: 1).state == "unavailable")
        #expect(simulator(chosen: nil).style == "bad" && simulator(chosen: nil).state == "other faults")
    }

    @Test func `makes an event of the fields that are filled in, with the properties as they were typed`() throws {
        let form = TryForm(name: "a", customer: "c \"1\"", properties: #"{"n": 1.10}"#)
        #expect(try form.event.get() == #"{"name":"a","customer_id":"c \"1\"","properties":{"n": 1.10}}"#)
        #expect(try TryForm.example.event.get().contains("request_size"))
    }

    @Test(arguments: ["{", "7", "[]", "nothing"])
    func `says that properties are an object`(properties: String) {
        let event = TryForm(name: "a", properties: properties).event
        #expect(throws: EventFault.self) { try event.get() }
    }

    @Test func `fills the fields from an event that has no others`() throws {
        let form = try #require(TryForm(#"{"name":"a","customer_id":"c","source":"s","properties":{"n":1.10}}"#))
        #expect(form.name == "a" && form.customer == "c" && form.source == "s" && form.properties.contains("1.10"))
        for other in [#"{"name":"a","vendor":{"lago":{}}}"#, "[]", "{", #"{"id":"x","name":"a"}"#] {
            #expect(TryForm(other) == nil, "\(other)")
        }
    }
}
