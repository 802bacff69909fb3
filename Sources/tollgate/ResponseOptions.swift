import ArgumentParser
import Client
import JSON

/// The options of commands that print a gateway's response: as text for people, or the JSON itself.
struct ResponseOptions: ParsableArguments {
    @Flag(help: "Print the gateway's JSON.")
    var json = false

    @OptionGroup var gateway: GatewayOptions

    /// - Returns: the response to show as text; nil if its JSON has been printed.
    func get(_ path: String) async throws -> JSONValue? {
        toShow(try await gateway.get(path))
    }

    /// - Returns: the response to show as text; nil if its JSON has been printed.
    func post(_ path: String, body: [UInt8]) async throws -> JSONValue? {
        toShow(try await gateway.post(path, body: body))
    }

    /// The response to show as text; nil if its JSON has been printed.
    func toShow(_ answer: GatewayClient.Answer) -> JSONValue? {
        if !json, let value = answer.json { return value }
        Terminal.data(answer.body)
        return nil
    }
}

extension JSONValue {
    /// The elements of a member that is an array; none if there is no such member.
    func elements(of name: String) -> [JSONValue] {
        self[name].map { Array($0.elements) } ?? []
    }
}
