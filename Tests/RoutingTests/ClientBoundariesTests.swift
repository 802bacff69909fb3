import Access
import ConfigurationFile
import Events
import Routing
import Testing

/// The first and the last value that each field of a client takes.
@Suite struct ClientBoundariesTests {
    private static let digest = String(repeating: "0", count: 64)

    private func faults(_ client: String) -> [String] {
        RoutesText.faults(in: RoutesText.file(clients: "[\(client)]")).map { String($0.drop { $0 != " " }.dropFirst()) }
    }

    @Test(
        arguments: [
            #""timestamps": {"max_age": "100000d", "max_ahead": "100000d"}"#, #""timestamps": {"max_age": "1ms"}"#,
            #""timestamps": {}"#, #""limits": {}"#, #""limits": {"requests": "1/h", "events": "9999999/s"}"#,
            #""keys": []"#, #""keys": [{"sha256": "\#(digest)"}]"#,
            #""keys": [{"sha256": "\#(digest.replacing("0", with: "F"))"}]"#,
            #""keys": [{"sha256": "\#(digest)", "not_before": "2027-01-01T00:00:00Z", "expires": "2027-01-01T00:00:00.001Z"}]"#,
            #""keys": [{"sha256": "\#(digest)", "id": "\#(String(repeating: "k", count: 64))"}]"#, #""scopes": []"#,
            #""scopes": ["admin", "admin"]"#, #""tenant": "a.b-c_D9""#, #""names": "*""#, #""routes": ["r", "r"]"#,
        ]
    )
    func `takes`(fields: String) {
        #expect(faults(#"{"name": "shop", \#(fields)}"#) == [])
    }

    @Test(
        arguments: [
            (#""timestamps": {"max_age": "100001d"}"#, #""max_age" must be at most "100000d""#),
            (#""timestamps": {"max_ahead": "2400001h"}"#, #""max_ahead" must be at most "100000d""#),
            (
                #""timestamps": {"max_age": "0s"}"#,
                #""max_age" must be a time such as "500ms", "30s", "10m", "72h", found "0s""#
            ),
            (
                #""limits": {"requests": 5}"#,
                #""requests" must be a rate such as "50/s", "400/min", "1000/h", found 5"#
            ),
            (
                #""key_sha256": "\#(digest)0""#,
                #""key_sha256" must be 64 hexadecimal digits: the SHA-256 of the key, not the key itself"#
            ),
            (
                #""keys": [{"sha256": "\#(digest.dropLast())g"}]"#,
                #""sha256" must be 64 hexadecimal digits: the SHA-256 of the key, not the key itself"#
            ),
            (
                #""keys": [{}]"#,
                #""sha256" is missing in a key of "shop": The SHA-256 of the key, 64 hexadecimal digits."#
            ),
            (#""keys": [7]"#, #"an element of "keys" must be an object, found a number"#),
            (
                #""keys": [{"sha256": "\#(digest)", "not_before": "2027-01-01T00:00:00Z", "expires": "2027-01-01T00:00:00Z"}]"#,
                "the key's end is not after its start, so it could never be used"
            ),
            (
                #""key_sha256": "\#(digest)", "keys": [{"sha256": "\#(digest)"}]"#,
                "the same key is used twice; each key belongs to exactly one client"
            ),
            (
                #""keys": [{"sha256": "\#(digest)", "id": "k"}, {"sha256": "\#(digest.replacing("0", with: "1"))", "id": "k"}]"#,
                #"the key "k" of "shop" is duplicated"#
            ),
            (
                #""tenant": "a/b""#,
                #"a tenant's name has 1 to 64 letters, digits, dots, dashes and underscores; "a/b" does not"#
            ),
            (#""names": []"#, #""names" allows nothing; remove it to allow all, or remove the scope events:write"#),
            (#""routes": []"#, #""routes" allows nothing; remove it to allow all, or remove the scope events:write"#),
            (#""routes": "rr""#, #"no route is named "rr" (did you mean "r"?)"#),
            (#""credentials": {"q": {"env": "Q"}}"#, #"no provider is named "q" (did you mean "p"?)"#),
            (#""credentials": {"p": "key"}"#, "a credential must be an object, found a string"),
            (
                #""credentials": {"p": {"env": "K"}}"#,
                #"this is the credential that "p" has anyway; leave it out"#
            ),
            (#""scopes": ["event:write"]"#, #"unknown word in scopes "event:write" (did you mean "events:write"?)"#),
            (#""name": "till""#, #""name" is duplicated in a client"#),
        ]
    )
    func `refuses`(fields: String, message: String) {
        #expect(faults(#"{"name": "shop", \#(fields)}"#) == [message])
    }

    @Test func `needs a name that no other client has`() {
        #expect(
            faults(#"{"tenant": "t"}"#) == [
                #""name" is missing in a client: The application's name, for logs and routes."#
            ]
        )
        #expect(faults(#"{"name": "a"}, {"name": "a"}"#) == [#"the client "a" is duplicated"#])
        #expect(faults(#"{"name": "a"}, 7"#) == [#"an element of "clients" must be an object, found a number"#])
    }

    /// Every form of a credential that names no place, or more than one.
    @Test(
        arguments: [
            "{}", #"{"env": ""}"#, #"{"file": ""}"#, #"{"command": []}"#, #"{"command": ""}"#, #"{"command": [""]}"#,
            #"{"env": "A", "file": "/b"}"#, #"{"env": "A", "command": "x"}"#, #"{"env": "A", "refresh": "1m"}"#,
            #"{"file": "/a", "variables": ["A"]}"#, #"{"command": ["a\u0000b"]}"#, #"{"refresh": "1m"}"#,
        ]
    )
    func `a credential names one place`(credential: String) {
        let found = RoutesText.faults(in: RoutesText.file().replacing(#"{"env": "K"}"#, with: credential))
        #expect(
            found.count == 1 && found[0].contains(#""credential" must be {"env": "NAME"}, {"file": "/path"}"#),
            "\(found)"
        )
    }

    @Test(arguments: ["", "A=B", "A\\u0000"])
    func `a credential's program gets variables by their names alone`(name: String) {
        let credential = #"{"command": ["print-key"], "variables": ["OK", "\#(name)"]}"#
        let found = RoutesText.faults(in: RoutesText.file().replacing(#"{"env": "K"}"#, with: credential))
        #expect(
            found.count == 1
                && found[0].hasSuffix(
                    #""variables" must be the names of environment variables only, without "=" and a value"#
                )
        )
    }
}
