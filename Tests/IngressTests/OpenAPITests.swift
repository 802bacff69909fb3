import Access
import Foundation
import HTTPTypes
import NIOHTTP1
import Testing

@testable import Ingress

@Suite struct OpenAPITests {
    private func document() throws -> [String: Any] {
        let object = try JSONSerialization.jsonObject(with: Data(OpenAPIDocument.text.utf8))
        return try #require(object as? [String: Any])
    }

    @Test func `describes every endpoint, and nothing else`() throws {
        let paths = try #require(try document()["paths"] as? [String: [String: Any]])
        let described = paths.flatMap { path, operations in operations.keys.map { "\($0.uppercased()) \(path)" } }
        #expect(Set(described) == Set(Endpoint.all.map { "\($0.method) \($0.path)" }))
    }

    @Test(arguments: Endpoint.all)
    func `says which scope an endpoint needs, and whether a key`(endpoint: Endpoint) throws {
        let document = try document()
        let paths = try #require(document["paths"] as? [String: [String: [String: Any]]])
        let operation = try #require(paths[endpoint.path.description]?[endpoint.method.rawValue.lowercased()])
        let stated = try #require((operation["security"] ?? document["security"]) as? [[String: [String]]])
        let scopes = endpoint.scope.map { [$0.rawValue] } ?? []
        let withKey = [["bearer": scopes], ["apiKey": scopes]]
        switch endpoint.audience {
        case .open: #expect(stated.isEmpty)
        case .openOrClient: #expect(stated == [[:]] + withKey)
        // Open by a setting.
        case .administration where endpoint.path == "/metrics": #expect(stated == [[:]] + withKey)
        case .client, .administration: #expect(stated == withKey)
        }
    }

    @Test func `names the same parameters wherever events are accepted`() throws {
        let paths = try #require(try document()["paths"] as? [String: [String: [String: Any]]])
        func names(_ path: String) throws -> [String] {
            let listed = try #require(paths[path]?["post"]?["parameters"] as? [[String: Any]])
            return listed.filter { $0["in"] as? String == "query" }.compactMap { $0["name"] as? String }
        }
        #expect(try names("/v1/events") == ["partial", "not_to", "route"])
        #expect(try names("/api/v1/events") == names("/v1/events"))
    }

    @Test(arguments: Endpoint.all)
    func `stands in the guide, with its scope where it is for operators`(endpoint: Endpoint) throws {
        let guide = try String(contentsOf: Self.guide, encoding: .utf8)
        let path = endpoint.path.description
        let parts = path.split(separator: "/")
        let (parent, last) = ("/" + parts.dropLast().joined(separator: "/"), "/" + (parts.last ?? ""))
        let line = guide.split(separator: "\n").first { line in
            line.contains("\(path)`") || (line.contains(parent) && line.contains("`\(last)`"))
        }
        #expect(line != nil, "\(endpoint.method) \(path) is not in the guide")
        if endpoint.audience == .administration, path != "/metrics", let scope = endpoint.scope, let line {
            #expect(line.contains("`\(scope.rawValue)`"), "the guide does not say the scope of \(path)")
        }
    }

    private static let guide = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/Ingress/Ingress.docc/HTTPAPI.md")

    @Test func `refers to nothing that is not there`() throws {
        let document = try document()
        let text = OpenAPIDocument.text
        for match in text.matches(of: /"\$ref": "#\/components\/([a-zA-Z]+)\/([A-Za-z_]+)"/) {
            let components = document["components"] as? [String: [String: Any]]
            #expect(components?[String(match.1)]?[String(match.2)] != nil, "\(match.0)")
        }
    }

    @Test func `is served to anybody`() async throws {
        try await IngressFixture.with { (server) async throws in
            let answer = try await server.send(.GET, "/openapi.json", key: nil)
            #expect(answer.status == 200)
            #expect(try answer.object["openapi"] as? String == "3.1.0")
        }
    }
}
