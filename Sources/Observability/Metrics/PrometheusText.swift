/// Writes metrics in the Prometheus text format 0.0.4.
package struct PrometheusText {
    /// What a family's samples are.
    package enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    /// What was written.
    package private(set) var bytes: [UInt8] = []

    /// Reserves memory for a typical response, so that it rarely grows.
    package init() {
        bytes.reserveCapacity(16 << 10)
    }

    /// Begins the samples of one name. A name has one family only.
    package mutating func family(_ name: String, _ kind: Kind, _ help: String) {
        let help = Self.escaped(help, besides: [])
        bytes += "# HELP \(name) \(help)\n# TYPE \(name) \(kind.rawValue)\n".utf8
    }

    /// One sample with labels as ``labels(_:)`` makes them.
    package mutating func sample(_ name: String, labels: String = "", _ value: Int64) {
        bytes += (labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n").utf8
    }

    /// One sample that need not be whole.
    package mutating func sample(_ name: String, labels: String = "", _ value: Double) {
        let value = Self.number(value)
        bytes += (labels.isEmpty ? "\(name) \(value)\n" : "\(name){\(labels)} \(value)\n").utf8
    }

    /// Labels as they stand between the braces, with what must be escaped escaped.
    package static func labels(_ pairs: [(String, String)]) -> String {
        pairs.map { name, value in "\(name)=\"\(escaped(value, besides: ["\""]))\"" }.joined(separator: ",")
    }

    /// Backslashes, line ends and these escaped. By code points: a quotation mark with a combining mark behind it is another character.
    private static func escaped(_ text: String, besides marks: [Unicode.Scalar]) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar == "\n" {
                escaped += "\\n"
                continue
            }
            if scalar == "\\" || marks.contains(scalar) { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    /// The shortest digits that mean this number: `0.0025`, `3`, `+Inf`.
    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Bounds come back from nanoseconds: 0.0025 must not be printed as 0.0025000000000000001.
        let rounded = abs(value) < 1e6 ? (value * 1e9).rounded() / 1e9 : value
        return Int64(exactly: rounded).map { "\($0)" } ?? "\(rounded)"
    }
}
