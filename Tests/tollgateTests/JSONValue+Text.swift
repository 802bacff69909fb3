import JSON

extension JSONValue {
    /// A gateway's response, as tests write it.
    static func response(_ text: String) throws -> JSONValue {
        try JSONDocument(parsing: Array(text.utf8)).root
    }
}
