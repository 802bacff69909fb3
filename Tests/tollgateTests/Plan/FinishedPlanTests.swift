import ArgumentParser
import JSON
import Testing

@testable import Client
@testable import tollgate

/// How commands end by what a plan has come to.
@Suite struct FinishedPlanTests {
    private func plan(_ body: String) -> FinishedPlan {
        FinishedPlan(answer: GatewayClient.Answer(status: 200, body: Array(body.utf8), retryAfter: nil))
    }

    private func response(_ arguments: [String] = []) throws -> ResponseOptions { try ResponseOptions.parse(arguments) }

    @Test(arguments: [
        #"{"id": "p", "error": "the journal cannot be read"}"#, #"{"id": "p", "result": null}"#, "{}", "[]", "7",
        "null",
    ])
    func `fails where a plan has no result`(body: String) throws {
        #expect(throws: ExitCode(1)) { try plan(body).show(in: response()) }
    }

    /// Nothing was found to be green.
    @Test(arguments: [
        "", "<html>", "{}", #"{"result": {}}"#, #"{"result": {"migration": null}}"#, #"{"result": null}"#,
    ])
    func `fails a check whose answer is none`(body: String) throws {
        #expect(throws: ExitCode(1)) { try plan(body).showCheck(in: response()) }
        #expect(throws: ExitCode(1)) { try plan(body).showCheck(in: response(["--json"])) }
    }

    @Test func `has no key unless one is given, and says how to give it`() throws {
        let options = try GatewayOptions.parse(["--url", "http://127.0.0.1:1"])
        guard !options.hasKey else { return }
        do {
            _ = try options.client
            Issue.record("there is a client without a key")
        } catch {
            #expect(GatewayOptions.message(for: error) == "a client key is required: --key, or TOLLGATE_KEY")
        }
        let given = try GatewayOptions.parse(["--url", "http://a:1///", "--key", ""])
        #expect(given.hasKey)
        #expect(try given.client.address == "http://a:1")
    }

    @Test(arguments: [
        ("a b", "a%20b"), ("a/b", "a%2Fb"), ("é", "%C3%A9"), ("..", ".."), ("", ""), ("a?b#c&d=e", "a%3Fb%23c%26d%3De"),
    ])
    func `encodes what becomes a part of a path`(text: String, encoded: String) {
        #expect(text.percentEncoded == encoded)
    }
}
