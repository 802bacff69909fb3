/// Positions in a drawing as text.
enum Coordinate {
    /// To one decimal, without `.0`; infinite values and those that are not a number become 0.
    static func text(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let tenths = Int(min(max(value * 10, -1e7), 1e7).rounded())
        let (whole, rest) = (tenths.magnitude / 10, tenths.magnitude % 10)
        return (tenths < 0 ? "-" : "") + "\(whole)" + (rest == 0 ? "" : ".\(rest)")
    }

    /// A share of the width, 0 to 1, as `12.5%`.
    static func percent(_ share: Double) -> String { text(share * 100) + "%" }
}
