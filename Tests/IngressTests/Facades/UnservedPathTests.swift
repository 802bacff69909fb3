import Foundation
import NIOHTTP1
import Testing

/// Paths that are nearly right, or are the vendor's and not ours.
@Suite struct UnservedPathTests {
    private func text(_ answer: IngressFixture.Answer) -> String { String(decoding: answer.body, as: UTF8.self) }

    @Test(arguments: [
        ("/umbra/v1/events", "use /umbra/api/v1/events (the base URL for Umbra's SDKs ends with /umbra/)"),
        ("/umbra/events/batch", "use /umbra/api/v1/events/batch"),
        ("/umbra//api/v1/events", "use /umbra/api/v1/events"),
        ("//umbra/api/v1/events", "use /umbra/api/v1/events"), ("/umbra/api/v1//events", "use /umbra/api/v1/events"),
        ("/Umbra/api/v1/events", "use /umbra/api/v1/events"), ("/umbra/api/v1/events/", "use /umbra/api/v1/events"),
        ("/umbra/api/v1/customers", "send POST /umbra/api/v1/customers to Umbra itself"),
        ("/umbra", "serves only Umbra's events API, below /umbra/api/v1"),
        ("/umbra/\(String(repeating: "a/", count: 2000))events", "to Umbra itself"),
    ])
    func `names the right address below a vendor's prefix, in the vendor's shape`(path: String, advice: String)
        async throws
    {
        try await IngressFixture.with(dialects: [NarrowDialect()]) { (server) async throws in
            let answer = try await server.send(.POST, path, Array("{}".utf8), headers: [("X-Key", IngressFixture.key)])
            #expect(answer.status == 501)
            #expect(text(answer).contains(advice), "\(text(answer))")
        }
    }

    @Test(
        arguments: [
            (HTTPMethod.TRACE, "/umbra/api/v1/events", 405, "GET, POST"),
            (.DELETE, "/umbra/api/v1/events", 405, "GET, POST"),
            (.PUT, "/umbra/api/v1/events/batch", 405, "POST"), (.GET, "/umbra/api/v1/events/batch", 405, "POST"),
            (.TRACE, "/umbra/api/v1/customers", 501, nil),
            (.TRACE, "/umbra/events", 501, nil), (.TRACE, "/v1/events", 405, "GET, POST"),
            (.PUT, "/readyz", 405, "GET"),
        ] as [(HTTPMethod, String, Int, String?)]
    )
    func `lists the methods of a path that does not have the one of the request`(
        method: HTTPMethod,
        path: String,
        status: Int,
        allow: String?
    ) async throws {
        try await IngressFixture.with(dialects: [NarrowDialect()]) { (server) async throws in
            let answer = try await server.send(method, path, headers: [("X-Key", IngressFixture.key)])
            #expect(answer.status == status)
            #expect(answer.headers.first(name: "allow") == allow)
        }
    }

    @Test(arguments: [
        (HTTPMethod.POST, "/v1/events/batch", 404, "use /v1/events, which accepts one event or several"),
        (.POST, "/v1/events/ingest", 404, "use /v1/events, which accepts"),
        (.POST, "/v1/events/", 404, "use /v1/events"), (.GET, "//v1/events", 404, "use /v1/events"),
        (.GET, "/v1/deliveries/", 404, "use /v1/deliveries"),
        (.POST, "/v2/events", 404, "events go to POST /v1/events"),
        (.DELETE, "/v1/events/e", 405, "DELETE is not allowed here; use GET"),
    ])
    func `names the right address at the canonical door`(method: HTTPMethod, path: String, status: Int, words: String)
        async throws
    {
        try await IngressFixture.with { (server) async throws in
            let answer = try await server.send(method, path, method == .POST ? Array("{}".utf8) : nil)
            #expect(answer.status == status)
            #expect((try answer.object["detail"] as? String)?.contains(words) == true, "\(text(answer))")
        }
    }

    /// The next request on the connection is answered only if the answer to HEAD had no body.
    @Test(arguments: ["/healthz", "/v1/events", "/v1/events/stream", "/umbra/api/v1/events", "/v1/nothing", "/umbra/x"])
    func `answers HEAD with the head alone`(path: String) async throws {
        try await IngressFixture.with(dialects: [NarrowDialect()]) { (server) async throws in
            let fields = "Host: x\r\nAuthorization: Bearer \(IngressFixture.key)\r\nX-Key: \(IngressFixture.key)\r\n"
            let requests =
                "HEAD \(path) HTTP/1.1\r\n\(fields)\r\nGET /healthz HTTP/1.1\r\n\(fields)Connection: close\r\n\r\n"
            let answer = try await RawRequest.send(requests, to: server.port) { _ in false }
            let heads = answer.components(separatedBy: "\r\n\r\n")
            #expect(heads.count == 3, "\(answer)")
            #expect(
                heads.first?.hasPrefix(
                    path.contains("nothing") ? "HTTP/1.1 404" : path.hasSuffix("x") ? "HTTP/1.1 501" : "HTTP/1.1 200"
                ) == true
            )
            #expect(heads.count > 1 && heads[1].hasPrefix("HTTP/1.1 200"), "\(answer)")
        }
    }

    @Test func `asks a dialect what OPTIONS means before it looks for a key`() async throws {
        try await IngressFixture.with(dialects: [NarrowDialect()]) { (server) async throws in
            let origin = [("Origin", "https://shop.example")]
            let asked = try await server.send(.OPTIONS, "/umbra/api/v1/events", headers: origin, key: nil)
            #expect(asked.status == 204 && asked.headers.first(name: "x-common") == "yes")
            #expect(try await server.send(.OPTIONS, "/umbra/api/v1/events", key: nil).status == 401)
            let key = [("X-Key", IngressFixture.key)]
            #expect(try await server.send(.OPTIONS, "/umbra/api/v1/events", headers: key, key: nil).status == 405)
            let served = try await server.send(.GET, "/umbra/api/v1/events", headers: key, key: nil)
            #expect(served.status == 200 && served.headers.first(name: "x-common") == "yes")
        }
    }
}

/// OpenMeter's clients take a host and add the path, which Lago's have as well.
@Suite struct OpenMeterEndpointTests {
    private static let event =
        #"{"id":"ce-1","specversion":"1.0","type":"api-calls","source":"edge","subject":"c","data":{"n":1}}"#

    @Test func `takes CloudEvents there, and answers as OpenMeter does`() async throws {
        try await IngressFixture.with { (server) async throws in
            let path = "/api/v1/events"
            let one = try await server.post(Self.event, path: path, contentType: "application/cloudevents+json")
            #expect(one.status == 204 && one.body.isEmpty)
            let own = try await server.post(
                Self.event,
                path: path + "?from=edge",
                contentType: "application/cloudevents+json"
            )
            #expect(own.status == 204, "a parameter of the client's own")
            let route = try await server.post(
                Self.event,
                path: path + "?route=none",
                contentType: "application/cloudevents+json"
            )
            #expect(route.status == 400, "a parameter of the gateway's, as at /v1/events")
            let more = "[\(Self.event),\(Self.event.replacing("ce-1", with: "ce-2"))]"
            let type = "application/cloudevents-batch+json; charset=utf-8"
            #expect(try await server.post(more, path: path, contentType: type).status == 204)
            let headers = [
                ("ce-specversion", "1.0"), ("ce-id", "ce-3"), ("ce-type", "t"), ("ce-source", "s"), ("ce-subject", "c"),
            ]
            #expect(try await server.send(.POST, path, Array("{}".utf8), headers: headers).status == 204)
            for id in ["ce-1", "ce-2", "ce-3"] {
                #expect(try await server.send(.GET, "/v1/events/\(id)").status == 200)
            }
            let bad = try await server.post("{}", path: path, contentType: "application/cloudevents+json")
            #expect(bad.status == 422 && bad.headers.first(name: "content-type") == "application/problem+json")
            let nobody = try await server.send(
                .POST,
                path,
                Array(Self.event.utf8),
                headers: [("Content-Type", "application/cloudevents+json")],
                key: "nobody"
            )
            #expect(nobody.status == 401)
            #expect(try await server.post("{}", path: path).status == 404, "plain JSON is Lago's, if it is served")
        }
    }
}
