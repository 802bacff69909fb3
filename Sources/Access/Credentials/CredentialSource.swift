package import ConfigurationFile
package import Events
package import JSON

/// Where a provider's credential comes from. Tollgate stores no credential in its own files, unless the operator chooses to.
package enum CredentialSource: Sendable, Equatable {
    /// A variable of the environment.
    case environment(String)
    /// A file that contains the credential; the line ending is removed.
    case file(String)
    /// A program that prints the credential.
    case command(CredentialCommand)
    /// In `routes.json` itself, where that is allowed: for local experiments.
    case inline(Secret)

    /// The fields of a credential.
    package static let fields = [
        Field("env", .text, "The name of an environment variable."),
        Field("file", .text, "The path of a file."),
        Field("command", .texts, "A program and its arguments, run without a shell, that prints the key."),
        refresh.field,
        Field(
            "variables",
            .texts,
            "Environment variables that the program gets, in addition to PATH, HOME and LANG."
        ),
        Field("inline", .text, "The key itself; requires --allow-inline-secrets."),
    ]

    private static let refresh = DefaultedField.duration(
        "refresh",
        default: .seconds(600),
        "After what time the program is run again."
    )

    /// Reads `{"env": "NAME"}`, `{"file": "/path"}` or `{"command": ["program", "argument"]}`. Faults never quote a value: it may be a key.
    package static func read(_ value: JSONValue, _ reader: inout FieldReader) -> CredentialSource? {
        if let inline = value["inline"] { return read(inline: inline, value, &reader) }
        let members = reader.members(of: value, fields, in: "\"credential\"", quoting: false)
        let words = members["command"].map { FieldReader.texts($0).map(\.text) }
        let variables = members["variables"].map { FieldReader.texts($0).map(\.text) }
        let hasCommandFields = members["refresh"] != nil || variables != nil
        switch (members["env"]?.string, members["file"]?.string, words) {
        case (let name?, nil, nil) where !name.isEmpty && !hasCommandFields: return .environment(name)
        case (nil, let path?, nil) where !path.isEmpty && !hasCommandFields: return .file(path)
        case (nil, nil, let words?) where !(words.first ?? "").isEmpty && !words.contains { $0.contains("\0") }:
            let variables = variables ?? []
            if variables.contains(where: { $0.isEmpty || $0.contains("=") || $0.contains("\0") }),
                let value = members["variables"]
            {
                reader.fault(
                    value,
                    "\"variables\" must be the names of environment variables only, without \"=\" and a value"
                )
            }
            return .command(CredentialCommand(words, refresh: refresh.value(in: members), variables: variables))
        default:
            reader.fault(
                value,
                "\"credential\" must be {\"env\": \"NAME\"}, {\"file\": \"/path\"} or {\"command\": [\"program\", \"argument\"], "
                    + "\"refresh\": \"10m\", \"variables\": [\"NAME\"]}; a key itself does not belong here"
            )
            return nil
        }
    }

    private static func read(inline: JSONValue, _ value: JSONValue, _ reader: inout FieldReader) -> CredentialSource? {
        guard reader.allowsInlineSecrets else {
            reader.fault(
                value,
                "a key in routes.json is taken with --allow-inline-secrets only; name where it is with \"env\", \"file\" or \"command\""
            )
            return nil
        }
        guard let key = inline.string, !key.isEmpty, value.members.reduce(0, { count, _ in count + 1 }) == 1 else {
            reader.fault(value, "\"inline\" must be the key as a string, without other members")
            return nil
        }
        reader.fault(
            value,
            "routes.json contains a vendor key; everyone who can read the file has it",
            severity: .warning
        )
        return .inline(Secret(key))
    }
}

/// A program that prints a credential.
package struct CredentialCommand: Sendable, Hashable {
    /// The program and its arguments; at least one.
    package let arguments: [String]
    /// The age at which the program runs again.
    package let refresh: Duration
    /// Environment variables that the program gets in addition to ``usualVariables``.
    package let variables: [String]

    /// Environment variables that every program gets, if they are set.
    package static let usualVariables = ["PATH", "HOME", "LANG"]

    package init(_ arguments: [String], refresh: Duration, variables: [String] = []) {
        self.arguments = arguments
        self.refresh = refresh
        self.variables = variables
    }
}
