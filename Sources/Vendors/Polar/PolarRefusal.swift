import Events
import JSON

/// A 422 of Polar: a list of what is wrong, each entry with its type, place, message and what was sent.
struct PolarRefusal {
    private var writer = JSONWriter(capacity: 1024)
    /// Whether an entry has been left out because there were too many.
    private(set) var isFull = false

    /// Polar names every fault however many there are; a request of small events that are all wrong would be answered with
    /// gigabytes.
    private static let mostBytes = 4 << 20

    /// - Parameter error: `RequestValidationError` of the request's model, `PolarRequestValidationError` of the service behind.
    init(error: String = "RequestValidationError") {
        writer.beginObject()
        writer.member("error", string: error)
        writer.key("detail")
        writer.beginArray()
    }

    /// - Parameter prefix: steps in front of the complaint's own place.
    mutating func add(_ complaint: PolarComplaint, below prefix: [PolarPlace] = []) {
        guard writer.bytes.count < Self.mostBytes else {
            isFull = true
            return
        }
        writer.beginObject()
        writer.member("type", string: complaint.finding.type)
        writer.key("loc")
        writer.beginArray()
        for step in prefix + complaint.place {
            switch step {
            case .name(let name): writer.string(name)
            case .index(let index): writer.integer(index)
            }
        }
        writer.endArray()
        writer.member("msg", string: complaint.finding.message)
        writer.member("input", raw: complaint.input)
        if let context = complaint.finding.context { writer.member("ctx", raw: Array(context.utf8)) }
        writer.endObject()
    }

    /// The answer; nothing can be added to it.
    var answer: DialectAnswer {
        var writer = writer
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
