/// Times as Polar's request model reads them: RFC 3339 in several spellings, or a Unix time. An offset is needed.
enum PolarTime {
    static func exact(_ value: SandboxJSON?) -> SandboxTime.Exact? {
        switch value {
        case .string(let text): exact(text)
        case .number(let text): unix(text)
        default: nil
        }
    }

    static func exact(_ text: String) -> SandboxTime.Exact? {
        SandboxTime.exact(text) ?? SandboxTime.exact(strict(text)) ?? unix(text)
    }

    /// A space or a small letter, no colon in the offset, a comma, no seconds, and more decimals than are kept are all right.
    private static func strict(_ text: String) -> String {
        var rest = Substring(text.uppercased().replacing(",", with: "."))
        guard rest.count > 16, let gap = rest.dropFirst(10).first, gap == " " || gap == "T" else { return text }
        let day = rest.prefix(10)
        rest = rest.dropFirst(11)
        guard let zone = rest.firstIndex(where: { "Z+-".contains($0) }) else { return text }
        var time = String(rest[..<zone])
        var offset = String(rest[zone...])
        if time.count == 5 { time += ":00" }
        if let point = time.firstIndex(of: ".") { time = String(time.prefix(upTo: point) + time[point...].prefix(10)) }
        if offset.count == 5, !offset.contains(":") {
            offset.insert(":", at: offset.index(offset.startIndex, offsetBy: 3))
        }
        return "\(day)T\(time)\(offset)"
    }

    /// Seconds, or milliseconds where seconds would be too many.
    private static func unix(_ text: String) -> SandboxTime.Exact? {
        guard text.allSatisfy({ $0.isASCII && ($0.isNumber || ".-".contains($0)) }), var seconds = Double(text) else {
            return nil
        }
        if seconds.magnitude > 2e10 { seconds /= 1000 }
        guard SandboxTime.seconds.contains(seconds) else { return nil }
        let whole = seconds.rounded(.down)
        // Safe: within the years 0 to 9999.
        return SandboxTime.Exact(seconds: Int(whole), nanoseconds: Int(((seconds - whole) * 1e6).rounded(.down)) * 1000)
    }
}
