import Events
import JSON

/// What Polar's meters add up by the hour, in UTC.
///
/// Each hour is shown whole, whatever the bounds; a meter adds up JSON numbers as 64-bit floats, and nothing else. Source:
/// polarsource/polar, server/polar/meter/service.py (`get_quantities`) and aggregation.py (c6c3645e).
extension PolarReads {
    func sums(of meter: String, in window: ReadWindow) -> VendorInquiry<[MeteredPart]> {
        let parameters = [
            (name: "start_timestamp", value: window.from.rfc3339),
            // The hour in which the end lies is shown too.
            ("end_timestamp", (window.until + .milliseconds(-1)).rfc3339), ("interval", "hour"),
        ]
        let path = "/v1/meters/\(PercentEncoding.encoded(meter))/quantities" + PercentEncoding.query(parameters)
        return .read(VendorRequest(method: "GET", path: path, body: []), of: Self.vendor) { root, read in
            guard let shown = root["quantities"], shown.kind == .array else { return .failed(read.notUnderstood) }
            var parts: [MeteredPart] = []
            for item in shown.elements {
                guard let start = item["timestamp"]?.string.flatMap({ Timestamp(rfc3339: $0) }),
                    let sum = item["quantity"]?.numberText
                else { return .failed(read.notUnderstood) }
                parts.append(MeteredPart(start: start, sum: sum))
            }
            return .done(parts)
        }
    }
}
