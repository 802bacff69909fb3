/// Integers as people read them.
enum GroupedInteger {
    /// `41210` as `41,210`.
    static func text(_ value: Int) -> String {
        var groups: [String] = []
        var rest = value.magnitude
        while rest >= 1000 {
            let digits = "\(rest % 1000)"
            groups.append(String(repeating: "0", count: 3 - digits.utf8.count) + digits)
            rest /= 1000
        }
        groups.append("\(rest)")
        return (value < 0 ? "−" : "") + groups.reversed().joined(separator: ",")
    }
}
