import Testing

@testable import Reports

@Suite struct RoutesTextTests {
    @Test func `keeps every line, and shows neither keys nor their digests nor arguments of programs`() {
        let text = #"""
            {
              "providers": {
                "a": {"adapter": "lago", "credential": {"inline": "planted-1"}},
                "b": {"adapter": "polar", "credential": {"command": ["vault", "--token",
                  "planted-2"], "refresh": "10m"}},
                "c": {"adapter": "polar", "credential": {"env": "POLAR_KEY"}}
              },
              "clients": [
                {"name": "shop", "key_sha256": "planted-3", "keys": [{"id": "june", "sha256": "planted-4"}],
                 "credentials": {"a": {"inline": "planted \"5\""}}}
              ]
            }
            """#
        let shown = RoutesText.withoutSecrets(Array(text.utf8))
        #expect(!shown.contains("planted"))
        #expect(shown.contains(#""credential": {"inline": "[redacted]"}"#))
        #expect(shown.contains(#"{"command": ["vault", "[redacted]","#))
        #expect(shown.contains("POLAR_KEY") && shown.contains(#""id": "june""#))
        #expect(shown.count { $0 == "\n" } == text.count { $0 == "\n" })
    }

    @Test func `leaves a file without secrets as it is`() {
        let text = "{\"version\": 1,\n \"routes\": [1.0, true, null, {\"name\": \"ü\"}]}\n"
        #expect(RoutesText.withoutSecrets(Array(text.utf8)) == text)
    }

    @Test func `shows nothing of what is not JSON`() {
        #expect(RoutesText.withoutSecrets(Array("{\"inline\": \"secret".utf8)) == "")
        #expect(RoutesText.withoutSecrets([]) == "")
    }
}
