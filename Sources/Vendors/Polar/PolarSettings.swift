import Events

/// What a destination at Polar can be told in `routes.json`.
enum PolarSettings {
    static let fields = [
        PropertyRewriter.setting,
        SettingField(
            name: "numbers",
            kind: .texts([]),
            summary: "Names of properties whose numeric strings are sent as JSON numbers: Polar's sums and averages pass over strings."
        ),
        SettingField(
            name: "copy",
            kind: .texts(["source", "subscription_id"]),
            summary: "Canonical fields that Polar has no place for and that go into the metadata under their own names."
        ),
    ]
}
