import Events

/// What a destination at Knetik can be told in `routes.json`.
enum KnetikSettings {
    static let fields = [
        SettingField(
            name: "result",
            kind: .text,
            summary: "The `result` of events that do not bring their own in vendor.knetik.result; \"success\" by default."
        ),
        PropertyRewriter.setting,
    ]
}
