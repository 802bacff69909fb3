import JSON

/// Where a provider's credential comes from. The credential itself is in no file of Tollgate's.
package enum CredentialSource: Sendable, Equatable {
    /// A variable of the environment.
    case environment(String)
    /// A file, whose content without the line end is the credential.
    case file(String)

    /// Reads `{"env": "NAME"}` or `{"file": "/path"}`. Faults never repeat a value: somebody may have written the key itself.
    static func read(_ value: JSONValue, _ fields: inout FieldReader) -> CredentialSource? {
        let members = fields.members(of: value, RoutesFields.credential, in: "\"credential\"")
        switch (members["env"]?.string, members["file"]?.string) {
        case (let name?, nil) where !name.isEmpty: return .environment(name)
        case (nil, let path?) where !path.isEmpty: return .file(path)
        default:
            fields.fault(
                value,
                "\"credential\" must be {\"env\": \"NAME\"} or {\"file\": \"/path\"}; a key itself does not belong here"
            )
            return nil
        }
    }
}
