import Events
import JSON

/// A 422 of Polar: a list of what is wrong, each entry with its type, place, message and what was sent.
struct PolarRefusal {
    private var writer = JSONWriter(capacity: 1024)
    private var listed = 0
    /// Entries that have been left out because there were too many.
    private var omitted = 0

    /// Polar repeats what was sent at each fault, however large it is; a request of many faults would be answered with gigabytes.
    private static let longestInput = 4 << 10

    /// - Parameter error: `RequestValidationError` of the request's model, `PolarRequestValidationError` of the service behind.
    init(error: String = "RequestValidationError") {
        writer.beginObject()
        writer.member("error", string: error)
        writer.key("detail")
        writer.beginArray()
    }

    /// - Parameter prefix: steps in front of the complaint's own place.
    mutating func add(_ complaint: PolarComplaint, below prefix: [PolarPlace] = []) {
        guard listed < EventFault.mostListed else {
            omitted += 1
            return
        }
        listed += 1
        writer.beginObject()
        writer.member("type", string: complaint.finding.type)
        writer.key("loc")
        writer.beginArray()
        for step in prefix + complaint.place {
            switch step {
            case .name(let name): writer.string(Excerpt.of(name, longest: 300))
            case .index(let index): writer.integer(index)
            }
        }
        writer.endArray()
        writer.member("msg", string: complaint.finding.message)
        if complaint.input.count <= Self.longestInput {
            writer.member("input", raw: complaint.input)
        } else {
            writer.member("input", string: Excerpt.of(String(decoding: complaint.input.prefix(1000), as: UTF8.self)))
        }
        if let context = complaint.finding.context { writer.member("ctx", raw: Array(context.utf8)) }
        writer.endObject()
    }

    /// The answer; nothing can be added to it.
    var answer: DialectAnswer {
        var writer = writer
        if omitted > 0 {
            writer.beginObject()
            writer.member("type", string: "too_many_errors")
            writer.key("loc")
            writer.beginArray()
            writer.string("body")
            writer.endArray()
            writer.member("msg", string: "and \(omitted) more errors, which are not listed")
            writer.endObject()
        }
        writer.endArray()
        writer.endObject()
        return DialectAnswer(status: 422, body: writer.bytes)
    }

    /// A refusal because of one thing.
    static func answer(_ complaint: PolarComplaint, error: String = "RequestValidationError") -> DialectAnswer {
        var refusal = PolarRefusal(error: error)
        refusal.add(complaint)
        return refusal.answer
    }

    /// A refusal because of several things.
    static func answer(_ complaints: [PolarComplaint]) -> DialectAnswer {
        var refusal = PolarRefusal()
        for complaint in complaints { refusal.add(complaint) }
        return refusal.answer
    }
}
