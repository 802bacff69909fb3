import Events

extension SettingValue {
    /// For a sentence.
    var words: String {
        switch self {
        case .text(let text): text
        case .flag(let flag): "\(flag)"
        case .number(let number): "\(number)"
        case .texts(let texts): texts.joined(separator: " and ")
        }
    }
}
