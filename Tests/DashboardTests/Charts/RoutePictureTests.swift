import Testing

@testable import Dashboard

@Suite struct RoutePictureTests {
    private func picture(
        clients: Int = 1,
        links: [RoutePicture.Link] = [.init(from: 0, to: 0, events: 100, style: .client, title: "shop to default")]
    ) -> String {
        RoutePicture(
            id: "routes",
            clients: (0..<clients).map { .init(name: "shop \($0)", note: "tenant shop") },
            routes: [.init(name: "default", note: "every event", address: "#line-14")],
            providers: [.init(name: "lago-prod", note: ""), .init(name: "polar-prod", note: "")],
            fromClients: links,
            toProviders: [
                .init(from: 0, to: 0, events: 100, style: .primary, title: "default to lago-prod"),
                .init(from: 0, to: 1, events: 25, style: .mirror, title: "default to polar-prod, 25%"),
            ]
        ).markup
    }

    @Test func `joins columns by lines as wide as their events`() {
        let markup = picture()
        #expect(markup.attribute("d", behind: "class=\"link client\"") == "M26 76C31.5 76 31.5 76 37 76")
        #expect(markup.attribute("stroke-width", behind: "class=\"link primary\"") == "10")
        // A quarter of the events, half of the width.
        #expect(markup.attribute("stroke-width", behind: "class=\"link mirror\"") == "5.8")
        #expect(markup.contains("<a href=\"#line-14\"><title>default: every event</title>"))
    }

    @Test func `leaves lines to boxes out that are not drawn`() {
        let markup = picture(clients: 61, links: [.init(from: 60, to: 0, events: 1, style: .client, title: "x")])
        #expect(!markup.contains("class=\"link client"))
        #expect(markup.contains("1 more are in the file below."))
    }

    @Test func `draws lines without counts`() {
        let markup = picture(links: [
            .init(from: 0, to: 0, events: nil, style: .client, title: "x"),
            .init(from: 0, to: 0, events: 0, style: .client, title: "y"),
        ])
        #expect(markup.attribute("stroke-width", behind: "class=\"link client\"") == "1.5")
        #expect(markup.contains("class=\"link client idle\""))
    }

    @Test func `draws nothing but headings without routes`() {
        let markup = RoutePicture(id: "r", clients: [], routes: [], providers: [], fromClients: [], toProviders: [])
            .markup
        #expect(markup.contains("No routes."))
        #expect(!markup.contains("class=\"node\""))
    }
}
