import Foundation

/// Reads the Prometheus text format 0.0.4, strictly: what a collector would pass over in silence is an error here.
package struct PrometheusReader: Sendable {
    /// One sample.
    package struct Sample: Sendable, Equatable {
        package let name: String
        package let labels: [String: String]
        package let value: Double
    }

    /// Why a text is not in the format.
    package struct Fault: Error, CustomStringConvertible {
        package let line: Int
        package let reason: String
        package var description: String { "line \(line): \(reason)" }
    }

    package private(set) var samples: [Sample] = []
    package private(set) var types: [String: String] = [:]
    package private(set) var helps: [String: String] = [:]

    package init(_ text: String) throws {
        guard text.isEmpty || text.hasSuffix("\n") else { throw Fault(line: 0, reason: "the last line has no end") }
        var finished: Set<String> = []
        var current = ""
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().enumerated() {
            let words = line.split(separator: " ", maxSplits: 3, omittingEmptySubsequences: false).map(String.init)
            func fault(_ reason: String) -> Fault { Fault(line: number + 1, reason: "\(reason): \(line)") }
            if line.hasPrefix("# HELP ") {
                guard words.count == 4, helps.updateValue(words[3], forKey: words[2]) == nil else {
                    throw fault("a second HELP, or an empty one")
                }
            } else if line.hasPrefix("# TYPE ") {
                guard words.count == 4, ["counter", "gauge", "histogram"].contains(words[3]),
                    types.updateValue(words[3], forKey: words[2]) == nil
                else { throw fault("a second TYPE, or an unknown one") }
                finished.insert(current)
                current = words[2]
                guard !finished.contains(current) else { throw fault("the family is in two places") }
            } else {
                guard let match = line.wholeMatch(of: #/([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)/#),
                    let value = Self.number(String(match.3))
                else { throw fault("no sample") }
                let sample = Sample(
                    name: String(match.1),
                    labels: try match.2.map { try Self.labels($0, fault("bad labels")) } ?? [:],
                    value: value
                )
                guard family(of: sample.name) == current else { throw fault("a sample outside of its family") }
                guard !samples.contains(where: { $0.name == sample.name && $0.labels == sample.labels }) else {
                    throw fault("a sample twice")
                }
                samples.append(sample)
            }
        }
        try checkHistograms()
    }

    /// The value of the sample with this name and all of these labels; nil if there is none.
    package func value(_ name: String, _ labels: [String: String] = [:]) -> Double? {
        samples.first { sample in
            sample.name == name && labels.allSatisfy { sample.labels[$0.key] == $0.value }
        }?.value
    }

    private func family(of name: String) -> String {
        for suffix in ["_bucket", "_sum", "_count"] where name.hasSuffix(suffix) {
            let family = String(name.dropLast(suffix.count))
            if types[family] == "histogram" { return family }
        }
        return name
    }

    private static func number(_ text: String) -> Double? {
        switch text {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: text.contains("n") ? nil : Double(text)
        }
    }

    private static func labels(_ text: Substring, _ fault: Fault) throws -> [String: String] {
        var labels: [String: String] = [:]
        var rest = text
        while !rest.isEmpty {
            guard let match = rest.prefixMatch(of: #/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\[\\"n])*)"(?:,|$)/#),
                labels[String(match.1)] == nil
            else { throw fault }
            var value = ""
            var isEscaped = false
            for character in match.2 {
                if isEscaped {
                    value.append(character == "n" ? "\n" : character)
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else {
                    value.append(character)
                }
            }
            labels[String(match.1)] = value
            rest = rest[match.range.upperBound...]
        }
        return labels
    }

    /// Buckets grow with their bounds, and the infinite one holds as many as there are.
    private func checkHistograms() throws {
        for (name, _) in types.filter({ $0.value == "histogram" }) {
            let buckets = Dictionary(grouping: samples.filter { $0.name == "\(name)_bucket" }) { sample in
                sample.labels.filter { $0.key != "le" }
            }
            for (labels, series) in buckets {
                let bounds = series.compactMap { $0.labels["le"].flatMap(Self.number) }
                let counts = series.map(\.value)
                guard bounds.count == series.count, bounds == bounds.sorted(), bounds.last == .infinity,
                    counts == counts.sorted(),
                    samples.contains(Sample(name: "\(name)_count", labels: labels, value: counts.last ?? -1)),
                    samples.contains(where: { $0.name == "\(name)_sum" && $0.labels == labels })
                else { throw Fault(line: 0, reason: "the histogram \(name) \(labels) does not add up") }
            }
        }
    }
}
