import Access
import Events
import Foundation
import Journal
import Migration
import NIOHTTP1
import OfRecord
import Reports
import Routing
import TestSupport
import Testing

/// `GET /v1/config`.
@Suite struct ConfigurationEndpointTests {
    private static let boss =
        #"{"name":"boss","key_sha256":"\#(KeyDigest(of: "boss-key").hexadecimal)","scopes":["admin"]}"#

    private struct Configuration: ConfigurationReading {
        let routes: Routes

        func configuration() async throws(StoreError) -> ConfigurationReport {
            let ramp = MigrationEntry(number: 1, at: Timestamp(milliseconds: 3000), action: .ramp(share: 5))
            return ConfigurationReport(
                file: "routes.json",
                digest: "abc",
                text: "",
                loadedAt: Timestamp(milliseconds: 0),
                version: 2,
                routes: routes,
                overrides: ConfigurationReport.Overrides(
                    holds: [
                        ConfigurationReport.Hold(
                            provider: "p",
                            hold: OperatorHold(
                                until: Timestamp(milliseconds: 2000),
                                by: "boss",
                                at: Timestamp(milliseconds: 1000)
                            )
                        )
                    ],
                    pausedBackfills: [],
                    migrations: [
                        ConfigurationReport.Migration(
                            name: "to-q",
                            provider: "q",
                            course: MigrationCourse(MigrationLog([ramp])),
                            newest: MigrationRecord(migration: "to-q", entry: ramp, actor: "boss")
                        )
                    ]
                )
            )
        }
    }

    private func routes() throws -> Routes {
        let traits = VendorTraits(
            adapter: "acme",
            vendor: "Acme",
            api: VendorAPI(
                defaultBaseURL: "https://acme.example",
                credential: .query(name: "key")
            ),
            requests: RequestTraits(batch: BatchLimit(events: 1, bytes: 1), deduplication: .none)
        )
        let text = #"""
            {"version":1,"providers":{"p":{"adapter":"acme","credential":{"command":["vault","planted-argument"]}},
              "q":{"adapter":"acme","credential":{"inline":"planted-key"},"rate_limit":"10/s"}},
             "routes":[{"name":"r","match":{"name":"api_*"},"to":[{"provider":"p","rename":{"a":"b"}},
               {"provider":"q","mode":"mirror","share":12.5}]},
               {"name":"rest","to":[{"provider":"p"},{"provider":"q","mode":"off"}]}],
             "migrations":{"to-q":{"route":"rest","from":"p","to":"q","keep":"late","gates":{"usage":"1.5%"},
               "metrics":{"a":{"aggregate":"sum","property":"units","names":{"q":"meter"}}}}},
             "clients":[{"name":"shop","key_sha256":"\#(KeyDigest(of: "k").hexadecimal)"}]}
            """#
        let reader = RoutesReader(vendors: [SampleAdapter(traits)], allowsInlineSecrets: true)
        return try reader.read(Array(text.utf8)).routes
    }

    @Test func `shows the routes in effect, overrides apart, and no secret`() async throws {
        let configuration = Configuration(routes: try routes())
        try await IngressFixture.with(clients: [Self.boss], configuration: configuration) { (server) async throws in
            let answer = try await server.send(.GET, "/v1/config", key: "boss-key")
            #expect(answer.status == 200)
            let text = String(decoding: answer.body, as: UTF8.self)
            #expect(!text.contains("planted") && !text.contains(KeyDigest(of: "k").hexadecimal))
            let object = try answer.object
            #expect(object["version"] as? Int == 2 && object["sha256"] as? String == "abc")
            let providers = try #require(object["providers"] as? [[String: Any]])
            #expect(providers.map { $0["name"] as? String } == ["p", "q"])
            #expect((providers[0]["credential"] as? [String: Any])?["command"] as? String == "vault")
            #expect((providers[1]["rate_limit"] as? [String: Any])?["requests"] as? Int == 10)
            #expect((providers[0]["operator_hold"] as? [String: Any])?["client"] as? String == "boss")
            let route = try #require((object["routes"] as? [[String: Any]])?.first)
            #expect((route["match"] as? [String: [String]])?["names"] == ["api_*"])
            let to = try #require(route["to"] as? [[String: Any]])
            #expect(to.map { $0["share_percent"] as? Double } == [100, 12.5])
            #expect(to.map { $0["mode"] as? String } == ["primary", "mirror"])
            let migration = try #require((object["migrations"] as? [[String: Any]])?.first)
            #expect(
                ["name", "route", "from", "to", "keep"].map { migration[$0] as? String } == [
                    "to-q", "rest", "p", "q", "late",
                ]
            )
            #expect((migration["boundary"] as? [String: Any])?["otherwise"] as? String == "month")
            #expect((migration["gates"] as? [String: Any])?["usage"] as? String == "1.5%")
            let metric = try #require((migration["metrics"] as? [String: [String: Any]])?["a"])
            #expect(metric["aggregate"] as? String == "sum" && metric["names"] as? [String: String] == ["q": "meter"])
            let overrides = try #require(object["overrides"] as? [[String: Any]])
            #expect(overrides.map { $0["type"] as? String } == ["hold", "migration"])
            #expect(overrides.last?["share_percent"] as? Int == 5 && overrides.last?["client"] as? String == "boss")
            #expect(overrides.last?["migration"] as? String == "to-q" && overrides.last?["held"] as? Bool == false)
            #expect(overrides.first?["until"] as? String == "1970-01-01T00:00:02.000Z")
        }
    }

    @Test func `needs the scope admin`() async throws {
        try await IngressFixture.with(clients: [Self.boss]) { (server) async throws in
            for key in ["test-key", "operator-key", "read-key"] {
                #expect(try await server.send(.GET, "/v1/config", key: key).status == 403)
            }
            #expect(try await server.send(.GET, "/v1/config", key: "boss-key").status == 503)
        }
    }
}
