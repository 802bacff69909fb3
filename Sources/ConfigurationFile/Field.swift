package import Events

/// One field of an object in a configuration file: what the reader, the JSON Schema and the reference are made of.
package struct Field: Sendable {
    /// What values a field takes.
    package indirect enum Kind: Sendable {
        case text
        case choice([String])
        case flag
        case integer(ClosedRange<Int>)
        /// A number that may have a fraction.
        case number(ClosedRange<Double>)
        /// A duration: `500ms`, `30s`, `10m`, `72h`.
        case duration
        /// A number of requests per unit of time: `50/s`, `400/min`, `1000/h`.
        case rate
        /// A point in time: `2027-01-31T00:00:00Z`.
        case timestamp
        /// One text or a list of texts.
        case texts
        case list(Kind)
        case object([Field])
        /// An object whose keys are names that the file chooses.
        case map(Kind)
        /// What one of several kinds takes.
        case either([Kind])
    }

    package let name: String
    package let kind: Kind
    package let isRequired: Bool
    /// One sentence for people.
    package let summary: String
    /// The value that holds without the field; nil if there is none, or if it depends on other fields, as `summary` says then.
    package let standard: SettingValue?

    /// What every object may have beside its own fields: JSON has no comments.
    package static let comment = Field(
        "_comment",
        .texts,
        "A note for people, which is ignored; every object may have one."
    )

    package init(
        _ name: String,
        _ kind: Kind,
        required: Bool = false,
        default standard: SettingValue? = nil,
        _ summary: String
    ) {
        self.name = name
        self.kind = kind
        isRequired = required
        self.standard = standard
        self.summary = summary
    }
}
