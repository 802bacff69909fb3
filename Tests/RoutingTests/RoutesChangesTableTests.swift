import Access
import Events
import Routing
import Testing
import Vendors

/// Each field of `routes.json`, changed alone: people who review a change see its name.
@Suite struct RoutesChangesTableTests {
    private func changes(_ old: String, _ new: String) throws -> [String] {
        RoutesChanges(from: try RoutesText.read(old), to: try RoutesText.read(new)).list.map(\.summary)
    }

    @Test(
        arguments: [
            (#""base_url": "https://other.example""#, "base_url"),
            (#""allow_private_address": true"#, "allow_private_address"), (#""batch": 99"#, "batch"),
            (#""concurrency": 9"#, "concurrency"), (#""timeout": "29s""#, "timeout"),
            (#""rate_limit": "9/s""#, "rate_limit"), (#""retry": {"base": "2s"}"#, "retry"),
            (#""retry": {"cap": "601s"}"#, "retry"), (#""retry": {"give_up_after": "1d"}"#, "retry"),
            (#""retry": {"max_retry_after": "2h"}"#, "retry"), (#""breaker": {"failures": 6}"#, "breaker"),
            (#""breaker": {"pause": "2s"}"#, "breaker"), (#""breaker": {"parked_pause": "31s"}"#, "breaker"),
            (#""reads": {"share": 31}"#, "reads"), (#""on_uncertain": "retry""#, "on_uncertain"),
            (#""zone": "eu""#, "zone"), (#""space": "b", "zone": "eu""#, "space, zone"),
            (#""batch": 99, "timeout": "29s", "concurrency": 9, "zone": "eu""#, "batch, concurrency, timeout, zone"),
        ]
    )
    func `of a provider`(fields: String, names: String) throws {
        let (old, new) = (RoutesText.file(), RoutesText.file(provider: fields))
        #expect(try changes(old, new) == ["provider p: changed: \(names)"])
        #expect(try changes(new, old) == ["provider p: changed: \(names)"])
    }

    @Test func `of a provider that is at another vendor, or has another key`() throws {
        let other = RoutesText.file().replacing(#"{"env": "K"}"#, with: #"{"file": "/run/k"}"#)
        #expect(try changes(RoutesText.file(), other) == ["provider p: changed: credential"])
        let bolt = RoutesText.file().replacing(
            #""adapter": "acme""#,
            with: #""adapter": "bolt", "base_url": "https://api.acme.example""#
        )
        let found = try changes(RoutesText.file(), bolt)
        #expect(found == ["provider p: changed: adapter, batch", "route r: changed: to"])
    }

    /// A file with a provider of Lago.
    private func lago(_ fields: String) throws -> Routes {
        let text = #"""
            {"version": 1, "providers": {"p": {"adapter": "lago", "base_url": "http://127.0.0.1:1", "credential": {"env": "K"}\#(fields)}},
             "routes": [{"name": "r", "to": [{"provider": "p", "subscription_id": "s"}]}], "clients": []}
            """#
        return try RoutesReader(vendors: VendorRegistry.all).read(Array(text.utf8)).routes
    }

    @Test(
        arguments: [
            (#", "webhook_key": {"env": "W"}"#, "webhook_key"), (#", "verify": {"sample": "1/10"}"#, "verify"),
            (#", "canary": {}"#, "canary"), (#", "reads": {"lag": "6s"}"#, "reads"),
            (#", "verify": {"sample": "1/10"}, "canary": {"every": "1m"}"#, "verify, canary"),
        ]
    )
    func `of a provider that is watched`(fields: String, names: String) throws {
        let found = RoutesChanges(from: try lago(""), to: try lago(fields)).list.map(\.summary)
        #expect(found == ["provider p: changed: \(names)"])
    }

    @Test(
        arguments: [
            (#""match": {"name": "x"}, "to": [{"provider": "p"}]"#, "match"),
            (#""match": {"customer_id": "x"}, "to": [{"provider": "p"}]"#, "match"),
            (#""to": [{"provider": "p", "mode": "mirror"}]"#, "to"),
            (#""to": [{"provider": "p", "mode": "off"}]"#, "to"),
            (#""to": [{"provider": "p", "share": 99.9999}]"#, "to"),
            (#""to": [{"provider": "p", "rename": {"a": "b"}}]"#, "to"),
            (#""to": [{"provider": "p", "account": "x"}]"#, "to"), (#""to": [{"provider": "p", "detail": 6}]"#, "to"),
            (#""to": [{"provider": "p", "from": "2027-01-01T00:00:00Z"}]"#, "to"),
            (#""to": [{"provider": "p", "accepted_until": "2027-01-01T00:00:00Z"}]"#, "to"),
            (#""match": {"name": "x"}, "to": [{"provider": "p", "mode": "shadow"}]"#, "match, to"),
        ]
    )
    func `of a route`(fields: String, names: String) throws {
        let new = RoutesText.file(routes: #"[{"name": "r", \#(fields)}]"#)
        #expect(try changes(RoutesText.file(), new) == ["route r: changed: \(names)"])
    }

    @Test(
        arguments: [
            (#""tenant": "t""#, "tenant"), (#""key_sha256": "\#(RoutesText.digest)""#, "keys"),
            (#""keys": [{"sha256": "\#(RoutesText.digest)", "expires": "2027-01-01T00:00:00Z"}]"#, "keys"),
            (#""scopes": ["admin"]"#, "scopes"), (#""routes": "r""#, "routes"), (#""names": "a*""#, "names"),
            (#""limits": {"requests": "1/s"}"#, "limits"), (#""limits": {"events": "1/s"}"#, "limits"),
            (#""timestamps": {"max_age": "1d"}"#, "timestamps"), (#""timestamps": {"max_ahead": "2d"}"#, "timestamps"),
            (#""tenant": "t", "names": "a*", "scopes": []"#, "tenant, scopes, names"),
        ]
    )
    func `of a client`(fields: String, names: String) throws {
        let old = RoutesText.file(clients: #"[{"name": "shop"}]"#)
        let new = RoutesText.file(clients: #"[{"name": "shop", \#(fields)}]"#)
        #expect(try changes(old, new) == ["client shop: changed: \(names)"])
    }

    @Test func `of a client's own credential are those of its account`() throws {
        func file(_ variable: String) -> String {
            RoutesText.file(clients: #"[{"name": "shop", "credentials": {"p": {"env": "\#(variable)"}}}]"#)
        }
        #expect(try changes(file("A"), file("B")) == ["provider p@shop: changed: credential"])
        let plain = RoutesText.file(clients: #"[{"name": "shop"}]"#)
        #expect(try changes(plain, file("A")) == ["provider p@shop: added"])
        let found = RoutesChanges(from: try RoutesText.read(file("A")), to: try RoutesText.read(plain))
        #expect(found.list.map(\.summary) == ["provider p@shop: removed"] && found.removedProviders == ["p@shop"])
    }

    @Test(
        arguments: [
            (#""name": "prod""#, "name"), (#""circuit_open": "11m""#, "circuit_open"),
            (#""backlog": "16m""#, "backlog"),
            (#""memory_left": "13h""#, "memory_left"), (#""key_expiry": "8d""#, "key_expiry"),
            (#""quiet": "16m""#, "quiet"),
            (#""gather": "11s""#, "gather"), (#""interval": "6m""#, "interval"), (#""settle": "3m""#, "settle"),
            (#""repeat": "5h""#, "repeat"), (#""repeat": "5h", "name": "prod", "quiet": "1m""#, "name, quiet, repeat"),
        ]
    )
    func `of notifications`(fields: String, names: String) throws {
        func file(_ fields: String) -> String {
            RoutesText.file().replacing(
                "{\"version\": 1,",
                with: "{\"version\": 1, \"notifications\": {\"receivers\": {}\(fields)},"
            )
        }
        #expect(try changes(file(""), file(", " + fields)) == ["notifications notifications: changed: \(names)"])
    }

    @Test func `of a receiver`() throws {
        func file(_ receiver: String) -> String {
            RoutesText.file().replacing(
                "{\"version\": 1,",
                with: "{\"version\": 1, \"notifications\": {\"receivers\": {\"r\": \(receiver)}},"
            )
        }
        let slack = #"{"type": "slack", "url": {"env": "S"}}"#
        for (other, names) in [
            (#"{"type": "slack", "url": {"env": "T"}}"#, "receiver"),
            (#"{"type": "slack", "url": {"env": "S"}, "kinds": ["disk"]}"#, "kinds"),
            (#"{"type": "slack", "url": {"env": "S"}, "allow_plain_http": true}"#, "receiver"),
            (#"{"type": "mail", "from": "a@b.example", "to": "c@d.example", "kinds": ["disk"]}"#, "receiver, kinds"),
        ] {
            #expect(try changes(file(slack), file(other)) == ["notifications r: changed: \(names)"])
        }
    }

    /// Only routes that stay may have moved.
    @Test(
        arguments: [
            ("abc", "abc", []), ("abc", "acb", ["c", "b"]), ("abc", "cab", ["c", "a", "b"]), ("abc", "xabc", []),
            ("abc", "axbc", []), ("abc", "bc", []), ("abc", "cb", ["c", "b"]), ("abc", "", []), ("", "abc", []),
            ("ab", "xbya", ["b", "a"]),
        ] as [(String, String, [String])]
    )
    func `of the order of routes`(old: String, new: String, moved: [String]) throws {
        func file(_ names: String) -> String {
            // The last one is there in any case: a file has a route.
            let routes = (names.map { "\($0)" } + ["last"]).map {
                #"{"name": "\#($0)", "match": {"name": "x"}, "to": [{"provider": "p"}]}"#
            }
            return RoutesText.file(routes: "[\(routes.joined(separator: ", "))]")
        }
        let found = try changes(file(old), file(new)).filter { $0.hasSuffix("changed: position") }
        #expect(found == moved.map { "route \($0): changed: position" })
    }
}
