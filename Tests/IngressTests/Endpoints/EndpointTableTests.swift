import Access
import HTTPTypes
import Testing

@testable import Ingress

@Suite struct EndpointTableTests {
    private static func settings(administration: Bool = true, metrics: Bool = false) -> IngressSettings {
        var settings = IngressSettings(servesAdministration: administration)
        settings.opensMetrics = metrics
        return settings
    }

    private static let concrete = ["{id}": "a%2Fb", "{name}": "a%2Fb", "{vendor}": "a%2Fb"]

    private static func path(_ endpoint: Endpoint) -> String {
        concrete.reduce(endpoint.path.description) { $0.replacing($1.key, with: $1.value) }
    }

    /// Of a request that the endpoint takes.
    private static func fields(_ endpoint: Endpoint) -> HTTPFields {
        switch endpoint.content {
        case .any: [:]
        case .cloudEvents: [.contentType: "application/cloudevents+json"]
        }
    }

    @Test func `finds every endpoint by its method and path, and no other`() throws {
        let table = EndpointTable(on: Self.settings())
        for endpoint in Endpoint.all {
            let match = try table.find(endpoint.method, Self.path(endpoint), Self.fields(endpoint))
            #expect(match.endpoint.path == endpoint.path && match.endpoint.method == endpoint.method)
            #expect(match.parameter == (endpoint.path.variable == nil ? "" : "a/b"))
        }
        let rows = Endpoint.all.map { "\($0.method) \($0.path)" }
        #expect(Set(rows).count == rows.count, "a row stands twice")
    }

    @Test func `takes only its own requests at a path that is a facade's too`() throws {
        let table = EndpointTable(on: Self.settings())
        let path = "/api/v1/events"
        let own: [HTTPFields] = [
            [.contentType: "application/cloudevents+json"],
            [.contentType: "Application/CloudEvents-Batch+JSON; charset=utf-8"],
            [.contentType: "application/json", HTTPField.Name("ce-specversion")!: "1.0"],
        ]
        for fields in own { #expect(table.findShared(.post, path, fields)?.endpoint.content == .cloudEvents) }
        for fields: HTTPFields in [[:], [.contentType: "application/json"], [.contentType: "text/cloudevents"]] {
            #expect(table.findShared(.post, path, fields) == nil)
            #expect(throws: Problem.self) { try table.find(.post, path, fields) }
        }
        #expect(table.findShared(.get, path, own[0]) == nil && table.findShared(.post, "/v1/events", own[0]) == nil)
    }

    @Test func `answers HEAD where it answers GET`() throws {
        let table = EndpointTable(on: Self.settings())
        for endpoint in Endpoint.all where endpoint.method == .get {
            #expect(try table.find(.head, Self.path(endpoint)).endpoint.path == endpoint.path)
        }
    }

    @Test(arguments: ["names", "stream", "estimate", "preview", "id", "a/b", ".."])
    func `finds the event of every id, also of one that is the name of an endpoint`(id: String) throws {
        let match = try EndpointTable(on: Self.settings()).find(.get, "/v1/events/id/\(id.replacing("/", with: "%2F"))")
        #expect(match.endpoint.path == "/v1/events/id/{id}" && match.parameter == id)
    }

    @Test(arguments: ["names", "stream", "estimate", "id", "events.csv"])
    func `finds the dashboard's page of every event by its id`(id: String) throws {
        let match = try PageTable().find(.get, "/dashboard/events/\(id)")
        #expect(match.page.path == "/dashboard/events/{id}" && match.parameter == id)
    }

    @Test(arguments: [HTTPRequest.Method.get, .head], ["estimate", "preview"])
    func `finds an event whose id is the name of an endpoint with another method`(
        method: HTTPRequest.Method,
        id: String
    ) throws {
        let table = EndpointTable(on: Self.settings())
        let match = try table.find(method, "/v1/events/\(id)")
        #expect(match.endpoint.path == "/v1/events/{id}" && match.parameter == id)
        #expect(try table.find(.post, "/v1/events/\(id)").endpoint.path.description == "/v1/events/\(id)")
    }

    @Test(arguments: [
        ("GET", "/v1/nothing", "unknown-path", "events go to POST /v1/events"), ("GET", "/", "unknown-path", ""),
        ("GET", "/v1//events", "unknown-path", "use /v1/events"),
        ("GET", "/v1/events/", "unknown-path", "use /v1/events"),
        ("GET", "/v1/events/a/b", "unknown-path", ""), ("GET", "/v1/events/%zz", "unknown-path", ""),
        ("POST", "/v1/events/batch", "unknown-path", "use /v1/events, which accepts one event or several"),
        ("POST", "/v1/providers//hold", "unknown-path", ""), ("POST", "/v1/providers/hold", "unknown-path", ""),
        ("POST", "/v1/providers/a/b/hold", "unknown-path", ""),
        ("PUT", "/v1/events", "wrong-method", "use GET, POST"), ("POST", "/v1/events/names", "wrong-method", "use GET"),
        ("GET", "/v1/providers/a/hold", "wrong-method", "use POST"),
        ("DELETE", "/v1/events/a", "wrong-method", "use GET"),
        ("DELETE", "/v1/events/estimate", "wrong-method", "use GET, POST"),
        ("POST", "/v1/events/id/a", "wrong-method", "use GET"), ("GET", "/v1/events/id/", "unknown-path", ""),
    ])
    func `says what is wrong with a request that no endpoint takes`(
        method: String,
        path: String,
        kind: String,
        advice: String
    ) throws {
        let table = EndpointTable(on: Self.settings())
        let method = try #require(HTTPRequest.Method(method))
        let problem = #expect(throws: Problem.self) { try table.find(method, path) }
        #expect(problem?.kind == kind)
        #expect(problem?.detail.contains(advice) == true, "\(problem?.detail ?? "")")
    }

    @Test func `serves operators on their own listener only, if there is one`() {
        let table = EndpointTable(on: Self.settings(administration: false, metrics: true))
        for endpoint in Endpoint.all {
            let isServed = (try? table.find(endpoint.method, Self.path(endpoint), Self.fields(endpoint))) != nil
            #expect(isServed == (endpoint.audience != .administration), "\(endpoint.path)")
        }
    }

    @Test(arguments: [true, false], [true, false])
    func `asks for a key unless the endpoint is open`(opensMetrics: Bool, presentsKey: Bool) throws {
        let table = EndpointTable(on: Self.settings(metrics: opensMetrics))
        for row in Endpoint.all {
            let endpoint = try table.find(row.method, Self.path(row), Self.fields(row)).endpoint
            let expected =
                switch row.audience {
                case .open: false
                case .openOrClient: presentsKey
                case .client: true
                case .administration: !(opensMetrics && row.path == "/metrics")
                }
            #expect(endpoint.needsKey(presentsKey: presentsKey) == expected, "\(row.path)")
        }
    }

    /// What is for everybody needs no scope, and what is for operators needs one.
    @Test func `lets nobody administer without a scope`() {
        for endpoint in Endpoint.all {
            switch endpoint.audience {
            case .open, .openOrClient: #expect(endpoint.scope == nil, "\(endpoint.path)")
            case .administration: #expect(endpoint.scope != nil, "\(endpoint.path)")
            case .client: #expect(endpoint.scope != nil || endpoint.path == "/v1/client", "\(endpoint.path)")
            }
        }
    }
}
