import Events
import Testing

@testable import Dashboard

@Suite struct LivePageTests {
    @Test func `follows the stream with what the server filters`() {
        let filter = LivePage.Filter(name: "a b", customer: nil, provider: "lago-prod", status: .rejected)
        let page = LivePage(filter, providers: ["lago-prod", "polar-prod"])
        #expect(page.stream == "/dashboard/live/stream?name=a%20b")
        #expect(page.provider == "lago-prod" && page.status == "rejected")
        #expect(page.providers.map(\.isChosen) == [true, false])
        #expect(page.statuses.filter(\.isChosen).map(\.value) == ["rejected"])
    }
}
