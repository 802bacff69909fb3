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
        for (path, operations) in paths {
            let concrete = path.replacing("{id}", with: "evt-1").replacing("{name}", with: "lago")
            let described = Set(operations.keys.map { $0.uppercased() })
            let served = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter { method in
                guard let method = HTTPRequest.Method(method) else { return false }
                return (try? Endpoint.find(method, concrete)) != nil
            }
            #expect(described == Set(served), "\(path)")
        }
        // Every endpoint has its path in the switch that finds it.
        let source = try String(contentsOf: Self.endpointSource, encoding: .utf8)
        let literals = source.matches(of: /case "(\/[^"]+)":/).map { String($0.1) }
        #expect(!literals.isEmpty)
        for path in literals { #expect(paths[path] != nil, "\(path) is not described") }
    }

    private static let endpointSource = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Sources/Ingress/Endpoint.swift")

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
